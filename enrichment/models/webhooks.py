"""Webhooks: where a person's programs are told, and what became of each delivery."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrichment.models.announcements import Announcement
from enrichment.models.fields import EncryptedJsonField
from salesintel.audit.watched import Watched, WatchedQuerySet

LASTS = timedelta(days=3)  # how long a delivery is tried, and an endpoint may do nothing but fail


class EndpointQuerySet(WatchedQuerySet["WebhookEndpoint"]):
    """Chains of endpoints."""

    def visible_to(self, user: models.Model) -> Self:
        return self.filter(user=user)

    def listening(self) -> Self:
        """Endpoints that are told: on, and of people who may still log in."""
        return self.filter(enabled=True, user__is_active=True)


class WebhookEndpoint(Watched):
    """An address that is told of its owner's events by signed POSTs."""

    class Why(models.TextChoices):
        GONE = "gone", "the receiver answered 410: it is gone"
        FAILING = "failing", "nothing but failures for three days"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=2000, help_text="Where to POST; https.")
    description = models.CharField(max_length=120, blank=True, help_text="What it is for.")
    types = models.JSONField(default=list, blank=True, help_text="Types of events that it is told; none: all of them.")
    secrets = EncryptedJsonField(
        default=dict, editable=False, help_text="`current` and, after a rotation, `previous`; each begins with whsec_."
    )
    rotated = models.DateTimeField(null=True, blank=True, help_text="When the secret was changed last.")
    previous_until = models.DateTimeField(null=True, blank=True, help_text="Until when the old secret signs as well.")
    enabled = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(
        max_length=10, choices=Why.choices, blank=True, help_text="Blank: its owner switched it off."
    )
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True, blank=True, help_text="The first failure after the last success.")
    rests_until = models.DateTimeField(null=True, blank=True, help_text="It is left alone until then.")
    succeeded = models.DateTimeField(null=True, blank=True, help_text="When a delivery arrived last.")
    answers_in = models.FloatField(
        null=True, blank=True, help_text="Seconds that an answer took lately; blank: it was never asked."
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    def wants(self, event: str) -> bool:
        """Whether it is told of events of that type."""
        return not self.types or event in self.types


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """Chains of deliveries."""

    def visible_to(self, user: models.Model) -> Self:
        return self.filter(endpoint__user=user)

    def pending(self) -> Self:
        return self.filter(state=WebhookDelivery.State.PENDING)

    def older_than(self, row: "WebhookDelivery") -> Self:
        """Those after it in the list, newest first."""
        return self.filter(Q(created__lt=row.created) | Q(created=row.created, pk__lt=row.pk))

    def under_way(self, at: datetime | models.Func) -> Self:
        """Deliveries that some worker is sending at `at`."""
        return self.pending().filter(lease_until__gt=at)

    def due(self, at: datetime | models.Func) -> Self:
        """Deliveries to be sent by `at` that no worker has, to endpoints that are on and may be asked."""
        return self.pending().filter(_is_due(at))

    def due_or_under_way(self, at: datetime | models.Func) -> Self:
        return self.pending().filter(_is_due(at) | Q(lease_until__gt=at))


def _is_due(at: datetime | models.Func) -> Q:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rested = Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=at)
    return free & rested & Q(next_at__lte=at, endpoint__enabled=True)


class WebhookDelivery(models.Model):
    """One announcement on its way to one endpoint. The row is the truth; the queue is only a bell."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting to be sent"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it was made or replayed.")
    next_at = models.DateTimeField(help_text="When it is sent next; database time.")
    until = models.DateTimeField(help_text="After that it is given up.")
    lease_token = models.PositiveIntegerField(default=0, help_text="Fence: moves with every attempt.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Until when a worker has it.")
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="one_delivery_per_message_and_endpoint")
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=["lease_until"], condition=Q(state="pending"), name="delivery_under_way"),
            models.Index(fields=["endpoint", "-created"], name="delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.endpoint_id} ({self.state})"


class WebhookAttempt(models.Model):
    """One POST. Written before it is sent: an attempt without an outcome is one whose worker died."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    seconds = models.FloatField(null=True, blank=True, help_text="How long the receiver took; blank: nobody knows.")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status; blank: no answer came.")
    error = models.CharField(max_length=200, blank=True, help_text="Why no answer came.")
    answer = models.TextField(blank=True, help_text="The first 1,024 bytes of the answer.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_per_number")]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery_id}"
