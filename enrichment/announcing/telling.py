"""Announcements: what happened that somebody outside a request should hear of, written down with the fact itself.

`announce` is called in the transaction that records the fact, so what is rolled back is never told, and what is
committed always is. Each row becomes a notice of its owner's and a delivery to each of their webhooks that wants its
type; who announces knows neither.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from enrichment.announcing.catalogue import checked
from enrichment.models import Announcement, UserNotice, WebhookDelivery, WebhookEndpoint
from enrichment.models.announcements import message_id
from enrichment.models.clock import database_now
from enrichment.models.webhooks import LASTS
from salesintel.accounts.models import User

_bells: list[Callable[[], None]] = []


def ring_with(bell: Callable[[], None]) -> None:
    """Have `bell` called after each commit that leaves something to be delivered."""
    _bells.append(bell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event. `owner` None: the organisation's, told to its admins. `once`: at most 160 characters.

    `quietly`: to webhooks alone, where notices would be noise, say one for each of a thousand companies.
    """

    owner: int | None
    type: str
    data: dict[str, Any]
    once: str
    quietly: bool = False


def announce(owner: User | None, event: str, data: dict[str, Any], *, once: str, quietly: bool = False) -> bool:
    """Announce one event in the caller's transaction; False where `once` was announced before.

    `data` has the shape that the catalogue has for `event`. Raises `UnknownEvent` or `WrongShape`.
    """
    whose = owner.pk if owner else None
    return announce_all([Told(owner=whose, type=event, data=data, once=once, quietly=quietly)]) == 1


def announce_all(news: Sequence[Told]) -> int:
    """Announce many events in the caller's transaction, each at most once; how many were new. Five queries at most."""
    if not news:
        return 0
    now = database_now()
    rows = {message_id(): each for each in news}
    with transaction.atomic():
        Announcement.objects.bulk_create(
            [_row(pk, each, now) for pk, each in rows.items()],
            ignore_conflicts=True,  # `once`
        )
        new = set(Announcement.objects.filter(pk__in=rows).values_list("pk", flat=True))
        _tell({pk: each for pk, each in rows.items() if pk in new}, now)
    return len(new)


def _row(pk: str, each: Told, now: datetime) -> Announcement:
    data = checked(each.type, each.data)
    return Announcement(pk=pk, owner_id=each.owner, type=each.type, data=data, once=each.once, at=now)


def _tell(new: dict[str, Told], now: datetime) -> None:
    """A notice for each person and a delivery for each endpoint whom an event concerns."""
    if not new:
        return
    owners = {each.owner for each in new.values() if each.owner is not None}
    to_admins = any(each.owner is None for each in new.values())
    admins = list(User.objects.filter(is_staff=True, is_active=True).values_list("pk", flat=True)) if to_admins else []
    UserNotice.objects.bulk_create(
        UserNotice(user_id=user, announcement_id=pk)
        for pk, each in new.items()
        if not each.quietly
        for user in (admins if each.owner is None else [each.owner])
    )
    endpoints = WebhookEndpoint.objects.listening().filter(Q(user__in=owners) | Q(user__in=admins))
    listening = list(endpoints.defer("secrets"))
    deliveries = [
        delivery(pk, endpoint, now)
        for pk, each in new.items()
        for endpoint in listening
        if endpoint.wants(each.type)
        and (endpoint.user_id == each.owner or (each.owner is None and endpoint.user_id in admins))
    ]
    if deliveries:
        WebhookDelivery.objects.bulk_create(deliveries)
        for bell in _bells:
            transaction.on_commit(bell)


def delivery(message: str, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """A delivery that is due at once, not saved yet."""
    return WebhookDelivery(message_id=message, endpoint=endpoint, next_at=now, until=now + LASTS, created=now)
