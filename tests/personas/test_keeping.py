"""Personas and vectors follow what happens, by the admin's rule, and by nobody's asking."""

from datetime import timedelta

import pytest
from django.utils import timezone

from personas.generating.making import make
from personas.generating.renewing import due
from personas.keeping import attend, is_anything_due
from personas.models import Contact, ContactPersona, Interaction, InteractionEmbedding, PersonaPolicy
from tests.personas.generating.planted import conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def persona(contact: Contact) -> ContactPersona:
    conversation(contact, answers=6)
    Interaction.objects.update(created=timezone.now() - timedelta(days=2))
    row = make(contact, method="rag", now=timezone.now() - timedelta(days=1))
    assert row is not None
    return row


def happens(contact: Contact, times: int) -> None:
    now = timezone.now()
    Interaction.objects.bulk_create(
        Interaction(owner=contact.owner, contact=contact, type="call", occurred_at=now - timedelta(days=3 + n))
        for n in range(times)
    )


def test_enough_new_interactions_make_it_anew(persona: ContactPersona, contact: Contact) -> None:
    happens(contact, 10)

    attend()

    assert list(ContactPersona.objects.values_list("why", flat=True)) == ["new", "asked"]


def test_once_it_is_made_nothing_is_due(persona: ContactPersona, contact: Contact) -> None:
    happens(contact, 10)

    attend()

    assert not is_anything_due()


def test_a_few_new_ones_are_not_enough(persona: ContactPersona, contact: Contact) -> None:
    happens(contact, 9)

    assert not due(timezone.now()).exists()


def test_after_long_enough_one_is(persona: ContactPersona, contact: Contact) -> None:
    happens(contact, 1)

    assert due(timezone.now() + timedelta(days=31)).exists()


def test_the_admin_sets_how_many(persona: ContactPersona, contact: Contact) -> None:
    PersonaPolicy.objects.create(regenerate_after=3)
    happens(contact, 3)

    assert due(timezone.now()).exists()


def test_what_was_asked_for_by_the_fields_alone_stays(contact: Contact) -> None:
    make(contact, method="basic", now=timezone.now() - timedelta(days=1))
    happens(contact, 20)

    assert not due(timezone.now()).exists()


def test_words_get_their_vectors(persona: ContactPersona) -> None:
    attend()

    theirs = InteractionEmbedding.objects.filter(interaction__direction="in")
    assert theirs.values("interaction").distinct().count() == 6
