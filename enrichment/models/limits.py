"""How often callers may ask: limits that an admin edits, and what each caller has used of theirs."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.rule import Rule
from salesintel.accounts.models import SCOPES, ApiKey

AT_LEAST_ONE = [MinValueValidator(1)]
STRANGERS = "strangers"


class RequestLimit(Rule):
    """So many requests in a window of time, for each key and each logged-in person on their own.

    The window begins with a caller's first request and ends after `seconds`; then the next request begins another.
    """

    scope = models.CharField(
        max_length=20,
        choices=[*((scope, scope) for scope in SCOPES), (STRANGERS, "strangers: who brings no usable key, by address")],
        help_text="Requests under which scope.",
    )
    key = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="limits",
        help_text="For this key alone, in place of the line without one; blank: for everybody.",
    )
    requests = models.PositiveIntegerField(validators=AT_LEAST_ONE, help_text="Requests in a window.")
    seconds = models.PositiveIntegerField(
        default=60, validators=AT_LEAST_ONE, help_text="Length of the window, in seconds."
    )
    enabled = models.BooleanField(default=True, help_text="Off: as if the line were not there.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["scope", "pk"]
        verbose_name = "limit of requests"
        verbose_name_plural = "limits of requests"
        constraints = [
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(key=None),
                name="one_request_limit_per_scope",
                violation_error_message="There is a line for this scope already: change that one.",
            ),
            models.UniqueConstraint(
                fields=["scope", "key"],
                condition=~Q(key=None),
                name="one_request_limit_per_scope_and_key",
                violation_error_message="This key has a line for this scope already: change that one.",
            ),
            models.CheckConstraint(
                condition=Q(requests__gte=1, seconds__gte=1), name="request_limit_at_least_one_in_a_second"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.requests} requests in {self.seconds} s" + (f" for {self.key}" if self.key else "")


class RequestCount(models.Model):
    """What one caller has used of one limit, in the window that began last. Worth nothing once the window is over."""

    bucket = models.CharField(
        max_length=100, primary_key=True, help_text="Scope and caller; of an address, a keyed digest."
    )
    began = models.BigIntegerField(help_text="Milliseconds since 1970.")
    used = models.PositiveIntegerField(help_text="Requests since then, refused ones included.")
    requests = models.PositiveIntegerField(help_text="The limit that held then.")
    seconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["-began"]
        verbose_name = "count of requests"
        verbose_name_plural = "counts of requests"

    def __str__(self) -> str:
        return f"{self.bucket}: {self.used} of {self.requests}"
