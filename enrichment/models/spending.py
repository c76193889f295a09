"""What keeps spending in bounds besides budgets: brakes, stops of paid calls, and notices to the admins."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.catalog import DataConsumer
from enrichment.models.fields import UsdField
from enrichment.models.rule import Rule
from enrichment.models.sources import Provider
from salesintel.audit.watched import Watched, WatchedQuerySet
from salesintel.prepared import Gap

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)


class Budget(Rule):
    """A limit on spending that holds under any concurrency."""

    class Period(models.TextChoices):
        RUN = "run", "a run, with the vendor's context that is collected for it"
        DAY = "day", "a day (UTC)"
        MONTH = "month", "a month (UTC)"

    class AtLimit(models.TextChoices):
        STOP = "stop", "stop: no paid call that would pass it; free sources go on"
        WARN = "warn", "warn: tell the admins, and go on"

    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.CASCADE, help_text="Blank: all providers together."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text="Blank: all users together.",
    )
    consumer = models.ForeignKey(
        DataConsumer, null=True, blank=True, on_delete=models.CASCADE, help_text="Blank: all consumers together."
    )
    period = models.CharField(max_length=10, choices=Period.choices, default=Period.MONTH)
    limit = UsdField(help_text="USD per period.")
    at_limit = models.CharField(
        max_length=10,
        choices=AtLimit.choices,
        default=AtLimit.STOP,
        db_default=AtLimit.STOP,  # for processes of before that still run
        help_text="What happens when the limit is reached.",
    )
    warn_at = models.FloatField(
        null=True,
        blank=True,
        default=0.8,
        db_default=0.8,  # as above
        validators=[MinValueValidator(0.01), MaxValueValidator(1.0)],
        help_text="Share of the limit, 0.01 to 1, at which to warn, once a period; blank: no warning.",
    )
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(limit__gte=0), name="budget_limit_not_negative")]

    def __str__(self) -> str:
        scope = " ".join(str(part) for part in (self.provider, self.user, self.consumer) if part) or "everything"
        return f"{scope}: {self.limit} USD {self.get_period_display()}"


class BudgetPeriod(models.Model):
    """What one budget has reserved and spent in one of its periods, or for one run."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="periods")
    starts_on = models.DateField(help_text="First day of the period, UTC; of a run's, the day of its first purchase.")
    run = models.ForeignKey(
        "WorkflowRun", null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="Of a run's budget."
    )
    reserved = UsdField(default=0)
    spent = UsdField(default=0)
    warned = models.DateTimeField(null=True, blank=True, help_text="When it was announced that it runs low.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "starts_on"], condition=Q(run=None), name="one_row_per_budget_and_period"
            ),
            models.UniqueConstraint(
                fields=["budget", "run"], condition=~Q(run=None), name="one_row_per_budget_and_run"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} from {self.starts_on}"


class Brake(Rule):
    """Stops the paid calls of a provider that is spent on far above its usual rate."""

    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.CASCADE, help_text="Blank: every provider, each for itself."
    )
    window = models.DurationField(
        default=timedelta(hours=1), help_text="Over how long spending is added up; 1 minute to 7 days."
    )
    factor = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1.0)],
        help_text="Brake above so many times what is usually spent in such a window; blank to compare with no history.",
    )
    at_least = UsdField(
        default=10, help_text="USD in the window below which the factor never brakes, say where there is no history."
    )
    limit = UsdField(
        null=True,
        blank=True,
        help_text="Brake above so many USD in the window, however usual; blank for no such bound.",
    )
    pause_for = models.DurationField(
        null=True, blank=True, help_text="How long paid calls stop; blank: until a person lifts the stop."
    )
    in_sandbox = models.BooleanField(default=False, help_text="Also brake the sandbox's play money, to try it out.")
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(at_least__gte=0), name="brake_at_least_not_negative"),
            models.CheckConstraint(condition=Q(factor__gte=1) | Q(factor=None), name="brake_factor_is_no_share"),
        ]

    def __str__(self) -> str:
        return f"{self.provider or 'every provider'}: {self.window}"

    def clean(self) -> None:
        given: timedelta | None = self.window  # blank in a form
        if given is not None and not SHORTEST <= given <= LONGEST:
            raise ValidationError({"window": "Give a time from 1 minute (0:01:00) to 7 days (7 00:00:00)."})
        if self.factor is None and self.limit is None:
            raise ValidationError("Give a factor, a limit or both, or it brakes nothing.")


class StopQuerySet(WatchedQuerySet["SpendingStop"]):
    """Chains of stops."""

    def active(self, at: datetime | models.Func | Gap) -> Self:
        """Stops that hold at `at`: lifted by nobody, and not over by themselves."""
        return self.filter(lifted=None).filter(Q(until=None) | Q(until__gt=at))


class SpendingStop(Watched):
    """No further paid call, to one provider or to anybody, until a person lifts it or its time is over."""

    provider = models.ForeignKey(
        Provider,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="stops",
        help_text="Blank: every provider, and every engine that has a price.",
    )
    why = models.CharField(
        max_length=200, blank=True, help_text="Shown to whoever asks meanwhile, and in the gaps of their reports."
    )
    began = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="Over by itself then; blank: until it is lifted.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who."
    )
    brake = models.ForeignKey(
        Brake, null=True, blank=True, on_delete=models.SET_NULL, related_name="stops", help_text="The brake that did."
    )
    lifted = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["-began"]
        verbose_name = "stop of paid calls"
        verbose_name_plural = "stops of paid calls"
        permissions = [("stop_spending", "Can stop paid calls, and let them go on")]
        indexes = [models.Index(fields=["provider"], condition=Q(lifted=None), name="stop_not_lifted")]

    def __str__(self) -> str:
        return f"{self.provider or 'everything'} since {self.began:%d %b %Y %H:%M} UTC"

    @property
    def ended(self) -> datetime | None:
        """When paid calls went on, or will; None while nobody knows."""
        return self.lifted or self.until


class Notice(models.Model):
    """Something that the admins should know; each is told once. Names no person."""

    class Kind(models.TextChoices):
        BRAKE = "brake", "spending ran away"
        BUDGET = "budget", "a budget is used up"
        EXPERIMENT = "experiment", "an experiment is over"
        PROVIDER = "provider", "a provider refuses us"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=80, unique=True, help_text="What it is about; the same is not told twice.")
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    mailed = models.DateTimeField(null=True, blank=True, help_text="When it was sent to the admins who are named.")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["mailed"], condition=Q(mailed=None), name="notice_to_mail")]

    def __str__(self) -> str:
        return self.text
