"""Contacts of two kinds: who answer within an hour and speak of prices, and who take days and speak of audits."""

from datetime import UTC, datetime, timedelta

from personas.likeness.keeping import keep_profile
from personas.models import Contact, Interaction, Profile
from salesintel.accounts.models import User
from tests.personas.generating.planted import conversation

LATER = datetime(2026, 6, 1, 12, tzinfo=UTC)


def person(owner: User, name: str, *, hours: float = 2, answers: int = 6) -> Contact:
    """A contact with a history and a profile."""
    contact = Contact.objects.create(owner=owner, name=name)
    conversation(contact, answers=answers, hours=hours)
    Interaction.objects.filter(contact=contact).update(created=LATER - timedelta(days=3))
    keep_profile(contact, at=LATER)
    return contact


def profile_of(contact: Contact) -> Profile:
    return Profile.objects.get(contact=contact)
