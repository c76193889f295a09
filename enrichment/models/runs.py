"""What happens: who asked, what work answers it, what was called and what it cost.

Nothing of a person (name, key, cap) is in a run, a step, a call or an event: those are shared. A request is one
person's.
"""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from enrichment.models.catalog import RuleSet
from enrichment.models.companies import Company
from enrichment.models.fields import UsdField
from salesintel.audit.watched import Watched, WatchedQuerySet
from salesintel.prepared import Gap, Prepared


class Origin(models.TextChoices):
    """Where data came from; origins never mix in a merge or a cache."""

    LIVE = "live", "live"
    SANDBOX = "sandbox", "sandbox"


# Until when a request rests that nobody gave a time; far enough, and safe in every time zone.
UNTIL_RESUMED = datetime(9000, 1, 1, tzinfo=UTC)


class LeaseLost(Exception):
    """Another driver has the run now; what this one still writes of it is refused."""


class RunQuerySet(models.QuerySet["WorkflowRun"]):
    """Chains of runs."""

    def locked(self, pk: uuid.UUID) -> "WorkflowRun":
        """The run, locked until the transaction ends; what its first plan was made from stays in the database."""
        run = _LOCKED.first(pk=pk)
        if run is None:
            raise WorkflowRun.DoesNotExist(str(pk))
        return run

    def fenced(self, pk: uuid.UUID, token: int) -> "WorkflowRun":
        """The run, locked until the transaction ends. Raises `LeaseLost` unless `token` is its lease's."""
        run = self.locked(pk)
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
        FAILED = "failed", "it could not go on"
        OWN = "own-material", "only what was sent was to be analysed"
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
    variant = models.ForeignKey(
        "Variant",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="runs",
        help_text="Of the experiment whose rules it has.",
    )
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
    clock_from = models.DateTimeField(
        null=True, blank=True, help_text="When its time began to run; every pause moves it on. Blank: when it started."
    )
    rests_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when everybody who wants it has paused; its time stands still."
    )
    waiting_for = models.CharField(max_length=160, blank=True, help_text="Cache key whose fill it waits for.")
    last_seq = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    exported = models.DateTimeField(null=True, blank=True, help_text="When its trace was sent to the collector.")

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
            models.Index(fields=["finished"], name="run_finished"),
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


_LOCKED = Prepared(
    lambda: (
        WorkflowRun.objects.select_for_update(no_key=True).filter(pk=Gap("pk", models.UUIDField())).defer("plan_input")
    )
)


class ResearchRequestQuerySet(WatchedQuerySet["ResearchRequest"]):
    """Chains of requests."""

    def visible_to(self, user: "models.Model | Gap") -> Self:
        """The requests that are `user`'s own."""
        return self.filter(user=user)

    def attached(self) -> Self:
        """Requests that still want their run, oldest first."""
        return self.filter(status=ResearchRequest.Status.ATTACHED).order_by("created", "pk")

    def awake(self, at: datetime | models.Func) -> Self:
        """Attached requests that are not paused: the first one pays.

        What was asked on behalf of others rests as long as all of those rest.
        """
        paused = Q(paused_until__gt=at)
        awaiting = ResearchRequest.objects.attached().order_by().filter(run=OuterRef("parent__run"), parent=None)
        rests = Exists(awaiting.filter(paused)) & ~Exists(awaiting.exclude(paused))
        return self.attached().exclude(paused).exclude(rests)

    def end(self, status: str, at: datetime) -> int:
        """End these without an answer; whoever had one from an earlier attempt keeps that. Returns how many."""
        kept = self.exclude(report=None).update(status=ResearchRequest.Status.ANSWERED, answered=at)
        return kept + self.filter(report=None).update(status=status, answered=at)

    def payer(self, run: uuid.UUID, at: datetime) -> "ResearchRequest | None":
        """Whose cap pays for the run now; None where nobody wants it, or everybody has paused."""
        first = self._first(run, at)
        if first is None or first.parent is None:
            return first
        behind = self._first(first.parent.run_id, at)
        if behind is not None and behind.parent_id is None:
            return behind
        first = self.awake(at).filter(run=run).select_related("parent").first()
        if first is None or first.parent is None:
            return first
        return self.awake(at).filter(run=first.parent.run_id).first() or first.parent

    def is_awake(self, run: uuid.UUID, at: datetime) -> bool:
        """Whether anybody who wants the run has not paused."""
        first = self._first(run, at)
        return first is not None and (first.parent_id is None or self.awake(at).filter(run=run).exists())

    def _first(self, run: uuid.UUID | None, at: datetime) -> "ResearchRequest | None":
        """The first who wants the run and has not paused; those on whose behalf it was asked may have."""
        return None if run is None else _FIRST.first(run=run, at=at)


def _first() -> "models.QuerySet[ResearchRequest]":
    wanting = ResearchRequest.objects.attached().filter(run=Gap("run", models.UUIDField()))
    return wanting.exclude(paused_until__gt=Gap("at", models.DateTimeField())).select_related("parent")[:1]


_FIRST = Prepared(_first)


class ResearchRequest(Watched):
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
    paused_until = models.DateTimeField(null=True, blank=True, help_text="Nothing more is bought for it before this.")
    bulk_line = models.ForeignKey(
        "BulkLine",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="asked",
        help_text="The line of a list that it was asked for.",
    )
    attempt = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of that line or check, which asks once; blank for what a person asked."
    )
    watch_check = models.ForeignKey(
        "WatchCheck",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="asked",
        help_text="The check of a watched company that it was asked for.",
    )
    created = models.DateTimeField(auto_now_add=True)
    answered = models.DateTimeField(null=True, blank=True)

    objects = ResearchRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        permissions = [("see_costs", "Can see what everybody's work cost")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_request_per_user_and_key",
            ),
            models.UniqueConstraint(fields=["bulk_line", "attempt"], name="one_request_per_line_and_attempt"),
            models.UniqueConstraint(fields=["watch_check"], name="one_request_per_check"),
        ]
        indexes = [
            models.Index(fields=["user", "-created"]),
            models.Index(fields=["run", "created"], condition=Q(status="attached"), name="request_attached"),
            models.Index(fields=["answered"], condition=Q(parent=None), name="request_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} of {self.company_id} for {self.user_id}"

    @property
    def left(self) -> Decimal | None:
        """USD that it may still commit, None without a cap."""
        return None if self.cap is None else self.cap - self.reserved - self.spent

    def is_paused(self, at: datetime) -> bool:
        return (
            self.status == self.Status.ATTACHED
            and self.parent_id is None
            and self.paused_until is not None
            and self.paused_until > at
        )


class StepQuerySet(models.QuerySet["StepRun"]):
    """Chains of steps."""

    def standing(self) -> Self:
        """Steps that count, in order; not those that a retry or an upgrade set aside."""
        return self.exclude(status=StepRun.Status.SET_ASIDE).order_by("ordinal")


class StepRun(models.Model):
    """One step of a run. Once it is recorded as done it never runs again, unless it is set aside."""

    class Status(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        SET_ASIDE = "set_aside", "set aside"

    SCHEMA_VERSION = 2  # of `result`; `enrichment.workflow.versions` reads older ones

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

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["run", "ordinal"], name="one_step_per_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.status}"


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
