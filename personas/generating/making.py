"""Makes a persona of a contact and stores it; those before stay, so that one can see what changed."""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone

from enrichment import door
from enrichment.hop import is_away
from personas import news
from personas.generating.alike import Alike
from personas.generating.basic import Card, basic
from personas.generating.engines.writing import Asking, UnderWay, Written, written
from personas.generating.model import Draft
from personas.generating.rag import Context, lacking, rag
from personas.hearing.listening import Heard, listen
from personas.hearing.preferring import preferences
from personas.history import Terms
from personas.likeness.features import FEATURES
from personas.likeness.keeping import profile_of
from personas.likeness.similar import middle, own_pool, similar
from personas.metrics import Metrics, measure
from personas.models import Contact, ContactPersona, PersonaArm, PersonaPolicy
from personas.reading import history_of, own_texts, terms_at
from personas.trials.assigning import arm_for
from salesintel.accounts.models import User
from salesintel.walls import owner_scope

__all__ = ["BUILTIN", "UnderWay", "Wish", "Writer", "card_of", "heard_of", "make", "work_of"]

BUILTIN = "builtin"
BY_LOT = "A trial that compares ways of writing had the built-in engine write it."
FIELDS_BY_LOT = "A trial that compares ways of writing had it made of them."
MOST_ALIKE = 10  # contacts like them that a persona is written with
MOST_HEARD = 1_000  # interactions that are listened to, the latest first: some 0.3 s
Method = ContactPersona.Method


