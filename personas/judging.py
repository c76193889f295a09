"""What people make of personas: their stars, and that they looked."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from personas.models import ContactPersona, PersonaFeedback, PersonaUse
from personas.records import Gone
from salesintel import audit
from salesintel.walls import owner_scope

What = PersonaUse.What


class NoSuchTrait(Exception):
    """The persona has no trait of that name; the words name those that it has."""


def rate(persona: ContactPersona, *, by: Any, stars: int, trait: str = "", text: str = "") -> PersonaFeedback:
    """Stars for a persona, or for one of its traits, in place of one's own of before.

    Raises `NoSuchTrait`, and `Gone` where the contact was erased meanwhile.
    """
    names = sorted({each["name"] for each in persona.body["traits"]})
    if trait and trait not in names:
        raise NoSuchTrait(f"It has no trait “{trait[:80]}”; it has {', '.join(names)}.")
    said = {"owner_id": persona.owner_id, "stars": stars, "text": text}
    with owner_scope(persona.owner_id), transaction.atomic():
        if not _is_there(persona):
            raise Gone
        row, _ = PersonaFeedback.objects.update_or_create(persona=persona, by=by, trait=trait, defaults=said)
        audit.record("rate", row)
    return row


def looked(persona: ContactPersona, *, by: Any, what: str = What.READ) -> None:
    """Note that somebody looked at it, once a day: one look into an index each time, one write on the day's first."""
    seen = {"persona": persona, "by": by, "what": what, "day": timezone.now().date()}
    with owner_scope(persona.owner_id):
        if not PersonaUse.objects.filter(**seen).exists():
            with transaction.atomic():
                rows = [PersonaUse(owner_id=persona.owner_id, **seen)] if _is_there(persona) else []
                PersonaUse.objects.bulk_create(rows, ignore_conflicts=True)


def _is_there(persona: ContactPersona) -> bool:
    """Whether its contact was not erased meanwhile; it is not until the transaction ends."""
    held = ContactPersona.objects.select_for_update(no_key=True).filter(pk=persona.pk)
    return held.values_list("pk").first() is not None
