"""Takes what a CRM says into its owner's records: each message once, each event for itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NoReturn

from django.db import transaction

from enrichment.models.clock import database_now
from personas import records
from personas.hooks.events import (
    ContactEvent,
    ContactSaid,
    DealEvent,
    DealSaid,
    Event,
    GoneEvent,
    InteractionEvent,
    InteractionSaid,
)
from personas.marks import address_digest, key_digests
from personas.models import Contact, CrmHook, CrmMessage, Deal, Interaction
from personas.privacy.erasing import erase
from personas.records import ContactGiven, DealGiven, InteractionGiven, Party, Refused
from salesintel import audit

CHANGES = ("new", "changed", "unchanged", "deleted", "refused")


class OtherBody(Exception):
    """The message's id came with another body before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one event; of a refused one the field and why."""

    change: str
    field: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a message. `lines` are empty where it had come before."""

    counts: dict[str, int]
    lines: tuple[Line, ...] = ()
    is_repeated: bool = False


@transaction.atomic
def take(hook: CrmHook, *, name: str, body: bytes, events: Sequence[Event]) -> Taken:
    """Write what the events say, all in one transaction with the message's id. Raises `OtherBody`."""
    digests = key_digests([name, said := sha256(body).hexdigest()])
    now = database_now()
    # Of two deliveries at once the second waits here till the first is done.
    message, is_new = CrmMessage.objects.get_or_create(
        hook=hook, digest=digests[name], defaults={"body": digests[said], "heard": now}
    )
    if not is_new:
        if message.body != digests[said]:
            raise OtherBody
        return Taken(counts=message.answer, is_repeated=True)
    with audit.acting(user=hook.owner_id):
        lines = tuple(_line(hook, event) for event in events)
    counts = Counter(line.change for line in lines)
    message.answer = {change: counts[change] for change in CHANGES}
    message.save(update_fields=["answer"])
    CrmHook.objects.filter(pk=hook.pk).update(last_used=now)
    return Taken(counts=message.answer, lines=lines)


def _line(hook: CrmHook, event: Event) -> Line:
    try:
        match event:
            case ContactEvent():
                change = _contact(hook, event.data)
            case InteractionEvent():
                change = _interaction(hook, event.data)
            case DealEvent():
                change = _deal(hook, event.data)
            case GoneEvent():
                change = _gone(hook, event)
    except Refused as refused:
        return Line(change="refused", field=refused.field, why=str(refused))
    return Line(change=change)


def _contact(hook: CrmHook, said: ContactSaid) -> str:
    given = said.given("company")
    if "company" in said.model_fields_set:
        given["company_name"] = said.company
    row = ContactGiven(**given, external_source=hook.system, external_id=said.id, came_by="crm")
    return records.save_contact(owner=hook.owner, given=row, by_address=True).change


def _interaction(hook: CrmHook, said: InteractionSaid) -> str:
    given = said.given("contact_id", "contact_email", "deal_id", "thread_id", "in_reply_to")
    for field, column in (("thread_id", "thread"), ("in_reply_to", "answers")):
        if field in said.model_fields_set:
            given[column] = getattr(said, field)
    if "deal_id" in said.model_fields_set:
        given["deal"] = _named(Deal, hook, said.deal_id) if said.deal_id else None
    held = Interaction.objects.filter(owner=hook.owner, external_source=hook.system, external_id=said.id).first()
    if said.contact_id or said.contact_email or held is None:
        given["contact"] = _whom(hook, said)
    given = {name: value for name, value in given.items() if not (name == "occurred_at" and value is None)}
    row = InteractionGiven(**given, external_source=hook.system, external_id=said.id)
    return records.save_interaction(owner=hook.owner, given=row).change


def _whom(hook: CrmHook, said: InteractionSaid) -> Contact:
    if said.contact_id:
        found: Contact = _named(Contact, hook, said.contact_id)
        return found
    digest = address_digest(said.contact_email) if said.contact_email else ""
    held = Contact.objects.filter(owner=hook.owner, email_digest=digest)
    contact: Contact | None = held.first() if digest else None
    return contact or _missing("contact", "Tell of the contact first, and name it by contactId or contactEmail.")


def _deal(hook: CrmHook, said: DealSaid) -> str:
    given = said.given("company", "contacts", "products")
    if "company" in said.model_fields_set:
        given["company_name"] = said.company
    if "contacts" in said.model_fields_set:
        given["parties"] = tuple(
            Party(contact=_named(Contact, hook, each.id), role=each.role) for each in said.contacts
        )
    if "products" in said.model_fields_set:
        given["products"] = tuple(said.products)
    given = {name: value for name, value in given.items() if value is not None or name in ("amount", "closed_at")}
    row = DealGiven(**given, external_source=hook.system, external_id=said.id)
    return records.save_deal(owner=hook.owner, given=row).change


def _gone(hook: CrmHook, event: GoneEvent) -> str:
    kind, _, what = event.type.partition(".")
    model = {"contact": Contact, "interaction": Interaction, "deal": Deal}[kind]
    row = model.objects.filter(owner=hook.owner, external_source=hook.system, external_id=event.data.id).first()
    if row is None:
        return "unchanged"
    match row:
        case Contact():
            erase(row, keeps_out=what == "erased")
        case Interaction():
            records.delete_interaction(interaction=row)
        case Deal():
            records.delete_deal(deal=row)
    return "deleted"


def _named(model: Any, hook: CrmHook, pk: str) -> Any:
    """The row that the CRM calls so. Raises `Refused` where there is none yet."""
    row = model.objects.filter(owner=hook.owner, external_source=hook.system, external_id=pk).first()
    kind = model.__name__.lower()
    return row or _missing(kind, f"There is no {kind} of that id; tell of it first.")


def _missing(field: str, words: str) -> NoReturn:
    raise Refused(field, words)
