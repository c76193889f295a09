"""Personas: what a contact is like, as it was written at one moment, and what people made of it."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from enrichment.models.fields import EncryptedJsonField, UsdField
from personas.models.contacts import Contact
from personas.models.fields import SealedTextField
from personas.models.owned import Owned
from personas.models.trials import PersonaArm


class ContactPersona(Owned):
    """One persona of one contact. They are kept: the latest counts, those before show what changed."""

    about: ClassVar[str] = "contact"

    class Method(models.TextChoices):
        BASIC = "basic", "from the contact's fields"
        RAG = "rag", "from what happened"

    class Why(models.TextChoices):
        """Why it was made."""

        ASKED = "asked", "somebody asked for it"
        BULK = "bulk", "with many others"
        NEW = "new", "by itself, after new interactions"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="personas")
    asked = models.CharField(max_length=5, choices=Method.choices, help_text="The method that was asked for.")
    method = models.CharField(max_length=5, choices=Method.choices, help_text="The method that it was made by.")
    fell_back = models.CharField(max_length=300, blank=True, help_text="Why by another method than was asked for.")
    why = models.CharField(max_length=5, choices=Why.choices, default=Why.ASKED)
    engine = models.SlugField(help_text="The engine that wrote it.")
    no_engine = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why no engine wrote it, where one was to."
    )
    prompt = models.CharField(
        max_length=80, blank=True, help_text="Purpose and version of the prompt; blank: built in."
    )
    arm = models.ForeignKey(
        PersonaArm,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The way that the contact's lot gave it, while a trial ran.",
    )
    body = EncryptedJsonField(help_text="What it says, with its traits; encrypted at rest.")
    quality = models.FloatField(
        validators=[MinValueValidator(0), MaxValueValidator(100)], help_text="Data quality in points of 100."
    )
    parts = models.JSONField(default=dict, help_text="Points by part: volume, email, deals, patterns.")
    borne = models.FloatField(
        validators=[MinValueValidator(0), MaxValueValidator(1)], help_text="Share of its traits with enough evidence."
    )
    interactions = models.PositiveIntegerField(help_text="How many had happened.")
    latest = models.DateTimeField(null=True, blank=True, help_text="When the last of them happened.")
    cost = UsdField(default=0, help_text="USD paid for it.")
    seconds = models.FloatField(default=0.0, help_text="How long it took.")
    made = models.DateTimeField()

    class Meta:
        ordering = ["-made", "-pk"]
        indexes = [
            models.Index(fields=["contact", "-made"], name="persona_of_contact"),
            models.Index(fields=["owner", "-made"], name="persona_of_owner"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(borne__gte=0, borne__lte=1), name="persona_borne_is_a_share"),
            models.CheckConstraint(condition=Q(quality__gte=0, quality__lte=100), name="persona_quality_is_of_100"),
        ]

    def __str__(self) -> str:
        return f"persona {self.pk}"

    def before(self) -> "ContactPersona | None":
        """The persona of the same contact that was made before this one."""
        earlier = Q(made__lt=self.made) | Q(made=self.made, pk__lt=self.pk)
        return ContactPersona.objects.filter(earlier, contact=self.contact_id).order_by("-made", "-pk").first()


class PersonaFeedback(Owned):
    """What somebody thinks of a persona or of one of its traits; one row each, the latest word counts."""

    persona = models.ForeignKey(ContactPersona, on_delete=models.CASCADE, related_name="feedback")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    trait = models.CharField(max_length=80, blank=True, help_text="Which trait; blank: the whole.")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = SealedTextField(blank=True, default="", help_text="Why; encrypted at rest.")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "feedback"
        constraints = [
            models.UniqueConstraint(fields=["persona", "by", "trait"], name="one_word_on_a_trait"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="persona_stars_are_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} stars"


class PersonaUse(Owned):
    """That somebody looked at a persona, or took it out, once a day: what adoption and outcomes are counted from."""

    class What(models.TextChoices):
        READ = "read", "read"
        EXPORTED = "exported", "exported"

    persona = models.ForeignKey(ContactPersona, on_delete=models.CASCADE, related_name="uses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=What.choices)
    day = models.DateField()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["persona", "by", "what", "day"], name="one_use_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.what} on {self.day}"
