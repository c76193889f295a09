"""Personas of many contacts at once: who was chosen, what it may cost, how far it is, and what became of each."""

import uuid
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from enrichment.models.fields import UsdField
from personas.models.contacts import Contact
from personas.models.owned import Owned
from personas.models.personas import ContactPersona


class PersonaBatch(Owned):
    """Contacts that are quoted, confirmed, and then worked off one by one within one budget."""

    is_private: ClassVar[bool] = True

    class Status(models.TextChoices):
        QUOTED = "quoted", "waiting for your go"
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        DONE = "done", "done"
        CANCELLED = "cancelled", "cancelled"

    class Writer(models.TextChoices):
        ENGINE = "engine", "an engine"
        BUILTIN = "builtin", "the built-in engine"

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUOTED)
    method = models.CharField(max_length=5, choices=ContactPersona.Method.choices, default=ContactPersona.Method.RAG)
    writer = models.CharField(max_length=8, choices=Writer.choices, default=Writer.BUILTIN)
    each = UsdField(default=0, help_text="USD that one persona may cost at most, as it was quoted.")
    cap = UsdField(default=0, validators=[MinValueValidator(0)], help_text="USD that all of it may cost.")
    spent = UsdField(default=0, help_text="USD that ended lines cost.")
    moved = models.DateTimeField(auto_now_add=True, help_text="When it last went on.")
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name_plural = "persona batches"
        indexes = [
            models.Index(fields=["owner", "-created"], name="batch_of_owner"),
            models.Index(fields=["moved"], condition=Q(status="running"), name="batch_to_do"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.CANCELLED)

    def left(self) -> Decimal:
        """USD that lines which have not begun may have. The caller holds the row's lock where that matters."""
        held: Decimal = self.lines.aggregate(held=models.Sum("held"))["held"] or Decimal(0)
        rest: Decimal = self.cap - self.spent - held
        return rest


class PersonaBatchLine(models.Model):
    """One contact of a batch. Its id becomes the persona's, so whoever works on it twice makes one."""

    class State(models.TextChoices):
        READY = "ready", "waiting"
        WORKING = "working", "under way"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "left out: the budget is used up"
        CANCELLED = "cancelled", "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(PersonaBatch, on_delete=models.CASCADE, related_name="lines")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField(help_text="In the batch; the first is 1.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    persona = models.ForeignKey(ContactPersona, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it stands as it does.")
    held = UsdField(default=0, help_text="USD of the batch's budget that it may spend.")
    cost = UsdField(default=0, help_text="USD that it cost.")
    attempts = models.PositiveSmallIntegerField(default=0)
    begun = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["batch", "place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "contact"], name="one_line_per_contact"),
            models.UniqueConstraint(fields=["batch", "place"], name="one_line_per_place"),
        ]
        indexes = [models.Index(fields=["batch", "state", "place"], name="batch_line_next")]

    def __str__(self) -> str:
        return f"line {self.place}"
