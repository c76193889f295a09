"""What happened that somebody outside a request should hear of: the outbox, and each person's notices made of it."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from salesintel.accounts.models import User


def message_id() -> str:
    """An id as Standard Webhooks has them: what receivers tell a repeated delivery by."""
    return f"msg_{uuid.uuid4().hex}"


class Announcement(models.Model):
    """One event, written in the transaction that records the fact. Names no person but its owner."""

    id = models.CharField(primary_key=True, max_length=36, default=message_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="announcements",
        help_text="Whose it is, and who alone is told; blank: the organisation's, told to its admins.",
    )
    type = models.CharField(max_length=40)
    data = models.JSONField(help_text="As the catalogue of events has it.")
    once = models.CharField(max_length=160, unique=True, help_text="What it is about; the same is not told twice.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"], name="announcement_at")]

    def __str__(self) -> str:
        return f"{self.type} ({self.pk})"


class UserNoticeQuerySet(models.QuerySet["UserNotice"]):
    """Chains of notices."""

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read=None)


class UserNotice(models.Model):
    """An announcement as one person sees it in the product, read or not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="notices")
    read = models.DateTimeField(null=True, blank=True)

    objects = UserNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "announcement"], name="one_notice_per_person")]
        indexes = [models.Index(fields=["user"], condition=Q(read=None), name="notice_unread")]

    def __str__(self) -> str:
        return f"{self.announcement_id} for {self.user_id}"
