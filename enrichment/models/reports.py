"""What was found: said, collected, merged, corrected, and written up."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrichment.models.cache import CacheEntry
from enrichment.models.companies import Company
from enrichment.models.fields import UsdField
from salesintel.audit.watched import Watched, WatchedQuerySet


class Evidence(models.Model):
    """A collected item that a reader can open: an article, a page, a profile, a record."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="evidence")
    entry = models.ForeignKey(
        CacheEntry, on_delete=models.CASCADE, related_name="evidence", help_text="The response it is in."
    )
    source = models.SlugField()
    origin = models.CharField(max_length=10)
    key = models.CharField(max_length=64, help_text="Digest of source, url, title and text.")
    kind = models.CharField(max_length=20, help_text="article, page, profile, record, job.")
    title = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    collected_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["entry", "key"], name="one_evidence_per_response_and_key")]
        indexes = [models.Index(fields=["company", "origin"])]

    def __str__(self) -> str:
        return self.title or self.url or self.kind


class Observation(models.Model):
    """What one source said about one dataset."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="observations")
    entry = models.ForeignKey(CacheEntry, on_delete=models.CASCADE, related_name="observations")
    dataset = models.SlugField()
    source = models.SlugField()
    origin = models.CharField(max_length=10)
    value = models.JSONField()
    observed_at = models.DateTimeField()
    evidence = models.ManyToManyField(Evidence, related_name="observations")

    class Meta:
        indexes = [models.Index(fields=["company", "origin", "dataset"])]

    def __str__(self) -> str:
        return f"{self.source} on {self.dataset}"


class Fact(models.Model):
    """The merged value of one dataset: the winner, why it won, and every other claim."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="facts")
    dataset = models.SlugField()
    origin = models.CharField(max_length=10)
    value = models.JSONField()
    reliability = models.FloatField(help_text="0 to 1, over agreeing origin groups.")
    observed_at = models.DateTimeField(help_text="When the newest agreeing source said so.")
    sources = models.JSONField(default=list, help_text="Sources that agree with it.")
    evidence = models.JSONField(default=list, help_text="Ids of the evidence behind it.")
    claims = models.JSONField(default=list, help_text="Every claim: source, value, reliability, when; winner first.")
    why = models.CharField(max_length=300, help_text="Why this value won, in words.")
    corrected = models.BooleanField(default=False, help_text="A person pinned it; sources never overwrite it.")
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "dataset", "origin"], name="one_fact_per_dataset")]
        indexes = [models.Index(fields=["updated"], name="fact_updated")]

    def __str__(self) -> str:
        return f"{self.dataset} of {self.company_id}"


class Correction(Watched):
    """A value that a person pinned."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="corrections")
    dataset = models.SlugField()
    value = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    evidence_url = models.URLField(
        max_length=1000, blank=True, default="", db_default="", help_text="Where whoever corrects has it from."
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    withdrawn = models.DateTimeField(null=True, blank=True)

    objects = WatchedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "dataset"], condition=Q(withdrawn__isnull=True), name="one_correction_per_dataset"
            )
        ]
        permissions = [("correct_facts", "Can pin the value of a fact")]

    def __str__(self) -> str:
        return f"{self.dataset} of {self.company_id}"


class Report(models.Model):
    """A grounded analysis: its body, the map from statement to evidence, what was withheld, what is missing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="reports")
    vendor = models.ForeignKey(Company, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    consumer = models.SlugField()
    role = models.CharField(max_length=10, blank=True)
    segment = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=10)
    run = models.ForeignKey("WorkflowRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    entry = models.ForeignKey(CacheEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    engine = models.SlugField()
    prompt = models.CharField(
        max_length=20,
        blank=True,
        db_default="",
        default="",
        help_text="Version of the prompt that it was written with, say v3, or “default”; blank where none was used.",
    )
    body = models.JSONField(help_text="The analysis in the documents' shape, without the rep's name.")
    statements = models.JSONField(help_text="JSON Pointer → {evidence ids, support}.")
    evidence = models.JSONField(default=dict, help_text="The items that it cites, by id: they outlive their responses.")
    conflicts = models.JSONField(
        default=list,
        db_default=[],
        help_text="Where sources disagree, or a person pinned another value: {dataset, about, field, shown, others}.",
    )
    withheld = models.JSONField(default=list, help_text="What could not be grounded: {pointer, text, why}.")
    quality = models.JSONField(
        help_text="completeness, freshness, reliability, overall, recall; each 0 to 1. And parts."
    )
    gaps = models.JSONField(default=list, help_text="{dataset, why, costToFill}.")
    failures = models.JSONField(
        default=list,
        db_default=[],  # for processes of before that still run
        help_text="Engines that were to write it and did not, each with why, in words.",
    )
    datasets = models.JSONField(default=list, help_text="Datasets that were collected.")
    vendor_context_used = models.BooleanField(default=False)
    cost = UsdField(default=0, help_text="USD that was spent for it.")
    reused = UsdField(default=0, help_text="USD that had been paid before for what it reused.")
    worth = UsdField(default=0, db_default=0, help_text="USD really paid for all that it was made from, by whomever.")
    stop_reason = models.CharField(max_length=20, blank=True, db_default="", help_text="Why its run asked no more.")
    best_under = UsdField(
        null=True, blank=True, help_text="It ran out of this budget: a richer request may do better. Blank: it did not."
    )
    generated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "consumer", "-generated_at"])]

    def __str__(self) -> str:
        return f"{self.consumer} of {self.company_id}"

    def is_best_for(self, cap: Decimal | None) -> bool:
        """Whether nobody who may spend `cap` USD (None: any sum) would get a better one."""
        return self.best_under is None or (cap is not None and cap <= self.best_under)
