"""What was said is found by its subject, by those alone who may see it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from personas import records
from personas.models import Contact, Grant, Interaction, InteractionEmbedding
from personas.retrieval.indexing import index_some, unembedded
from personas.retrieval.searching import passages
from personas.texts import own_words, word_count
from salesintel.accounts.models import User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SAID = (
    "The price is too high for us. Procurement wants a discount.",
    "Our auditors look at the access logs in May.",
    "See you on Thursday at the office.",
)
Say = Callable[..., Interaction]


@pytest.fixture
def say(contact: Contact) -> Say:
    def said(body: str, *, by: Contact = contact, days: int = 0) -> Interaction:
        return Interaction.objects.create(
            owner=by.owner,
            contact=by,
            type="email_replied",
            direction="in",
            occurred_at=NOON + timedelta(days=days),
            body=body,
            words=word_count(own_words(body)),
        )

    return said


@pytest.fixture
def said(say: Say) -> list[Interaction]:
    rows = [say(body, days=days) for days, body in enumerate(SAID)]
    index_some()
    return rows


def test_what_is_on_the_subject_comes_first(said: list[Interaction], rep: User) -> None:
    found = passages("discount on the price", user=rep)

    assert found[0].interaction == said[0].pk
    assert found[0].text == SAID[0]


def test_a_stranger_finds_nothing(said: list[Interaction], stranger: User) -> None:
    assert passages("discount on the price", user=stranger) == []


def test_whom_it_is_shared_with_finds_it(said: list[Interaction], stranger: User, contact: Contact) -> None:
    Grant.objects.create(owner=contact.owner, grantee=stranger, contact=contact)

    assert passages("discount on the price", user=stranger)[0].interaction == said[0].pk


def test_only_the_contacts_that_are_asked_of_are_looked_through(said: list[Interaction], say: Say, rep: User) -> None:
    other = Contact.objects.create(owner=rep, name="Ola Berg")
    theirs = say("Your price needs a discount.", by=other)
    index_some()

    assert [found.interaction for found in passages("discount on the price", user=rep, contacts=[other.pk])] == [
        theirs.pk
    ]


def test_what_has_its_vectors_is_not_asked_for_again(said: list[Interaction]) -> None:
    assert index_some() == 0
    assert InteractionEmbedding.objects.count() == 3


def test_what_was_quoted_is_not_theirs_and_is_not_found(say: Say, rep: User) -> None:
    say("Yes, Thursday.\n\nOn Monday Rep wrote:\n> our discount on the price ends soon")
    index_some()

    assert passages("discount on the price", user=rep) == []


def test_without_words_there_is_nothing_to_do(contact: Contact) -> None:
    records.save_interaction(
        owner=contact.owner, given=records.InteractionGiven(type="email_opened", occurred_at=NOON, contact=contact)
    )

    assert not unembedded("builtin:1:256").exists()


def test_what_was_written_without_saying_so_is_looked_at_once(say: Say) -> None:
    say("")

    assert (index_some(), index_some()) == (1, 0)


def test_vectors_go_with_what_was_said(said: list[Interaction]) -> None:
    said[0].delete()

    assert InteractionEmbedding.objects.count() == 2


def test_words_that_are_nobodys_own_are_looked_at_once(say: Say, rep: User) -> None:
    row = say("> all of it is quoted")
    Interaction.objects.filter(pk=row.pk).update(words=5)

    assert index_some() == 1
    assert index_some() == 0
    assert passages("all of it is quoted", user=rep) == []
