"""What was learnt of a person's records to predict by, and what was predicted, beside what came."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from personas.models.contacts import Contact
from personas.models.deals import Deal
from personas.models.owned import Owned

_CHANCE = [MinValueValidator(0), MaxValueValidator(1)]


class Asked(models.TextChoices):
    """The names of `personas.predicting.model.Question`."""

    REPLY = "reply", "reply in time"
    WON = "won", "deal won"
    CLOSED = "closed", "deal closed in time"


class Predictor(Owned):
    """What one person's records teach about a question, or why nothing; made anew every day, of numbers alone."""

    question = models.CharField(max_length=6, choices=Asked.choices)
    days = models.PositiveIntegerField(help_text="Within which it is asked to happen.")
    trained = models.DateTimeField()
    why = models.CharField(max_length=10, blank=True, help_text="Why nothing is predicted; blank: it is.")
    cases = models.PositiveIntegerField(help_text="How many it was made of.")
    happened = models.PositiveIntegerField(help_text="In how many of them it happened.")
    fitted = models.JSONField(null=True, help_text="Method, base rate and coefficients.")
    trial = models.JSONField(null=True, help_text="How it did on a later time than it was made of.")

    class Meta:
        ordering = ["owner", "question"]
        constraints = [models.UniqueConstraint(fields=["owner", "question"], name="one_predictor_of_a_question")]
        indexes = [models.Index(fields=["owner", "trained"], name="predictor_of_owner")]

    def __str__(self) -> str:
        return f"predictor of {self.question}"


class Prediction(Owned):
    """What was said at a moment of one contact, by a predictor that was made before it, and what came of it."""

    about: ClassVar[str] = "contact"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="predictions")
    deal = models.ForeignKey(Deal, null=True, blank=True, on_delete=models.CASCADE, related_name="predictions")
    question = models.CharField(max_length=6, choices=Asked.choices)
    days = models.PositiveIntegerField(help_text="Within which it was asked to happen.")
    at = models.DateTimeField(help_text="The moment that it was said of; only what was known before it was used.")
    chance = models.FloatField(validators=_CHANCE)
    base = models.FloatField(validators=_CHANCE, help_text="Share of all cases, as the predictor knew it.")
    came = models.BooleanField(null=True, help_text="Whether it happened; empty: not known yet.")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "contact", "at"], condition=Q(deal=None), name="one_prediction_of_a_contact"
            ),
            models.UniqueConstraint(
                fields=["question", "contact", "deal", "at"],
                condition=~Q(deal=None),
                name="one_prediction_of_a_deal",
            ),
            models.CheckConstraint(
                condition=Q(chance__gte=0, chance__lte=1, base__gte=0, base__lte=1), name="prediction_is_a_chance"
            ),
        ]
        indexes = [models.Index(fields=["owner", "question", "at"], name="prediction_of_owner")]

    def __str__(self) -> str:
        return f"prediction {self.pk}"
