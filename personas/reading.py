"""Reads a contact's history out of the tables: a handful of queries, however long it is."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from personas import texts
from personas.history import DealHistory, History, Hours, Moment, Terms
from personas.models import Contact, Deal, DealContact, DealStage, Interaction, PersonaPolicy
from personas.zones import zone_of
from salesintel.walls import owner_scope

_COLUMNS = (
    "id", "type", "occurred_at", "direction", "duration_seconds", "outcome", "thread_id", "message_key", "answers_key",
    "is_automatic", "mood", "words", "deal_id", "file_id",
)  # fmt: skip


def history_of(contact: Contact, *, policy: PersonaPolicy | None = None) -> History:
    """All that happened with `contact`; no text is decrypted. The caller has seen that whoever asks may.

    Read as its owner has it: how many are on a deal counts those, too, whom a colleague is not shown.
    """
    held = policy or PersonaPolicy.now()
    zone = zone_of(contact.time_zone, contact.owner.time_zone)
    with owner_scope(contact.owner_id):
        return History(
            contact=contact.pk,
            hours=Hours(zone=zone, begins=held.day_begins, ends=held.day_ends),
            moments=_moments(contact),
            deals=_deals(contact),
            colleagues=_colleagues(contact),
        )


def histories_of(contacts: Sequence[Contact], *, policy: PersonaPolicy) -> list[History]:
    """The same of some hundred contacts in four queries, with their owners; colleagues are left out."""
    pks = [contact.pk for contact in contacts]
    moments: dict[UUID, list[Moment]] = defaultdict(list)
    rows = Interaction.objects.filter(contact__in=pks).order_by("occurred_at", "pk")
    for contact, *columns in rows.values_list("contact_id", *_COLUMNS).iterator():
        moments[contact].append(_moment(tuple(columns)))
    parties = list(DealContact.objects.filter(contact__in=pks).values_list("contact_id", "deal_id"))
    by_id = {deal.id: deal for deal in _with_stages(Deal.objects.filter(pk__in={deal for _, deal in parties}))}
    deals: dict[UUID, list[DealHistory]] = defaultdict(list)
    for contact, deal in parties:
        deals[contact].append(by_id[deal])
    return [
        History(
            contact=contact.pk,
            hours=Hours(
                zone=zone_of(contact.time_zone, contact.owner.time_zone), begins=policy.day_begins, ends=policy.day_ends
            ),
            moments=tuple(moments[contact.pk]),
            deals=tuple(sorted(deals[contact.pk], key=lambda deal: (deal.opened, deal.id))),
        )
        for contact in contacts
    ]


def terms_at(now: datetime, *, policy: PersonaPolicy | None = None) -> Terms:
    """The measure that holds at `now`."""
    held = policy or PersonaPolicy.now()
    return Terms(now=now, enough=held.enough, half_life=held.half_life)


def theirs(contact: Contact) -> "QuerySet[Interaction]":
    """What the contact wrote; notes of others on it are not their words."""
    own = Q(direction=Interaction.Direction.IN) | Q(direction="", type=Interaction.Type.EMAIL_REPLIED)
    return Interaction.objects.filter(own, contact=contact, is_automatic=False, words__gt=0)


def own_texts(contact: Contact, most: int) -> list[tuple[UUID, str]]:
    """What the contact wrote, by interaction, the latest first. Decrypts `most` texts at most."""
    latest = theirs(contact).order_by("-occurred_at", "-pk").only("body")[:most]
    return [(row.pk, texts.own_words(row.body)) for row in latest]


def _moments(contact: Contact) -> tuple[Moment, ...]:
    rows = Interaction.objects.filter(contact=contact).order_by("occurred_at", "pk").values_list(*_COLUMNS)
    return tuple(map(_moment, rows))


def _moment(row: tuple[Any, ...]) -> Moment:
    """An interaction, given its `_COLUMNS`."""
    return Moment(
        id=row[0], type=row[1], at=row[2], direction=row[3], seconds=row[4], outcome=row[5], thread=row[6],
        message=row[7], answers=row[8], is_automatic=row[9], mood=row[10], words=row[11], deal=row[12], file=row[13],
    )  # fmt: skip


def _deals(contact: Contact) -> tuple[DealHistory, ...]:
    return tuple(_with_stages(Deal.objects.filter(parties__contact=contact).order_by("opened_at", "pk")))


def _with_stages(deals: "QuerySet[Deal]") -> list[DealHistory]:
    rows = list(deals.annotate(people=Count("contacts", distinct=True)))
    stages: dict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for stage in DealStage.objects.filter(deal__in=[row.pk for row in rows]).order_by("entered_at", "pk"):
        stages[stage.deal_id].append((stage.stage, stage.entered_at))
    return [
        DealHistory(
            id=row.pk,
            status=row.status,
            opened=row.opened_at,
            closed=row.closed_at,
            amount=row.amount,
            currency=row.currency,
            stages=tuple(stages[row.pk]),
            parties=row.people,
        )
        for row in rows
    ]


def _colleagues(contact: Contact) -> tuple[UUID, ...]:
    if contact.company_id is None:
        return ()
    others = Contact.objects.filter(owner=contact.owner_id, company=contact.company_id).exclude(pk=contact.pk)
    known = others.filter(Exists(Interaction.objects.filter(contact=OuterRef("pk"))))
    return tuple(known.order_by("pk").values_list("pk", flat=True))
