"""Many companies at once: what was sent, line by line, what of it was started, and the one budget for all of it."""

import uuid
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value

from enrichment.models.companies import Company
from enrichment.models.fields import UsdField
from enrichment.models.runs import ResearchRequest
from salesintel.audit.watched import Watched, WatchedQuerySet

LONGEST_CELL = 250  # characters of what a caller wrote in one cell


class BulkQuerySet(WatchedQuerySet["Bulk"]):
    """Chains of bulks."""

    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user)


class Bulk(Watched):
    """A list of companies that is priced, confirmed, and then worked off within one budget."""

    class Status(models.TextChoices):
        QUOTING = "quoting", "being priced"
        QUOTED = "quoted", "waiting for your go"
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        COMPLETED = "completed", "completed"
        CANCELLED = "cancelled", "cancelled"

    class Order(models.TextChoices):
        VALUE = "value", "most missing quality per USD first"
        GIVEN = "given", "as it was given"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bulks")
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=200, blank=True, help_text="The file's name, or what the caller calls it.")
    consumer = models.SlugField()
    vendor = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seller = models.JSONField(default=dict, help_text="name, role, segment and region of the rep.")
    require = models.JSONField(default=list)
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.VALUE)
    columns = models.JSONField(default=dict, help_text="Of a file: field → the column that it was read from.")
    cap = UsdField(null=True, blank=True, help_text="USD that all of it may cost; blank for no limit.")
    held = UsdField(default=0, help_text="USD that started lines may still spend.")
    spent = UsdField(default=0, help_text="USD that ended lines spent.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUOTING)
    extra = models.JSONField(default=dict, help_text="What the vendor's context adds, once: expected and worst, USD.")
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = BulkQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_bulk_per_user_and_key",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created"], name="bulk_of_user"),
            models.Index(fields=["created"], condition=Q(status__in=["quoting", "running"]), name="bulk_to_do"),
        ]

    def __str__(self) -> str:
        return self.label or str(self.pk)

    @property
    def left(self) -> Decimal | None:
        """USD that lines which are not started yet may have, None without a cap."""
        return None if self.cap is None else self.cap - self.held - self.spent

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.COMPLETED, self.Status.CANCELLED)


class BulkLine(models.Model):
    """One line of a bulk: what it says, which company that is, what it would cost, and what became of it."""

    class State(models.TextChoices):
        UNREAD = "unread", "not looked at yet"
        READY = "ready", "ready"
        AMBIGUOUS = "ambiguous", "several companies may be meant"
        INVALID = "invalid", "not a company"
        DUPLICATE = "duplicate", "the same as another line"
        WORKING = "working", "under way"
        DONE = "done", "done"
        PARTIAL = "partial", "done with gaps"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "not started: the budget is used up"
        CANCELLED = "cancelled", "cancelled"
        DROPPED = "dropped", "left out by you"

    class Found(models.TextChoices):
        KNOWN = "known", "a company that is known"
        CACHED = "cached", "a report is there already"
        NEW = "new", "a company that nobody asked for before"

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField(help_text="Of the file, or place in the list; the first is 1.")
    name = models.CharField(max_length=LONGEST_CELL, blank=True)
    domain = models.CharField(max_length=LONGEST_CELL, blank=True)
    external_id = models.CharField(max_length=LONGEST_CELL, blank=True, help_text="The caller's own; given back.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNREAD)
    found = models.CharField(max_length=10, choices=Found.choices, blank=True)
    reason = models.CharField(max_length=600, blank=True, help_text="Why it stands as it does, in words.")
    candidates = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),  # what runs while this is rolled out knows nothing of it
        help_text="Numbers of the companies that may be meant, best first.",
    )
    key = models.CharField(max_length=300, blank=True, help_text="What tells that two lines mean the same company.")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    value = models.FloatField(default=0.0, help_text="Share of the wanted quality that it is expected to add, 0 to 1.")
    expected = UsdField(default=0, help_text="USD that it is expected to cost.")
    worst = UsdField(default=0, help_text="USD that it costs at most.")
    seconds = models.FloatField(default=0.0, help_text="That it is expected to take.")
    rank = models.PositiveIntegerField(default=0, help_text="Place in the order in which lines are started.")
    attempt = models.PositiveSmallIntegerField(default=0)
    request = models.ForeignKey(
        ResearchRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="bulk_lines"
    )
    held = UsdField(default=0, help_text="USD of the bulk's budget that it may spend.")
    cost = UsdField(default=0, help_text="USD that it spent, over all attempts.")
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["bulk", "line"], name="one_row_per_bulk_and_line")]
        indexes = [models.Index(fields=["bulk", "state", "rank"], name="bulk_line_next")]

    def __str__(self) -> str:
        return f"line {self.line}"
