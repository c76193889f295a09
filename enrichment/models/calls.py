"""The ledgers: every attempt to buy a response or an analysis, and what holds for a provider over all processes."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrichment.models.cache import CacheEntry
from enrichment.models.companies import Company
from enrichment.models.fields import UsdField
from enrichment.models.runs import Origin, ResearchRequest, WorkflowRun
from enrichment.models.sources import Provider
from salesintel.prepared import Gap, Prepared


class CallQuerySet(models.QuerySet["SourceCall"]):
    """Chains of ledger lines."""

    def since(self, at: datetime) -> Self:
        return self.filter(started__gte=at)

    def with_provider(self, pk: uuid.UUID) -> "SourceCall":
        """The call, with its provider."""
        call = _WITH_PROVIDER.first(pk=pk)
        if call is None:
            raise SourceCall.DoesNotExist(str(pk))
        return call

    def unsettled(self) -> Self:
        """Calls of which nobody knows how they ended: under way, or in doubt."""
        return self.filter(status__in=[SourceCall.Status.INTENT, SourceCall.Status.IN_DOUBT])

    def in_doubt(self) -> Self:
        """Calls that may have been charged, and that nobody has decided yet."""
        return self.filter(status=SourceCall.Status.IN_DOUBT)


_WITH_PROVIDER = Prepared(
    lambda: SourceCall.objects.select_related("provider").filter(pk=Gap("pk", models.UUIDField()))
)


class SourceCall(models.Model):
    """The ledger: one attempt to buy one response. Written before the call, settled after it, never deleted."""

    class Status(models.TextChoices):
        INTENT = "intent", "under way"
        OK = "ok", "answered"
        EMPTY = "empty", "nothing found"
        FAILED = "failed", "failed"
        IN_DOUBT = "in_doubt", "in doubt: we died before its answer was stored"

    class Verdict(models.TextChoices):
        """How a doubt ended that no answer ended; the line is `failed` from then on."""

        CHARGED = "charged", "it was charged"
        NOT_CHARGED = "not_charged", "it was not charged"
        ASK_AGAIN = "ask_again", "counted as spent, and to be asked again"
        REPEATED = "repeated", "repeated for nothing: charged once, with the repetition"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, help_text="Also the idempotency key.")
    run = models.ForeignKey(WorkflowRun, null=True, on_delete=models.SET_NULL, related_name="calls")
    request = models.ForeignKey(
        ResearchRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls", help_text="Who pays."
    )
    wave = models.PositiveSmallIntegerField(default=0)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    source = models.SlugField()
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="calls")
    cache_key = models.CharField(max_length=64)
    data_epoch = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="The company's at the reservation: after an erasure its answer is not kept.",
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INTENT)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    reserved = UsdField(help_text="USD held before the call: its worst price.")
    cost = UsdField(default=0, help_text="USD charged; for a call in doubt, what may have been.")
    budgets = models.JSONField(default=list, help_text="Budget periods that hold the reservation.")
    job = models.TextField(blank=True, help_text="The provider's id of a long job, stored before the first poll.")
    error = models.CharField(max_length=300, blank=True)
    records = models.PositiveIntegerField(default=0)
    waited = models.FloatField(
        null=True, blank=True, help_text="Seconds from the reservation to the first request: for a turn, for the pace."
    )
    entry = models.ForeignKey(CacheEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls")
    lease_until = models.DateTimeField(help_text="An intent older than this was left behind by a dead driver.")
    started = models.DateTimeField()
    answered = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(
        max_length=15, choices=Verdict.choices, blank=True, help_text="What was found out about a call in doubt."
    )
    decided = models.DateTimeField(null=True, blank=True, help_text="When that was.")

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["started"]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gte=0, reserved__gte=0), name="call_money_not_negative")
        ]
        indexes = [
            models.Index(fields=["run", "wave"]),
            models.Index(fields=["provider", "lease_until"], condition=Q(status="intent"), name="call_under_way"),
            models.Index(fields=["provider", "-started"], condition=Q(status="in_doubt"), name="call_in_doubt"),
            models.Index(fields=["cache_key", "-started"]),
            models.Index(fields=["provider", "origin", "started"], name="call_spending"),
            models.Index(fields=["origin", "started"], name="call_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.status}"

    @property
    def latency_ms(self) -> int | None:
        return None if self.answered is None else round((self.answered - self.started).total_seconds() * 1000)


class DoubtfulCalls(models.Manager["DoubtfulCall"]):
    """The ledger's lines that are in doubt, or were until somebody decided."""

    def get_queryset(self) -> models.QuerySet["DoubtfulCall"]:
        return super().get_queryset().filter(Q(status=SourceCall.Status.IN_DOUBT) | ~Q(verdict=""))


