"""What is usual: ranges by industry and size, people's own ones, and how the contacts that are here do."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from enrichment.models.rule import Rule
from personas.models.contacts import Contact
from personas.models.owned import Owned


class Range(models.Model):
    """What is usual for a metric: low to high, and the typical value between."""

    class Size(models.TextChoices):
        SMALL = "small", "1–50 employees"
        MEDIUM = "medium", "51–200 employees"
        LARGE = "large", "201 and more"

    class Metric(models.TextChoices):
        ENGAGEMENT = "emailEngagementRate", "e-mail engagement rate (share)"
        REPLIES = "emailReplyRate", "e-mail reply rate (share)"
        RESPONSE = "averageResponseTimeClockHours", "average response time (hours by the clock)"
        WORKING_RESPONSE = "averageResponseTimeHours", "average response time (working hours)"
        CYCLE = "dealCycleDays", "deal cycle (days)"
        CONVERSION = "conversionRate", "conversion rate (share of the closed deals)"
        HELD = "meetingHeldRate", "meetings held (share)"
        PACE = "interactionsPerWeek", "interactions per week"
        QUALITY = "dataQualityScore", "data quality (points)"

    industry = models.CharField(max_length=60, blank=True, help_text="Say technology; blank: all of them.")
    size = models.CharField(max_length=6, choices=Size.choices, blank=True, help_text="Blank: all of them.")
    metric = models.CharField(max_length=40, choices=Metric.choices)
    low = models.FloatField()
    typical = models.FloatField()
    high = models.FloatField()

    class Meta:
        abstract = True
        ordering = ["industry", "size", "metric", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(low__gte=0, low__lte=F("typical"), typical__lte=F("high")), name="%(class)s_is_a_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.size or 'any size'} in {self.industry or 'all industries'}"

    def clean(self) -> None:
        values = (self.low, self.typical, self.high)  # None where a form had none
        if None not in values and not 0 <= values[0] <= values[1] <= values[2]:
            raise ValidationError({"typical": "It lies between low and high, and none of them is below 0."})


class Benchmark(Range, Rule):
    """What is usual for everybody who uses this installation; an admin edits it."""

    history = HistoricalRecords()

    class Meta(Range.Meta):
        constraints = [
            *Range.Meta.constraints,
            models.UniqueConstraint(fields=["industry", "size", "metric"], name="one_benchmark_of_a_kind"),
        ]


class OwnBenchmark(Range, Owned):
    """What somebody takes to be usual; theirs alone."""

    is_private: ClassVar[bool] = True

    source = models.CharField(max_length=200, blank=True, help_text="Where the figures are from.")

    class Meta(Range.Meta):
        constraints = [
            *Range.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "industry", "size", "metric"], name="one_own_benchmark_of_a_kind"),
        ]


class ContactFigures(Owned):
    """A contact's metrics as they were last computed, to compare others with. Empty where there was not enough."""

    about: ClassVar[str] = "contact"

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="figures")
    measured = models.DateTimeField(db_index=True)
    engagement = models.FloatField(null=True, help_text="Share of delivered mails.")
    replies = models.FloatField(null=True, help_text="Share of delivered mails.")
    clock_hours = models.FloatField(null=True, help_text="Mean response time by the clock.")
    working_hours = models.FloatField(null=True, help_text="Mean response time in working hours.")
    cycle_days = models.FloatField(null=True)
    conversion = models.FloatField(null=True, help_text="Share of closed deals.")
    held = models.FloatField(null=True, help_text="Share of meetings.")
    pace = models.FloatField(null=True, help_text="Interactions a week.")
    quality = models.FloatField(null=True, help_text="Points of 100.")

    class Meta:
        indexes = [models.Index(fields=["owner", "measured"], name="figures_of_owner")]

    def __str__(self) -> str:
        return f"figures {self.pk}"


class Distribution(models.Model):
    """How a metric spreads over all contacts of the installation: made only of ten people's contacts and more."""

    metric = models.CharField(max_length=40, unique=True, choices=Range.Metric.choices)
    people = models.PositiveIntegerField(help_text="Whose contacts they are.")
    contacts = models.PositiveIntegerField()
    quantiles = models.JSONField(help_text="5 %, 10 %, … 95 %.")
    made = models.DateTimeField()

    def __str__(self) -> str:
        return f"distribution of {self.metric}"
