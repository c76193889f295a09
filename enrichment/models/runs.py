"""What happens: who asked, what work answers it, what was called and what it cost.

Nothing of a person (name, key, cap) is in a run, a step, a call or an event: those are shared. A request is one
person's.
"""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrichment.models.cache import CacheEntry
from enrichment.models.catalog import Provider, RuleSet
from enrichment.models.companies import Company
from enrichment.models.fields import UsdField


class Origin(models.TextChoices):
    """Where data came from; origins never mix in a merge or a cache."""

    LIVE = "live", "live"
    SANDBOX = "sandbox", "sandbox"


class LeaseLost(Exception):
    """Another driver has the run now; what this one still writes of it is refused."""


class RunQuerySet(models.QuerySet["WorkflowRun"]):
    """Chains of runs."""

    def fenced(self, pk: uuid.UUID, token: int) -> "WorkflowRun":
        """The run, locked until the transaction ends. Raises `LeaseLost` unless `token` is its lease's."""
        run = self.select_for_update(no_key=True).get(pk=pk)
        if run.lease_token != token or run.status != WorkflowRun.Status.RUNNING:
            raise LeaseLost(str(pk))
        return run

    def active(self) -> Self:
        """Runs that still have something to do."""
        return self.filter(status__in=WorkflowRun.ACTIVE)

    def due(self, at: models.Func) -> Self:
        """Active runs that nobody drives and that need not wait, by database time `at`."""
        return self.active().filter(wake_at__lte=at).filter(Q(lease_until__isnull=True) | Q(lease_until__lte=at))


class WorkflowRun(models.Model):
    """The shared work that answers requests; its steps and calls are the truth about how far it is."""

    class Status(models.TextChoices):
        QUEUED = "queued", "queued"
        RUNNING = "running", "running"
        PARKED = "parked", "waiting"
        COMPLETED = "completed", "completed"
        PARTIAL = "partial", "completed with gaps"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    ACTIVE = (Status.QUEUED, Status.RUNNING, Status.PARKED)
    DONE = (Status.COMPLETED, Status.PARTIAL)

    class StopReason(models.TextChoices):
        SATISFIED = "satisfied", "every required threshold was met"
        EXHAUSTED = "exhausted", "no further source could help"
        BUDGET = "budget", "the cap or a budget was reached"
        DEADLINE = "deadline", "the time was up"
        CANCELLED = "cancelled", "nobody wanted it any more"
        AMBIGUOUS = "ambiguous-company", "the company could not be told apart from another"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consumer = models.SlugField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="runs")
    vendor = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, blank=True)
    segment = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=60, blank=True)
    strategy = models.CharField(max_length=15, default="enhanced")
    require = models.JSONField(default=list, help_text="Datasets without which the run is no success.")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    work_key = models.CharField(max_length=64, help_text="Digest of all that the work depends on; unique while active.")
    report_key = models.CharField(max_length=64, help_text="Cache key of the report that it will write.")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    plan_input = models.JSONField(null=True, blank=True, help_text="What the first plan was made from.")
    not_before = models.DateTimeField(null=True, blank=True, help_text="Answers fetched before this do not count.")
    vendor_run = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="awaited_by",
        help_text="The vendor's context.",
    )

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    stop_reason = models.CharField(max_length=20, choices=StopReason.choices, blank=True)
    error = models.TextField(blank=True)
    estimated_cost = UsdField(null=True, blank=True)
    estimated_seconds = models.FloatField(null=True, blank=True)
    cost = UsdField(default=0, help_text="USD settled so far, calls and engines.")

    is_bulk = models.BooleanField(default=False, help_text="Bulk work waits for people's.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Times a driver died with it.")
    lease_token = models.PositiveBigIntegerField(default=0, help_text="Fence: moves with every new driver.")
    lease_until = models.DateTimeField(null=True, blank=True)
    wake_at = models.DateTimeField(help_text="When it may go on; database time.")
    waiting_for = models.CharField(max_length=160, blank=True, help_text="Cache key whose fill it waits for.")
    last_seq = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work_key"],
                condition=Q(status__in=["queued", "running", "parked"]),
                name="one_active_run_per_work",
            ),
        ]
        indexes = [
            models.Index(
                fields=["is_bulk", "wake_at"], condition=Q(status__in=["queued", "running", "parked"]), name="run_due"
            ),
            models.Index(fields=["waiting_for"], condition=~Q(waiting_for=""), name="run_waiting"),
            models.Index(fields=["company", "-created"]),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} of {self.company_id} ({self.status})"

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def fill_key(self) -> str:
        """What runs wait for that need this one's report."""
        return f"run:{self.pk}"


class ResearchRequestQuerySet(models.QuerySet["ResearchRequest"]):
    """Chains of requests."""

    def visible_to(self, user: "models.Model") -> Self:
        """The requests that are `user`'s own."""
        return self.filter(user=user)

    def attached(self) -> Self:
        """Requests that still want their run, oldest first: the first one pays."""
        return self.filter(status=ResearchRequest.Status.ATTACHED).order_by("created", "pk")


