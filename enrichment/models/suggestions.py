"""What reports on prospects teach about their vendor: suggested, counted, and taken over by a person alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrichment.models.companies import Company
from enrichment.models.reports import Report
from salesintel.audit.watched import Watched, WatchedQuerySet


class Suggestion(Watched):
    """A product that was met at prospects of a vendor, and what it may mean for the vendor's context.

    Shared work: nothing of whoever asked for those reports is in it.
    """

    class Kind(models.TextChoices):
        COMPETITOR = "competitor", "add to competitors"
        FOCUS = "focus", "competitor focus"

    class Status(models.TextChoices):
        OPEN = "open", "open"
        ACCEPTED = "accepted", "accepted"
        DISMISSED = "dismissed", "dismissed"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="suggestions", help_text="The vendor.")
    kind = models.CharField(max_length=12, choices=Kind.choices, help_text="What accepting it does.")
    name = models.CharField(max_length=120, help_text="The product, as the newest report has it.")
    key = models.CharField(max_length=120, help_text="The name as names are compared.")
    origin = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who."
    )
    decided = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField()

    objects = WatchedQuerySet.as_manager()

    class Meta:
        ordering = ["company", "name"]
        permissions = [("decide_suggestion", "Can take over or dismiss what reports suggest")]
        constraints = [
            models.UniqueConstraint(fields=["company", "origin", "kind", "key"], name="one_suggestion_per_product"),
            models.CheckConstraint(
                condition=Q(status="open", decided=None) | (~Q(status="open") & Q(decided__isnull=False)),
                name="suggestion_open_or_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"


class Sighting(models.Model):
    """That a suggestion's product is in use at one prospect, by the newest report on it for this vendor."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="sightings")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", help_text="The prospect.")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    pointer = models.CharField(max_length=200, help_text="The statement in the report's body, as a JSON Pointer.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "company"], name="one_sighting_per_prospect")]

    def __str__(self) -> str:
        return f"{self.suggestion_id} at {self.company_id}"
