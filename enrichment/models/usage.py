"""Days that are over, added up once: what was called, what it cost and what reuse saved.

The ledgers stay the truth. A rolled day holds the sums of its lines; what changes one of them later leaves a mark, and
until the day was added up anew its lines are counted themselves.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from enrichment.models.calls import EngineCall, SourceCall
from enrichment.models.fields import UsdField
from enrichment.models.reports import Report
from enrichment.models.runs import Origin, ResearchRequest, WorkflowRun

ROLLED_AFTER = timedelta(hours=2)  # that a day has been over: by then most of its calls are settled
MARKED_AFTER = timedelta(hours=1)  # changes of younger lines are in no rolled day; longer than any transaction lasts


class UsageDayQuerySet(models.QuerySet["UsageDay"]):
    """Chains of days."""

    def rolled(self) -> Self:
        """Days whose figures hold: added up, and nothing of them was changed since."""
        marks = UsageMark.objects.filter(at__gte=OuterRef("starts"), at__lt=OuterRef("ends"))
        return self.exclude(added_up=None).exclude(Exists(marks))


class UsageDay(models.Model):
    """One day of a time zone, told by its first moments: zones with the same clock share it."""

    starts = models.DateTimeField()
    ends = models.DateTimeField(help_text="The first moment after it.")
    added_up = models.DateTimeField(null=True, blank=True, help_text="When; blank: its figures hold no more.")

    objects = UsageDayQuerySet.as_manager()

    class Meta:
        ordering = ["-starts"]
        constraints = [models.UniqueConstraint(fields=["starts", "ends"], name="usageday_once")]

    def __str__(self) -> str:
        return f"{self.starts:%Y-%m-%d %H:%M} UTC"


class UsageFigure(models.Model):
    """Sums of one day: everybody's, or one person's, by one thing."""

    class Of(models.TextChoices):
        SOURCE = "source", "source or engine"
        CONSUMER = "consumer", "consumer"
        USER = "user", "user"
        CACHE = "cache", "cache type"

    day = models.ForeignKey(UsageDay, on_delete=models.CASCADE, related_name="figures")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    of = models.CharField(max_length=10, choices=Of.choices)
    key = models.CharField(max_length=80, blank=True, help_text="Blank: unknown, its request was deleted.")
    everybody = models.BooleanField(help_text="Everybody's sum; else that of the user's own work.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    calls = models.PositiveIntegerField(default=0)
    cost = UsdField(default=0, help_text="USD.")
    unpriced = models.PositiveIntegerField(default=0, help_text="Calls whose price nobody knows; in no sum.")
    requests = models.PositiveIntegerField(default=0, help_text="Answered.")
    saved = UsdField(default=0, help_text="USD really paid, before or by others, for what was reused.")
    hits = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["day", "origin", "everybody", "user"], name="usagefigure_read")]

    def __str__(self) -> str:
        return f"{self.of} {self.key}"


class UsageMarkManager(models.Manager["UsageMark"]):
    def leave(self, moments: Iterable[datetime | None]) -> None:
        """Note that lines of these moments change or go, in the transaction that does it. The young need no mark.

        Only ever adds rows, so it waits for nobody and has no place in the order of locks.
        """
        young = timezone.now() - MARKED_AFTER  # what the clocks of machines differ by is nothing beside an hour
        old = {at for at in moments if at is not None and at < young}
        if old:
            self.bulk_create([UsageMark(at=at) for at in old])

    def leave_for(self, request: ResearchRequest) -> None:
        """The same for all that is counted as the request's: it goes, or goes over to somebody else."""
        moments = [request.answered]
        for calls in (SourceCall, EngineCall):
            moments += calls.objects.filter(request=request).values_list("started", flat=True)
        self.leave(moments)


class UsageMark(models.Model):
    """A moment of which a line was changed or went after its day may have been added up."""

    at = models.DateTimeField(db_index=True)

    objects = UsageMarkManager()

    def __str__(self) -> str:
        return f"{self.at}"


# Whoever deletes a person deletes their requests with them: no function is called for each, only these are.


@receiver(pre_delete, sender=ResearchRequest)
def _request_goes(instance: ResearchRequest, **_: Any) -> None:
    UsageMark.objects.leave_for(instance)


@receiver(pre_delete, sender=settings.AUTH_USER_MODEL)
def _person_goes(instance: Any, **_: Any) -> None:
    started = EngineCall.objects.filter(user=instance, request=None).values_list("started", flat=True)
    UsageMark.objects.leave(started)


@receiver(pre_delete, sender=Report)
def _report_goes(instance: Report, **_: Any) -> None:
    answered = ResearchRequest.objects.filter(report=instance).values_list("answered", flat=True)
    UsageMark.objects.leave(answered)


@receiver(pre_delete, sender=WorkflowRun)
def _run_goes(instance: WorkflowRun, **_: Any) -> None:
    started = EngineCall.objects.filter(run=instance).values_list("started", flat=True)
    UsageMark.objects.leave(started)