class ResearchRequest(models.Model):
    """One caller's ask. Its id is the API's `requestId`."""

    class Status(models.TextChoices):
        ATTACHED = "attached", "waiting for its run"
        ANSWERED = "answered", "answered"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="requests")
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="children",
        help_text="Whose cap pays for it.",
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    consumer = models.SlugField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="requests")
    vendor = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seller = models.JSONField(default=dict, help_text="name, role, segment and region of the rep.")
    strategy = models.CharField(max_length=15, default="enhanced")
    require = models.JSONField(default=list)
    not_before = models.DateTimeField(null=True, blank=True)
    cap = UsdField(null=True, blank=True, help_text="USD that this request may cost; blank for no limit.")
    reserved = UsdField(default=0, help_text="USD held for calls under way.")
    spent = UsdField(default=0, help_text="USD settled.")
    saved = UsdField(default=0, help_text="USD that was really paid, by others or before, for what it reused.")
    run = models.ForeignKey(WorkflowRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests")
    joined = models.BooleanField(default=False, help_text="It joined a run that was already under way.")
    from_cache = models.BooleanField(default=False)
    report = models.ForeignKey("Report", null=True, blank=True, on_delete=models.SET_NULL, related_name="requests")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ATTACHED)
    created = models.DateTimeField(auto_now_add=True)
    answered = models.DateTimeField(null=True, blank=True)

    objects = ResearchRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_request_per_user_and_key",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created"]),
            models.Index(fields=["run", "created"], condition=Q(status="attached"), name="request_attached"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} of {self.company_id} for {self.user_id}"

    @property
    def left(self) -> Decimal | None:
        """USD that it may still commit, None without a cap."""
        return None if self.cap is None else self.cap - self.reserved - self.spent


class StepRun(models.Model):
    """One step of a run. Once it is recorded as done it never runs again."""

    class Status(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    SCHEMA_VERSION = 1

    run = models.ForeignKey(WorkflowRun, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20, help_text="cache_check, plan, collect, analyse, store …")
    ordinal = models.PositiveSmallIntegerField(help_text="Place in the run.")
    wave = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Raised before the step starts.")
    schema_version = models.PositiveSmallIntegerField(default=SCHEMA_VERSION)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["run", "ordinal"], name="one_step_per_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.status}"


class CallQuerySet(models.QuerySet["SourceCall"]):
    """Chains of ledger lines."""

    def since(self, at: datetime) -> Self:
        return self.filter(started__gte=at)


class SourceCall(models.Model):
    """The ledger: one attempt to buy one response. Written before the call, settled after it, never deleted."""

    class Status(models.TextChoices):
        INTENT = "intent", "under way"
        OK = "ok", "answered"
        EMPTY = "empty", "nothing found"
        FAILED = "failed", "failed"
        IN_DOUBT = "in_doubt", "in doubt: we died before its answer was stored"

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
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INTENT)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    reserved = UsdField(help_text="USD held before the call: its worst price.")
    cost = UsdField(default=0, help_text="USD charged; for a call in doubt, what may have been.")
    budgets = models.JSONField(default=list, help_text="Budget periods that hold the reservation.")
    job = models.TextField(blank=True, help_text="The provider's id of a long job, stored before the first poll.")
    error = models.CharField(max_length=300, blank=True)
    records = models.PositiveIntegerField(default=0)
    entry = models.ForeignKey(CacheEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls")
    lease_until = models.DateTimeField(help_text="An intent older than this was left behind by a dead driver.")
    started = models.DateTimeField()
    answered = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["started"]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gte=0, reserved__gte=0), name="call_money_not_negative")
        ]
        indexes = [
            models.Index(fields=["run", "wave"]),
            models.Index(fields=["provider", "lease_until"], condition=Q(status="intent"), name="call_under_way"),
            models.Index(fields=["cache_key", "-started"]),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.status}"

    @property
    def latency_ms(self) -> int | None:
        return None if self.answered is None else round((self.answered - self.started).total_seconds() * 1000)


class EngineCall(models.Model):
    """The ledger of analyses: one attempt to have one engine write one."""

    class Status(models.TextChoices):
        INTENT = "intent", "under way"
        OK = "ok", "answered"
        FAILED = "failed", "failed"
        IN_DOUBT = "in_doubt", "in doubt: we died before its answer was stored"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(WorkflowRun, null=True, on_delete=models.SET_NULL, related_name="engine_calls")
    request = models.ForeignKey(
        ResearchRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="engine_calls"
    )
    engine = models.SlugField()
    model = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INTENT)
    reserved = UsdField(default=0)
    budgets = models.JSONField(default=list, help_text="Budget periods that hold the reservation.")
    cost = UsdField(null=True, blank=True, help_text="USD; blank where the engine's price is unknown.")
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    started = models.DateTimeField()
    answered = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started"]

    def __str__(self) -> str:
        return f"{self.engine} {self.status}"


class RunEvent(models.Model):
    """Something that happened in a run, numbered from 1 without gaps in commit order."""

    run = models.ForeignKey(WorkflowRun, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, help_text="progress, source_update, partial_results, warning, finished …")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["run", "seq"]
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_event_per_number")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class ProviderState(models.Model):
    """What holds for a provider over all processes: pace, breaker, pauses."""

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, related_name="state")
    tokens = models.FloatField(default=0, help_text="HTTP requests that may be sent at once.")
    tokens_at = models.DateTimeField(null=True, blank=True, help_text="When that was counted.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Failures in a row; any answer resets them.")
    open_until = models.DateTimeField(null=True, blank=True, help_text="Breaker: not asked before this.")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="The provider asked us to wait until then.")
    note = models.CharField(max_length=300, blank=True, help_text="Why it is paused, in words.")

    def __str__(self) -> str:
        return f"state of {self.provider_id}"
