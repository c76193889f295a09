"""How long the traces of ended runs are kept: rows that an admin edits, live, in no rule set."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from enrichment.models.rule import Rule

SHORTEST = timedelta(days=1)


class Retention(Rule):
    """How long one kind of trace outlives its run, and a response its time in the cache.

    Money, reports and requests are kept whatever these say.
    """

    class What(models.TextChoices):
        STEPS = "steps", "steps: the timeline, and where a retry could go on"
        EVENTS = "events", "events: what was told while it ran (its end is kept)"
        PLANS = "plans", "raw plan input: to make the first plan again"
        KEYS = "keys", "keys: by which a request that is sent twice is known (Idempotency-Key)"
        RESPONSES = "responses", "responses: what sources said, with the evidence and the facts that nothing else bears"
        DELIVERIES = "deliveries", "deliveries: what was announced to webhooks and in notices, with every attempt"

    what = models.CharField(max_length=10, choices=What.choices, unique=True)
    keep = models.DurationField(
        null=True,
        blank=True,
        help_text="Days after the run's end, after a response ran out, of a key, or after an announcement; at least 1,"
        " blank for ever.",
    )
    pruned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When that was last looked after."
    )
    pruned = models.PositiveIntegerField(default=0, db_default=0, editable=False, help_text="Rows that went then.")
    history = HistoricalRecords(excluded_fields=["pruned_at", "pruned"])

    class Meta:
        ordering = ["pk"]
        verbose_name = "retention"
        verbose_name_plural = "retention"

    def __str__(self) -> str:
        return self.get_what_display()

    def clean(self) -> None:
        if self.keep is not None and self.keep < SHORTEST:
            raise ValidationError({"keep": "Give at least a day, or leave it blank to keep it for ever."})
