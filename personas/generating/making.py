"""Makes a persona of a contact and stores it; those before stay, so that one can see what changed."""

import time
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from enrichment import door
from enrichment.hop import is_away
from personas import news, texts
from personas.generating.basic import Card, basic
from personas.generating.model import Draft
from personas.generating.rag import Context, lacking, rag
from personas.hearing.listening import Heard, listen
from personas.history import History, Terms
from personas.metrics import Metrics, measure
from personas.models import Contact, ContactPersona, Interaction, PersonaPolicy
from personas.reading import history_of, terms_at

BUILTIN = "builtin"
MOST_HEARD = 1_000  # interactions that are listened to, the latest first: some 0.3 s
IN = Interaction.Direction.IN
Method = ContactPersona.Method


def make(
    contact: Contact, *, method: str, why: str = ContactPersona.Why.ASKED, now: datetime | None = None
) -> ContactPersona | None:
    """A new persona of `contact`, by the method that is asked for or, where too little happened, by the other one.

    The caller has seen to it that whoever asks may see the contact. Returns None where the contact went meanwhile. The
    owner's webhooks are told of it, and of a fault, which is raised.
    """
    at = now or timezone.now()
    try:
        return _made(contact, method=method, why=why, now=at)
    except Exception as error:
        if not is_away(error):
            news.failed(contact, method=method, day=str(at.date()))
        raise


def _made(contact: Contact, *, method: str, why: str, now: datetime) -> ContactPersona | None:
    began = time.monotonic()
    policy = PersonaPolicy.now()
    terms = terms_at(now, policy=policy)
    history = history_of(contact, policy=policy)
    metrics = measure(history, terms)
    draft, used, fell_back = _draft(contact, method, metrics=metrics, terms=terms, history=history)
    row = ContactPersona(
        owner_id=contact.owner_id,
        contact=contact,
        asked=method,
        method=used,
        fell_back=fell_back[:300],
        why=why,
        engine=BUILTIN,
        body=draft.as_json(),
        quality=metrics.quality.total,
        parts={name: getattr(metrics.quality, name) for name in ("volume", "email", "deals", "patterns")},
        borne=draft.borne,
        interactions=len(history.moments),
        latest=history.moments[-1].at if history.moments else None,
        made=terms.now,
        seconds=time.monotonic() - began,
    )
    return _stored(row)


def card_of(contact: Contact) -> Card:
    """What is known of them before anything happened."""
    part, seniority = door.part_of_title(contact.title)
    company = contact.company.name if contact.company else contact.company_name
    return Card(title=contact.title, company=company, part=part, seniority=seniority)


def heard_of(contact: Contact) -> list[Heard]:
    """What the contact said of buying in what they wrote; notes of others on it are not their words."""
    theirs = Q(direction=IN) | Q(direction="", type=Interaction.Type.EMAIL_REPLIED)
    rows = Interaction.objects.filter(theirs, contact=contact, is_automatic=False, words__gt=0)
    latest = rows.order_by("-occurred_at", "-pk").only("body")[:MOST_HEARD]
    return listen((row.pk, texts.own_words(row.body)) for row in latest)


def _draft(
    contact: Contact, method: str, *, metrics: Metrics, terms: Terms, history: History
) -> tuple[Draft, str, str]:
    """The draft, the method that it was made by, and why not by the one that was asked for."""
    card = card_of(contact)
    if method == Method.BASIC:
        return basic(card), Method.BASIC, ""
    context = Context(card=card, history=history, metrics=metrics, heard=heard_of(contact), terms=terms)
    reason = lacking(context)
    return (basic(card), Method.BASIC, reason) if reason else (rag(context), Method.RAG, "")


@transaction.atomic
def _stored(row: ContactPersona) -> ContactPersona | None:
    """Stored, unless the contact was erased meanwhile: its row is held until the commit."""
    if Contact.objects.select_for_update(no_key=True).filter(pk=row.contact_id).first() is None:
        return None
    row.save()
    news.generated(row)
    return row