class DoubtfulCall(SourceCall):
    """The calls that were or are in doubt, as an admin decides them."""

    objects = DoubtfulCalls()  # type: ignore[assignment,misc] # narrower than the ledger's own

    class Meta:
        proxy = True
        ordering = ["-started"]
        verbose_name = "call in doubt"
        verbose_name_plural = "calls in doubt"
        permissions = [("decide_doubtfulcall", "Can decide whether a call in doubt was charged")]


class EngineCall(models.Model):
    """The ledger of analyses: one attempt to have one engine write one."""

    class Status(models.TextChoices):
        INTENT = "intent", "under way"
        OK = "ok", "answered"
        FAILED = "failed", "failed"
        IN_DOUBT = "in_doubt", "in doubt: we died before its answer was stored"

    class Verdict(models.TextChoices):
        """How a doubt ended that no answer ended; the line is `failed` from then on."""

        CHARGED = "charged", "it was charged"
        NOT_CHARGED = "not_charged", "it was not charged"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(WorkflowRun, null=True, on_delete=models.SET_NULL, related_name="engine_calls")
    request = models.ForeignKey(
        ResearchRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="engine_calls"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who pays for what is of no request.",
    )
    consumer = models.SlugField(
        blank=True, default="", db_default="", help_text="For what, where it is of no request, say persona."
    )
    work = models.UUIDField(
        null=True, blank=True, help_text="What it was to write; what was paid for is not asked for a second time."
    )
    engine = models.SlugField()
    model = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INTENT)
    reserved = UsdField(default=0)
    budgets = models.JSONField(default=list, help_text="Budget periods that hold the reservation.")
    cost = UsdField(null=True, blank=True, help_text="USD; blank where the engine's price is unknown.")
    tokens_in = models.PositiveIntegerField(default=0, help_text="Read at the full price.")
    tokens_out = models.PositiveIntegerField(default=0, help_text="Written, thinking included.")
    tokens_cached = models.PositiveIntegerField(default=0, help_text="Read from the prompt cache.")
    tokens_cache_written = models.PositiveIntegerField(
        default=0,
        db_default=0,  # for processes of before that still run
        help_text="Put into the prompt cache.",
    )
    error = models.CharField(max_length=300, blank=True)
    started = models.DateTimeField()
    answered = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(
        max_length=15,
        choices=Verdict.choices,
        blank=True,
        db_default="",  # for processes of before that still run
        help_text="What a person found out about a call in doubt.",
    )
    decided = models.DateTimeField(null=True, blank=True, help_text="When that was.")

    class Meta:
        ordering = ["started"]
        verbose_name = "analysis"
        verbose_name_plural = "analyses"
        indexes = [
            models.Index(fields=["started"], name="engine_call_by_day"),
            models.Index(fields=["engine", "started"], name="engine_call_spending"),
            models.Index(fields=["user", "started"], condition=Q(request=None), name="engine_call_of_person"),
            models.Index(fields=["work"], condition=Q(work__isnull=False), name="engine_call_of_work"),
            models.Index(fields=["-started"], condition=Q(status="in_doubt"), name="engine_call_in_doubt"),
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.status}"


class ProviderState(models.Model):
    """What holds for a provider over all processes: pace, breaker, pauses."""

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, related_name="state")
    tokens = models.FloatField(default=0, help_text="HTTP requests that may be sent at once.")
    tokens_at = models.DateTimeField(null=True, blank=True, help_text="When that was counted.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Failures in a row; any answer resets them.")
    open_until = models.DateTimeField(null=True, blank=True, help_text="Breaker: not asked before this.")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="The provider asked us to wait until then.")
    note = models.CharField(max_length=300, blank=True, help_text="Why it is paused, in words.")
    checked = models.DateTimeField(null=True, blank=True, help_text="When its connection was tested last.")
    check_words = models.CharField(max_length=300, blank=True, db_default="", help_text="What came of that.")
    left = models.DecimalField(
        null=True, blank=True, max_digits=24, decimal_places=9, help_text="What was left to spend then, in its unit."
    )
    left_unit = models.CharField(max_length=20, blank=True, db_default="", help_text="Searches, credits …")
    usual = UsdField(null=True, blank=True, help_text="USD an hour that are usually spent there, as brakes compare.")
    usual_at = models.DateTimeField(null=True, blank=True, help_text="When that was counted.")
    usual_of = models.CharField(
        max_length=10, blank=True, db_default="", choices=Origin.choices, help_text="For data of that origin."
    )

    def __str__(self) -> str:
        return f"state of {self.provider_id}"
