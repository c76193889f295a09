"""Trials of rules on a share of the traffic: experiments, their variants, and what each run of a variant came to."""

import secrets
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.catalog import DataConsumer, RuleSet
from enrichment.models.companies import Company
from enrichment.models.fields import UsdField
from enrichment.models.rule import SHARE
from enrichment.models.runs import WorkflowRun
from salesintel.audit.watched import Watched, WatchedQuerySet

ABOVE_NOTHING = MinValueValidator(0.001)


class ExperimentQuerySet(WatchedQuerySet["Experiment"]):
    """Chains of experiments."""

    def running(self) -> Self:
        """Experiments that were started and neither stopped nor ended; some may wait for their first moment."""
        return self.filter(status=Experiment.Status.RUNNING)

    def visible_to(self, user: Any) -> Self:
        """All of them for who may see experiments: their figures are what everybody's work cost."""
        return self if user.has_perm("enrichment.view_experiment") else self.none()


class Experiment(Watched):
    """Rules tried on a share of a consumer's companies, beside those of today."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        RUNNING = "running", "running"
        STOPPED = "stopped", "stopped"
        ENDED = "ended", "ended"

    slug = models.SlugField(unique=True, help_text="The name that the API uses, say cheaper-contacts.")
    label = models.CharField(max_length=80, help_text="What people read.")
    question = models.TextField(blank=True, help_text="What it is to find out, in a sentence.")
    consumer = models.ForeignKey(
        DataConsumer, on_delete=models.PROTECT, related_name="+", help_text="Whose runs take part; one at a time."
    )
    starts = models.DateTimeField(null=True, blank=True, help_text="Not before then; blank: as soon as it is started.")
    ends = models.DateTimeField(help_text="Ends by itself then, or earlier, when it has the data that it needs.")
    cost_step = UsdField(
        default=Decimal("0.02"),
        help_text="USD a run: the smallest difference in cost that matters. Half of it takes four times the companies.",
    )
    quality_step = models.FloatField(
        default=0.02, validators=[ABOVE_NOTHING, *SHARE], help_text="The smallest difference in quality that matters."
    )
    highest_cost = UsdField(
        null=True, blank=True, help_text="Guard rail: stop when a variant's runs cost more USD on average."
    )
    lowest_quality = models.FloatField(
        null=True, blank=True, validators=SHARE, help_text="Guard rail: stop when a variant's mean quality is lower."
    )
    lowest_coverage = models.FloatField(
        null=True,
        blank=True,
        validators=SHARE,
        help_text="Guard rail: stop when a variant finds a smaller share of the needed datasets on average.",
    )
    rails_after = models.PositiveIntegerField(
        default=20,
        validators=[MinValueValidator(1)],
        help_text="Runs of a variant before a guard rail bites: the first few say little.",
    )

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    why = models.CharField(max_length=300, blank=True, editable=False, help_text="Why it stopped or ended.")
    started = models.DateTimeField(null=True, blank=True, editable=False)
    finished = models.DateTimeField(null=True, blank=True, editable=False)
    planned = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="Companies that it takes in all; blank: not known yet."
    )
    base = models.ForeignKey(
        RuleSet,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The rules when it started: what coverage is measured by.",
    )
    salt = models.CharField(max_length=32, default=partial(secrets.token_hex, 8), editable=False)
    history = HistoricalRecords()

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("run_experiment", "Can start and stop experiments")]
        constraints = [
            models.UniqueConstraint(
                fields=["consumer"], condition=Q(status="running"), name="one_running_experiment_per_consumer"
            ),
            models.CheckConstraint(condition=Q(cost_step__gt=0), name="experiment_cost_step_above_nothing"),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        ends: datetime | None = self.ends  # blank in a form
        if self.starts and ends and ends <= self.starts:
            raise ValidationError({"ends": "Give a moment after its start."})
        step: Decimal | None = self.cost_step
        if step is not None and step <= 0:
            raise ValidationError({"cost_step": "Give an amount above 0: no number of runs tells less apart."})

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.STOPPED, self.Status.ENDED)

    def takes(self, at: datetime) -> bool:
        """Whether requests of that moment take part."""
        return self.status == self.Status.RUNNING and (self.starts is None or self.starts <= at) and at < self.ends


class VariantQuerySet(WatchedQuerySet["Variant"]):
    """Chains of variants."""

    def tries(self, source: str, *, run: UUID) -> bool:
        """Whether the run is a variant's that asks `source` although it is switched off, and may go on to."""
        row = self.filter(runs=run, experiment__status=Experiment.Status.RUNNING).first()
        return row is not None and source in row.switched_on


class Variant(Watched):
    """One side of an experiment: the rules of today, or these with changed rows."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="variants")
    label = models.CharField(max_length=40, help_text="Short: A, B, without Snov.")
    is_control = models.BooleanField(
        "control", default=False, help_text="By the rules of today; every experiment has one."
    )
    share = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Per cent of the companies; what is left over takes no part.",
    )
    changes = models.JSONField(
        default=dict,
        blank=True,
        help_text='Changed rows, as POST /plans takes them: {"sources": {"snov_contacts": {"enabled": false}}}.',
    )
    strategy = models.CharField(
        max_length=15,
        choices=DataConsumer.Strategy.choices,
        blank=True,
        help_text="How it collects where the caller does not say; blank: as the consumer does.",
    )
    history = HistoricalRecords()

    objects = VariantQuerySet.as_manager()

    class Meta:
        ordering = ["experiment", "-is_control", "label"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "label"], name="one_variant_per_label"),
            models.UniqueConstraint(
                fields=["experiment"], condition=Q(is_control=True), name="one_control_per_experiment"
            ),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="variant_share_is_per_cent"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def all_changes(self) -> dict[str, Any]:
        """The changed rows, its strategy among them."""
        if not self.strategy:
            return dict(self.changes)
        consumers = dict(self.changes.get("consumers") or {})
        slug = self.experiment.consumer.slug
        return {
            **self.changes,
            "consumers": {**consumers, slug: {**consumers.get(slug, {}), "strategy": self.strategy}},
        }

    @property
    def switched_on(self) -> frozenset[str]:
        """Sources that it switches on; its changes were checked when it was started."""
        sources = self.changes.get("sources") or {}
        return frozenset(slug for slug, fields in sources.items() if fields.get("enabled") is True)


class Trial(models.Model):
    """A run that counts in an experiment, and what it came to when it ended for the first time. Names no person."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="trials")
    run = models.OneToOneField(WorkflowRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="trial")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True, help_text="Blank while it is under way.")
    cost = UsdField(default=0, help_text="USD that the run itself paid.")
    quality = models.FloatField(default=0.0, help_text="Its report's overall quality; 0 where it failed.")
    coverage = models.FloatField(default=0.0, help_text="Share of the needed datasets that it found, by weight.")
    is_complete = models.BooleanField(default=False, help_text="It ended without a required gap.")
    seconds = models.FloatField(default=0.0, help_text="From its beginning to its end, without pauses.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["variant", "ended"])]

    def __str__(self) -> str:
        return f"{self.variant_id} on {self.company_id}"
