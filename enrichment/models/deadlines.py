"""How long each step of a run may take: rows that an admin edits.

They are live, in no rule set. They guard the workers and change nothing of what a report is worth; in the rule set they
would be part of every report's key, and to shorten one would mean to buy every report again.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from enrichment.models.rule import Rule

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=1)


class StepDeadline(Rule):
    """The longest time that one step may take. The whole run has its consumer's longest wait."""

    class Step(models.TextChoices):
        CACHE_CHECK = "cache_check", "cache check and planning"
        COLLECT = "collect", "collection, all waves together"
        ANALYSE = "analyse", "analysis"
        STORE = "store", "storing"

    step = models.CharField(max_length=20, choices=Step.choices, unique=True)
    limit = models.DurationField(
        help_text="Hours:minutes:seconds, 1 second to 1 day. Runs under way keep to a change within a minute."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.limit}"

    def clean(self) -> None:
        given: timedelta | None = self.limit  # blank in a form
        if given is not None and not SHORTEST <= given <= LONGEST:
            raise ValidationError({"limit": "Give a time from 1 second (0:00:01) to 1 day (24:00:00)."})
