"""Trials of how personas are made: two or more ways at once, each for its share of the contacts."""

import secrets
from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.rule import Rule


class PersonaTrial(Rule):
    """A comparison that an admin draws up and starts; one runs at a time."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        RUNNING = "running", "running"
        ENDED = "ended", "ended"

    slug = models.SlugField(unique=True, help_text="Say words-or-figures.")
    question = models.CharField(max_length=200, blank=True, help_text="What it is to find out.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    salt = models.CharField(max_length=32, default=partial(secrets.token_hex, 8), editable=False)
    started = models.DateTimeField(null=True, blank=True, editable=False)
    finished = models.DateTimeField(null=True, blank=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="running"), name="one_running_trial_of_personas"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class PersonaArm(Rule):
    """One way of a trial. The first by place is what the others are compared with."""

    class Method(models.TextChoices):
        BASIC = "basic", "from the contact's fields"
        RAG = "rag", "from what happened"

    class Writer(models.TextChoices):
        ENGINE = "engine", "an engine"
        BUILTIN = "builtin", "the built-in engine"

    trial = models.ForeignKey(PersonaTrial, on_delete=models.CASCADE, related_name="arms")
    place = models.PositiveSmallIntegerField(default=1)
    label = models.CharField(max_length=80, help_text="What people read.")
    method = models.CharField(max_length=5, choices=Method.choices, default=Method.RAG)
    writer = models.CharField(max_length=8, choices=Writer.choices, default=Writer.BUILTIN)
    version = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the prompt of the purpose persona, for an engine; blank: the active one."
    )
    share = models.PositiveSmallIntegerField(
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Parts of all contacts, in proportion to the others'.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["trial", "place", "pk"]
        constraints = [models.UniqueConstraint(fields=["trial", "place"], name="one_arm_per_place")]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.version is not None and self.writer != self.Writer.ENGINE:
            raise ValidationError({"version": "The built-in engine reads no prompt; leave it blank."})
