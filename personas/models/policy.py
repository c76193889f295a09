"""What holds for all personas: one row that an admin edits."""

from datetime import timedelta
from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from enrichment.models.fields import UsdField
from enrichment.models.rule import Rule

_HOUR = [MaxValueValidator(24)]
_YEAR = [MinValueValidator(1), MaxValueValidator(365)]


class PersonaPolicy(Rule):
    """How much is enough, when a persona is made anew, how long records are kept."""

    enough = models.PositiveIntegerField(
        default=5,
        validators=[MinValueValidator(2)],
        help_text="Observations below which a metric says “not enough data”.",
    )
    half_life_days = models.PositiveIntegerField(
        default=180,
        validators=[MinValueValidator(1)],
        help_text="Days after which an interaction weighs half in what is weighted by age.",
    )
    day_begins = models.PositiveSmallIntegerField(
        default=9, validators=_HOUR, help_text="Hour at which a contact's working day begins, in their time zone."
    )
    day_ends = models.PositiveSmallIntegerField(default=18, validators=_HOUR, help_text="Hour at which it ends.")
    regenerate_after = models.PositiveIntegerField(
        default=10,
        validators=[MinValueValidator(1)],
        help_text="New interactions after which a persona is made anew by itself.",
    )
    regenerate_days = models.PositiveIntegerField(
        default=30,
        validators=[MinValueValidator(1)],
        help_text="Days after which a persona with any new interaction is made anew by itself.",
    )
    pattern_minimum = models.PositiveIntegerField(
        default=30,
        validators=[MinValueValidator(10)],
        help_text="Contacts with a profile, of one person, below which no patterns are looked for among them.",
    )
    manual_minutes = models.PositiveIntegerField(
        default=45,
        help_text="Minutes that a persona takes by hand; the dashboard counts with it what was saved. 0: not shown.",
    )
    reply_days = models.PositiveSmallIntegerField(
        default=7, db_default=7, validators=_YEAR, help_text="Days within which an answer is predicted."
    )
    close_days = models.PositiveSmallIntegerField(
        default=30, db_default=30, validators=_YEAR, help_text="Days within which a deal is predicted to close."
    )
    engines = models.BooleanField(
        default=False,
        db_default=False,
        verbose_name="engines write personas",
        help_text="Whether engines of the list may write personas, where their owner wants it: their vendors are sent"
        " passages of what contacts wrote, without names, addresses and numbers.",
    )
    engine_cap = UsdField(
        default=Decimal("0.25"),
        validators=[MinValueValidator(0)],
        help_text="USD that an engine may take for one persona at most.",
    )
    engine_day_cap = UsdField(
        default=Decimal(5),
        validators=[MinValueValidator(0)],
        help_text="USD that one person's personas may take in a day (UTC) at most.",
    )
    keep_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=1095,
        validators=[MinValueValidator(1)],
        help_text="Days that an interaction is kept after it happened; blank for ever.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "policy of personas"
        verbose_name_plural = "policy of personas"

    def __str__(self) -> str:
        return "What holds for personas"

    def clean(self) -> None:
        begins, ends = (getattr(self, name) for name in ("day_begins", "day_ends"))  # None where a form had none
        if None not in (begins, ends) and begins >= ends:
            raise ValidationError({"day_ends": "A working day ends after it begins."})

    @classmethod
    def now(cls) -> Self:
        """The policy in force; its defaults where nobody has made the row."""
        return cls.objects.order_by("pk").first() or cls()

    @property
    def half_life(self) -> timedelta:
        return timedelta(days=self.half_life_days)
