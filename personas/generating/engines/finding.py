"""What of a contact's own words an engine is shown: what the retrieval finds on each subject, and the latest."""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from personas import texts
from personas.generating.engines.hiding import Hidden
from personas.generating.engines.showing import Words
from personas.hearing.listening import Heard
from personas.models import Contact
from personas.reading import theirs
from personas.retrieval.providers import NoVectors
from personas.retrieval.searching import passages
from salesintel.logs import told

logger = logging.getLogger(__name__)

QUESTIONS = (
    "what is difficult, slow, manual, a problem or a worry for us",
    "what we want to reach, our goal, deadline, what matters most",
    "too expensive, not sure, concern, another vendor, need approval, not now",
    "how do you prefer to talk, please send, call me, meeting, next step",
)
OF_EACH = 5  # interactions that a question brings
LATEST = 6  # of their latest words, found or not
MOST = 20  # interactions in all


def words_of(contact: Contact, heard: Iterable[Heard]) -> list[Words]:
    """The contact's own words, the latest first: those of their latest mails, what was heard in, and what was found."""
    wanted = dict.fromkeys([*_latest(contact), *_found(contact), *(each.source for each in heard)])
    rows = theirs(contact).filter(pk__in=list(wanted)[: MOST * 3]).in_bulk()
    chosen = [rows[pk] for pk in wanted if pk in rows][:MOST]
    chosen.sort(key=lambda row: (row.occurred_at, row.pk), reverse=True)
    said = [Words(interaction=row.pk, text=texts.own_words(row.body), at=row.occurred_at) for row in chosen]
    return [each for each in said if each.text]


def hiding_for(contact: Contact) -> Hidden:
    """Without the contact's name, the owner's, and those of the owner's other contacts at the same company."""
    owner = contact.owner
    people = [(contact.name, "(the contact)"), (owner.get_full_name(), "(the rep)"), (owner.username, "(the rep)")]
    if contact.company_id is not None or contact.company_name:
        same = Q(company=contact.company_id) if contact.company_id else Q(company_name__iexact=contact.company_name)
        others = Contact.objects.filter(same, owner=contact.owner_id).exclude(pk=contact.pk)
        people += [(name, "(a colleague)") for name in others.order_by("pk").values_list("name", flat=True)[:200]]
    return Hidden(people)


def _latest(contact: Contact) -> list[UUID]:
    return list(theirs(contact).order_by("-occurred_at", "-pk").values_list("pk", flat=True)[:LATEST])


def _found(contact: Contact) -> list[UUID]:
    """What comes nearest to each subject; nothing where no vectors can be had: the latest words are shown anyway."""
    try:
        return [
            passage.interaction
            for question in QUESTIONS
            for passage in passages(question, user=contact.owner, contacts=[contact.pk], limit=OF_EACH)
        ]
    except NoVectors as error:
        logger.warning("no passages were looked for: %s", told(error))
        return []