class Writer(StrEnum):
    """Who is to write it. An engine needs the admin's leave; where none writes, the built-in one does."""

    ENGINE = "engine"
    BUILTIN = "builtin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who is to write a persona, and on what terms.

    `version`: of the prompt, None for the active one. `cap`: USD at most, where that is less than the policy's.
    `payer`: id of the person who pays, None for the contact's owner.
    """

    writer: str = Writer.BUILTIN
    version: int | None = None
    cap: Decimal | None = None
    payer: int | None = None


BY_BUILTIN = Wish()


@dataclass(frozen=True, slots=True)
class Drafted:
    """The built-in draft, the method that it was made by, why not by the other one, and what it was made from."""

    draft: Draft
    method: str
    fell_back: str
    context: Context
    arm: PersonaArm | None = None


def make(
    contact: Contact,
    *,
    method: str,
    why: str = ContactPersona.Why.ASKED,
    wish: Wish = BY_BUILTIN,
    work: UUID | None = None,
    now: datetime | None = None,
) -> ContactPersona | None:
    """A new persona of `contact`, by the method that is asked for or, where too little happened, by the other one.

    The caller has seen to it that whoever asks may see the contact. `work` becomes its id: what was made under it is
    returned, and not paid a second time. Returns None where the contact went meanwhile. Raises `UnderWay`. With an
    engine it takes up to a minute, and opens no transaction around what is sent. The owner's webhooks are told of it,
    and of a fault, which is raised.
    """
    with owner_scope(contact.owner_id):
        made: ContactPersona | None = ContactPersona.objects.filter(pk=work, contact=contact).first() if work else None
        if made is not None:
            return made
        at = now or timezone.now()
        try:
            return _made(*_asked(contact, method, wish, at=at), method=method, why=why, wish=wish, key=work or uuid4())
        except UnderWay:
            raise
        except Exception as error:
            if not is_away(error):
                news.failed(contact, method=method, day=str(at.date()))
            raise


def _asked(contact: Contact, method: str, wish: Wish, *, at: datetime) -> tuple[Asking, Drafted]:
    policy = PersonaPolicy.now()
    arm = arm_for(contact, writer=wish.writer) if method == Method.RAG else None
    drafted = _drafted(contact, arm.method if arm else method, at=at, policy=policy, arm=arm)
    asking = Asking(
        contact=contact,
        draft=drafted.draft,
        context=drafted.context,
        policy=policy,
        payer=wish.payer or contact.owner_id,
        cap=policy.engine_cap if wish.cap is None else min(wish.cap, policy.engine_cap),
        version=arm.version if arm else wish.version,
    )
    return asking, drafted


def _made(asking: Asking, drafted: Drafted, *, method: str, why: str, wish: Wish, key: UUID) -> ContactPersona | None:
    began = time.monotonic()

    def store(by: Written) -> ContactPersona | None:
        row = _row(asking.contact, drafted, by, asked=method, why=why)
        row.pk, row.seconds = key, time.monotonic() - began
        return _stored(row)

    writer = drafted.arm.writer if drafted.arm else wish.writer
    if writer == Writer.BUILTIN:
        return store(Written(draft=drafted.draft, no_engine=BY_LOT if wish.writer == Writer.ENGINE else ""))
    return written(asking, work=key, is_rag=drafted.method == Method.RAG, store=store)


def work_of(user: User, contact: Contact, key: str) -> UUID:
    """The id of what `user` asks of a contact under a key of theirs."""
    return uuid5(contact.pk, f"{user.pk}:{key}")


def card_of(contact: Contact) -> Card:
    """What is known of them before anything happened."""
    part, seniority = door.part_of_title(contact.title)
    company = contact.company.name if contact.company else contact.company_name
    return Card(title=contact.title, company=company, part=part, seniority=seniority)


def heard_of(contact: Contact) -> list[Heard]:
    """What the contact said of buying in what they wrote."""
    return listen(own_texts(contact, MOST_HEARD))


def _drafted(contact: Contact, method: str, *, at: datetime, policy: PersonaPolicy, arm: PersonaArm | None) -> Drafted:
    terms = terms_at(at, policy=policy)
    history = history_of(contact, policy=policy)
    said = [] if method == Method.BASIC else own_texts(contact, MOST_HEARD)
    context = Context(
        card=card_of(contact),
        history=history,
        metrics=measure(history, terms),
        heard=listen(said),
        stated=preferences(said),
        terms=terms,
    )
    reason = "" if method == Method.BASIC else lacking(context)
    if method == Method.BASIC or not history.moments:
        why = reason or (FIELDS_BY_LOT if arm else "")
        return Drafted(basic(context.card), Method.BASIC, why, context, arm)
    if reason:  # too little for figures; what they said is said all the same
        return Drafted(rag(context), Method.BASIC, reason, context, arm)
    context = replace(context, alike=_alike(contact, context.metrics, terms))
    return Drafted(rag(context), Method.RAG, "", context, arm)


def _alike(contact: Contact, metrics: Metrics, terms: Terms) -> Alike:
    """What is known of the owner's contacts who are like them. Whoever sees the persona may see none of these."""
    profile = profile_of(contact, metrics, at=terms.now)
    found = similar(profile, among=own_pool(contact.owner_id), limit=MOST_ALIKE)
    return Alike(
        n=len(found),
        figures={feature.figure: middle(found, feature.figure) for feature in FEATURES},
        topics=[match.profile.said.get("topics", ()) for match in found],
    )


def _row(contact: Contact, drafted: Drafted, by: Written, *, asked: str, why: str) -> ContactPersona:
    quality, moments = drafted.context.metrics.quality, drafted.context.history.moments
    body: dict[str, Any] = by.draft.as_json()
    return ContactPersona(
        owner_id=contact.owner_id,
        contact=contact,
        asked=asked,
        method=drafted.method,
        fell_back=drafted.fell_back[:300],
        why=why,
        engine=by.engine or BUILTIN,
        no_engine=by.no_engine[:300],
        prompt=by.prompt,
        arm=drafted.arm,
        body=body | {"withheld": by.withheld} if by.withheld else body,
        quality=quality.total,
        parts={name: getattr(quality, name) for name in ("volume", "email", "deals", "patterns")},
        borne=by.draft.borne,
        interactions=len(moments),
        latest=moments[-1].at if moments else None,
        cost=by.cost,
        made=drafted.context.terms.now,
    )


@transaction.atomic
def _stored(row: ContactPersona) -> ContactPersona | None:
    """Stored once, unless the contact was erased meanwhile: its row is held until the commit."""
    if Contact.objects.select_for_update(no_key=True).filter(pk=row.contact_id).first() is None:
        return None
    before: ContactPersona | None = ContactPersona.objects.filter(pk=row.pk).first()
    if before is not None:
        return before
    row.save(force_insert=True)
    news.generated(row)
    return row
