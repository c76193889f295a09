"""A person's webhooks: making, changing, rotating and testing them, and sending a delivery again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from enrichment.announcing import CATALOGUE, delivery
from enrichment.delivery import signing, tasks
from enrichment.delivery.outbox import TEST
from enrichment.egress import EgressError, Receiver
from enrichment.models import Announcement, WebhookDelivery, WebhookEndpoint
from enrichment.models.announcements import message_id
from enrichment.models.clock import database_now
from enrichment.models.webhooks import LASTS
from salesintel import audit
from salesintel.accounts.models import User

WANTED = tuple(name for name in CATALOGUE if name != TEST)  # what an endpoint may choose from
OVERLAP = timedelta(hours=24)  # that both secrets sign after a rotation, unless another time is asked for
LONGEST_OVERLAP = timedelta(days=7)


class Refused(Exception):
    """What is asked cannot be: the words say why, and what can be done."""


class TooMany(Refused):
    """The person has as many webhooks as they may."""


class BadField(ValueError):
    """A value that cannot be. `field` is the model's."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def make(user: User, *, url: str, types: Sequence[str] = (), description: str = "") -> tuple[WebhookEndpoint, str]:
    """A new webhook, and its secret, which is told this once. Raises `BadField` or `TooMany`."""
    _check(url=url, types=types)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once must not both be the last
    most = settings.WEBHOOKS_PER_USER
    if WebhookEndpoint.objects.visible_to(user).count() >= most:
        raise TooMany(_("You have %(most)d webhooks, and more are not allowed. Delete one first.") % {"most": most})
    secret = signing.new_secret()
    made = WebhookEndpoint.objects.create(
        user=user, url=url, types=list(types), description=description, secrets={"current": secret}
    )
    return made, secret


@transaction.atomic
def change(endpoint: WebhookEndpoint, **values: Any) -> WebhookEndpoint:
    """Change `url`, `types`, `description` or `enabled`. Another address, or switched on again: it starts afresh.

    Raises `BadField`.
    """
    _check(**values)
    row = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    is_new_address = values.get("url", row.url) != row.url
    for name, value in values.items():
        setattr(row, name, value)
    if is_new_address:
        row.answers_in = None
    if is_new_address or (row.enabled and row.disabled_at is not None):
        row.failures, row.failing_since, row.rests_until = 0, None, None
    row.disabled_at = None if row.enabled else (row.disabled_at or database_now())
    if row.enabled:
        row.disabled_why = ""
    row.save()
    if row.enabled:
        _ring_after_commit()
    return row


def _check(*, url: str | None = None, types: Sequence[str] = (), **_others: Any) -> None:
    if url is not None:
        try:
            Receiver.of(url, allowed=settings.WEBHOOK_ORIGINS)
        except EgressError as error:
            raise BadField("url", _("This address cannot be used: %(why)s.") % {"why": error}) from error
    unknown = [each for each in types if each not in WANTED]
    if unknown:
        words = _("“%(name)s” is no type of event; choose from %(names)s.")
        raise BadField("types", words % {"name": unknown[0][:60], "names": ", ".join(WANTED)})


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, *, overlap: timedelta = OVERLAP) -> str:
    """A new secret, told this once; for `overlap` the old one signs as well."""
    row = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    now, secret = database_now(), signing.new_secret()
    row.secrets = {"current": secret, **({"previous": row.secrets["current"]} if overlap else {})}
    row.rotated, row.previous_until = now, now + overlap if overlap else None
    row.save(update_fields=["secrets", "rotated", "previous_until"])
    return secret


@transaction.atomic
def test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send `webhook.test` to that endpoint alone, at once and once. Raises `Refused`."""
    now = _awake(endpoint)
    pk = message_id()
    Announcement.objects.create(
        pk=pk, owner=endpoint.user, type=TEST, data={"webhookId": str(endpoint.pk)}, once=f"test:{pk}", at=now
    )
    row = delivery(pk, endpoint, now)
    row.until = now  # a test is not tried again
    row.save()
    audit.record("test", endpoint)
    _ring_after_commit()
    return row


@transaction.atomic
def replay(row: WebhookDelivery) -> WebhookDelivery:
    """Send a delivery again, whatever became of it, under the same `webhook-id`. Raises `Refused`."""
    now = _awake(row.endpoint)
    again = WebhookDelivery.objects.select_for_update(no_key=True).filter(pk=row.pk)
    if again.under_way(now).exists():
        raise Refused(_("It is being sent at this moment. Wait for its answer."))
    again.update(
        state=WebhookDelivery.State.PENDING, tries=0, next_at=now, until=now + LASTS, lease_until=None, ended=None
    )
    audit.record("replay", row)
    _ring_after_commit()
    return again.get()


def _awake(endpoint: WebhookEndpoint) -> datetime:
    """Now; a person wants to know now, so the endpoint is not left alone any longer. Raises `Refused`."""
    if not endpoint.enabled:
        raise Refused(_("The webhook is switched off. Switch it on first."))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    return database_now()


def _ring_after_commit() -> None:
    transaction.on_commit(tasks.ring)
