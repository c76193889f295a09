"""Companies that somebody keeps an eye on: how often they are looked at, each look, and what had changed."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q

from enrichment.models.companies import Company
from enrichment.models.fields import UsdField
from enrichment.models.runs import ResearchRequest
from salesintel.audit.watched import Watched, WatchedQuerySet


class WatchQuerySet(WatchedQuerySet["Watch"]):
    """Chains of watches."""

    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user)

    def due(self, at: Any) -> Self:
        """Those whose next check is to begin by `at`."""
        return self.filter(paused=False, next_at__lte=at)

    def counted(self) -> Self:
        """With how many changes each has as `found`, and as `unread` how many of them its owner has not read."""
        unread = Q(changes__at__gt=F("looked_at")) | Q(looked_at=None)
        return self.select_related("company", "vendor").annotate(
            found=Count("changes"), unread=Count("changes", filter=unread)
        )


class Watch(Watched):
    """One person's eye on one company."""

    class Every(models.TextChoices):
        DAILY = "daily", "every day"
        WEEKLY = "weekly", "every week"
        MONTHLY = "monthly", "every month"
        CRON = "cron", "by a cron expression"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="watches")
    vendor = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    consumer = models.SlugField()
    role = models.CharField(max_length=10, blank=True)
    every = models.CharField(max_length=10, choices=Every.choices, default=Every.WEEKLY)
    cron = models.CharField(max_length=100, blank=True, help_text="Five fields, in the time zone.")
    time_zone = models.CharField(max_length=60, default="UTC")
    free_only = models.BooleanField(default=True, help_text="Ask sources that cost nothing, and no other.")
    max_cost = UsdField(null=True, blank=True, help_text="USD that one check may cost; blank for the consumer's limit.")
    monthly_cost = UsdField(null=True, blank=True, help_text="USD that its checks may cost in a month; blank for none.")
    paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(help_text="When the next check begins.")
    seen = models.JSONField(default=list, help_text="What was known at the last check, item by item.")
    seen_sources = models.JSONField(default=dict, help_text="Source → when it had answered last by then.")
    last_checked = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When its owner read its changes last.")
    created = models.DateTimeField(auto_now_add=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name_plural = "watches"
        indexes = [
            models.Index(fields=["next_at"], condition=Q(paused=False), name="watch_due"),
            models.Index(fields=["user", "-created"], name="watch_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} for {self.user_id}"


class WatchCheck(models.Model):
    """One look at a watched company: what was asked for, and how it ended."""

    class Status(models.TextChoices):
        WAITING = "waiting", "under way"
        CHECKED = "checked", "checked"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "left out"

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="checks")
    slot = models.DateTimeField(help_text="The moment that it was due; one check each, however many workers.")
    request = models.ForeignKey(
        ResearchRequest, null=True, blank=True, on_delete=models.SET_NULL, related_name="watch_checks"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    reason = models.CharField(max_length=600, blank=True)
    changes = models.PositiveIntegerField(default=0, help_text="How many were found.")
    cost = UsdField(default=0)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-slot"]
        constraints = [models.UniqueConstraint(fields=["watch", "slot"], name="one_check_per_watch_and_slot")]
        indexes = [models.Index(fields=["began"], condition=Q(status="waiting"), name="check_under_way")]

    def __str__(self) -> str:
        return f"{self.watch_id} at {self.slot:%d %b %Y %H:%M}"


class WatchChange(models.Model):
    """Something that was otherwise than at the check before, with the evidence of both."""

    class Kind(models.TextChoices):
        SIGNAL = "signal", "signal"
        NEWS = "news", "news"
        PERSON_CAME = "person_came", "somebody came"
        PERSON_LEFT = "person_left", "somebody left"
        TITLE_CHANGED = "title_changed", "a new title"
        ADDED = "added", "added"
        REMOVED = "removed", "removed"
        CHANGED = "changed", "changed"

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="changes")
    check_of = models.ForeignKey(WatchCheck, on_delete=models.CASCADE, related_name="found")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    dataset = models.SlugField()
    origin = models.CharField(max_length=10)
    what = models.CharField(max_length=300, help_text="In one line.")
    old = models.JSONField(null=True, help_text="The value before; null where it is new.")
    new = models.JSONField(null=True, help_text="The value now; null where it is gone.")
    evidence = models.JSONField(default=dict, help_text="{old: [item], new: [item]}: source, title, url, date.")
    score = models.FloatField(help_text="How much it matters to the watch's role, 0 to 1.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-score", "-pk"]
        indexes = [models.Index(fields=["watch", "-at"], name="change_of_watch")]

    def __str__(self) -> str:
        return self.what


class Digest(models.Model):
    """Mail to one person of what changed at the companies they watch; only where they asked for it."""

    class Every(models.TextChoices):
        NEVER = "never", "never"
        DAILY = "daily", "every day"
        WEEKLY = "weekly", "every week"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    every = models.CharField(max_length=10, choices=Every.choices, default=Every.NEVER)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When the next one is due; blank for never.")
    last_at = models.DateTimeField(null=True, blank=True, help_text="Changes up to then were sent, or passed over.")

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=~Q(next_at=None), name="digest_due")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.every}"
