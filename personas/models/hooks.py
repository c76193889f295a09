"""Addresses at which a CRM tells of its records, and the messages that were heard there."""

import secrets
import uuid
from typing import Self

from django.conf import settings
from django.db import models

from enrichment.models.fields import EncryptedJsonField
from salesintel.audit.watched import Watched, WatchedQuerySet


def new_token() -> str:
    """What the address of a hook ends with: 192 bits."""
    return secrets.token_urlsafe(24)


class CrmHookQuerySet(WatchedQuerySet["CrmHook"]):
    """Chains of hooks."""

    def visible_to(self, user: models.Model) -> Self:
        return self.filter(owner=user)


class CrmHook(Watched):
    """Lets a CRM write its owner's records, by signed POSTs to an address of their own."""

    class Form(models.TextChoices):
        STANDARD = "standard", "Standard Webhooks: signed, our own field names"
        HUBSPOT = "hubspot", "HubSpot, signature version 3"
        BEARER = "bearer", "the secret as a bearer token, our own field names"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="crm_hooks")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    system = models.SlugField(help_text="What the CRM is called among external ids, say hubspot.")
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.STANDARD)
    secrets = EncryptedJsonField(
        default=dict, editable=False, help_text="`current` and, after a rotation, `previous`. Encrypted at rest."
    )
    previous_until = models.DateTimeField(null=True, blank=True, help_text="Until when the old secret is good as well.")
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True, help_text="When a message was taken last.")

    objects = CrmHookQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name = "CRM hook"

    def __str__(self) -> str:
        return f"CRM hook {self.pk}"


class CrmMessage(models.Model):
    """A message that a hook heard: the same one again is answered as it was, and not taken twice."""

    hook = models.ForeignKey(CrmHook, on_delete=models.CASCADE, related_name="messages")
    digest = models.CharField(max_length=64, help_text="Keyed digest of its id.")
    body = models.CharField(max_length=64, help_text="Keyed digest of what it said.")
    heard = models.DateTimeField(db_index=True)
    answer = models.JSONField(default=dict, help_text="How many records were new, changed, unchanged, refused.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hook", "digest"], name="a_message_is_heard_once")]

    def __str__(self) -> str:
        return f"message {self.pk}"
