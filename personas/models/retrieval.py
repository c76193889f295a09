"""Vectors: who makes them of texts, those of what was said, those of how contacts behave, and patterns among these."""

from datetime import timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from enrichment.models.fields import EncryptedJsonField, UsdField, trimmed
from enrichment.models.rule import Rule, refuse_no_time
from personas.models.activity import Interaction
from personas.models.contacts import Contact
from personas.models.owned import Owned


class EmbeddingProvider(Rule):
    """Who makes vectors of texts; the first that is switched on makes them all, for those of two cannot be compared."""

    class Kind(models.TextChoices):
        BUILTIN = "builtin", "built in (no key, no network)"
        OPENAI = "openai", "OpenAI, or any server that speaks its format"
        VOYAGE = "voyage", "Voyage AI"

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    base_url = models.CharField(
        max_length=200, blank=True, help_text="Blank for the vendor's own; else it ends in /v1."
    )
    credentials = EncryptedJsonField(blank=True, default=dict, help_text='Encrypted at rest: {"api_key": "…"}.')
    model = models.CharField(max_length=80, blank=True, help_text="Say text-embedding-3-small or voyage-3.5-lite.")
    dimensions = models.PositiveSmallIntegerField(
        default=256, validators=[MinValueValidator(8), MaxValueValidator(4096)], help_text="Numbers of a vector."
    )
    price = UsdField(null=True, blank=True, help_text="USD per million tokens; blank if unknown.")
    monthly_cap = UsdField(
        null=True, blank=True, help_text="USD a month (UTC) that it may cost at most; blank for no cap."
    )
    timeout = models.DurationField(default=timedelta(seconds=20), help_text="Of one call.")
    priority = models.PositiveSmallIntegerField(default=5, help_text="1 is tried first.")
    enabled = models.BooleanField(default=False)
    history = HistoricalRecords(excluded_fields=["credentials"])

    class Meta:
        ordering = ["priority", "slug"]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        self.credentials = trimmed(self.credentials)
        if self.kind != self.Kind.BUILTIN and not self.model:
            raise ValidationError({"model": "Name the model, say text-embedding-3-small."})
        refuse_no_time(self, "timeout")

    @property
    def space(self) -> str:
        """What vectors must have in common to be compared."""
        return f"{self.kind}:{self.model or '1'}:{self.dimensions}"


class EmbeddingCall(models.Model):
    """The ledger: one call for vectors, what it took and what it cost."""

    provider = models.CharField(max_length=50)
    at = models.DateTimeField(db_index=True)
    texts = models.PositiveIntegerField()
    tokens = models.PositiveIntegerField(
        null=True, blank=True, help_text="As the provider counted; empty if it did not."
    )
    cost = UsdField(null=True, blank=True, help_text="USD; empty if unknown.")
    seconds = models.FloatField()
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.texts} texts by {self.provider}"


class InteractionEmbedding(Owned):
    """The vector of a piece of what was said."""

    about: ClassVar[str] = "contact"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="embeddings")
    place = models.PositiveSmallIntegerField(help_text="Which piece, from 0.")
    begins = models.PositiveIntegerField(help_text="Its first character in the words of the interaction.")
    ends = models.PositiveIntegerField()
    space = models.CharField(max_length=120, help_text="Only vectors of one space can be compared.")
    vector = models.BinaryField(help_text="float32, little-endian, of length 1.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "space", "place"], name="one_vector_of_a_piece"),
        ]
        indexes = [
            models.Index(fields=["contact", "space"], name="vector_of_contact"),
            models.Index(fields=["owner", "space"], name="vector_of_owner"),
        ]

    def __str__(self) -> str:
        return f"piece {self.place} of {self.interaction_id}"


class BehavioralPattern(Owned):
    """A group of one owner's contacts that behave alike, found by clustering and named by what sets it apart."""

    name = models.CharField(max_length=120)
    marks = models.JSONField(default=list, help_text="What sets it apart: feature, how far from the usual, in words.")
    centre = models.BinaryField(default=bytes, help_text="float32: the middle of its members.")
    members = models.PositiveIntegerField(default=0)
    cohesion = models.FloatField(null=True, blank=True, help_text="Mean silhouette of its members, −1 to 1.")
    made = models.DateTimeField(null=True, help_text="When it was found, or found again.")

    class Meta:
        ordering = ["-members", "name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_pattern_of_a_name")]

    def __str__(self) -> str:
        return f"pattern {self.pk}"


class Profile(Owned):
    """How a contact behaves, and what is talked about with them, as two vectors."""

    about: ClassVar[str] = "contact"

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="profile")
    behaviour = models.BinaryField(help_text="float32: features on one scale.")
    known = models.BinaryField(help_text="A byte for each feature: 1 where there was enough to know it.")
    text = models.BinaryField(null=True, blank=True, help_text="float32: the mean of the vectors of their own words.")
    said = EncryptedJsonField(default=dict, help_text="Topics and words that they come back to; encrypted at rest.")
    space = models.CharField(max_length=120, blank=True, help_text="Only profiles of one space can be compared.")
    interactions = models.PositiveIntegerField(help_text="How many it was made of.")
    made = models.DateTimeField()
    pattern = models.ForeignKey(
        BehavioralPattern, null=True, blank=True, on_delete=models.SET_NULL, related_name="profiles"
    )

    class Meta:
        indexes = [models.Index(fields=["owner", "made"], name="profile_of_owner")]

    def __str__(self) -> str:
        return f"profile {self.pk}"
