"""Which contacts a batch is of, and what it may cost at most. Nothing is made or bought yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from enrichment import door
from enrichment.models.fields import rounded_up
from personas.generating.engines.showing import LONGEST, MOST_FIGURES, MOST_PASSAGES
from personas.generating.making import Writer
from personas.models import Contact, ContactPersona, PersonaBatch, PersonaBatchLine, PersonaPolicy
from salesintel import audit
from salesintel.accounts.models import User

MOST = 5_000  # contacts of a batch


class BatchRefused(Exception):
    """It cannot be made so; `field` says of what the words are."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whose personas are wanted: those contacts, or all that a search finds; `only_without`: who has none yet."""

    ids: Sequence[UUID] = ()
    search: str = ""
    only_without: bool = False
    method: str = ContactPersona.Method.RAG
    writer: str = Writer.BUILTIN
    max_cost: Decimal | None = None


def quoted(choice: Choice, *, owner: User) -> PersonaBatch:
    """The batch with a line for each contact, waiting for a go. Raises `BatchRefused`."""
    contacts = list(_chosen(choice, owner).order_by("name", "pk").values_list("pk", flat=True)[: MOST + 1])
    if not contacts:
        raise BatchRefused("search", "No contact of yours is chosen; widen the search, or name contacts by their ids.")
    if len(contacts) > MOST:
        raise BatchRefused("search", f"More than {MOST:,} contacts are chosen; narrow the search.")
    each = most_of_one(choice.writer, at=timezone.now())
    most = each * len(contacts)
    cap = most if choice.max_cost is None else min(rounded_up(choice.max_cost), most)
    with transaction.atomic():
        batch = PersonaBatch(owner=owner, method=choice.method, writer=choice.writer, each=each, cap=cap)
        batch.save(force_insert=True)
        lines = (PersonaBatchLine(batch=batch, contact_id=pk, place=place) for place, pk in enumerate(contacts, 1))
        PersonaBatchLine.objects.bulk_create(lines, batch_size=500)
        audit.record("create", batch)
    return batch


def _chosen(choice: Choice, owner: User) -> "QuerySet[Contact]":
    """The owner's own: what others share with somebody is theirs to have made."""
    rows: QuerySet[Contact] = Contact.objects.filter(owner=owner)
    if choice.ids:
        rows = rows.filter(pk__in=choice.ids)
        known = set(rows.values_list("pk", flat=True))
        unknown = [str(pk) for pk in choice.ids if pk not in known]
        if unknown:
            more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            raise BatchRefused("contactIds", f"You have no contact {unknown[0]}{more}; leave it out.")
    if "\x00" in choice.search:
        return rows.none()  # no name holds one, and PostgreSQL takes it for no text
    if wanted := choice.search.strip():
        company = Q(company_name__icontains=wanted) | Q(company__name__icontains=wanted)
        rows = rows.filter(Q(name__icontains=wanted) | company)
    if choice.only_without:
        rows = rows.filter(~Exists(ContactPersona.objects.filter(contact=OuterRef("pk"))))
    return rows


def most_of_one(writer: str, *, at: datetime) -> Decimal:
    """USD that one persona may cost at most: that of the longest that an engine can be asked, and the policy's cap."""
    policy = PersonaPolicy.now()
    if writer != Writer.ENGINE or not policy.engines or not door.may_an_engine_answer():
        return Decimal(0)
    words = ("word " * LONGEST)[:LONGEST]
    clues = [door.Clue(id=f"p{place}", text=words, at=at) for place in range(MOST_PASSAGES)]
    clues += [door.Clue(id=f"m{place}", text=words) for place in range(MOST_FIGURES)]
    price = door.portrait_price(door.portrait_asked(clues, company=words[:200], at=at))
    cap: Decimal = policy.engine_cap
    return cap if price is None else min(price, cap)
