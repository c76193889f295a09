"""A vector goes when the words change that it was made of, by whichever way they change."""

from datetime import UTC, datetime

import pytest

from personas import records
from personas.importing import steering
from personas.marks import address_digest
from personas.models import Contact, Grant, Interaction, InteractionEmbedding
from personas.records import InteractionGiven
from personas.retrieval import indexing
from personas.retrieval.indexing import index_some, unembedded
from personas.retrieval.searching import passages
from salesintel.accounts.models import User
from tests.personas.importing.files import finished, run, sent, table

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRICE = "The price is too high for us. Procurement wants a discount."
AUDIT = "Our auditors look at the access logs in May."


def given(contact: Contact, **fields: object) -> InteractionGiven:
    values = {"type": "email_replied", "occurred_at": NOON, "subject": "Offer", "body": PRICE, "contact": contact}
    return InteractionGiven(external_source="hubspot", external_id="7", **{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def said(contact: Contact) -> Interaction:
    row = records.save_interaction(owner=contact.owner, given=given(contact)).row
    index_some()
    return row


@pytest.mark.parametrize("change", [{"body": AUDIT}, {"subject": "A longer subject than before"}])
def test_changed_words_lose_their_vectors_and_get_others(said: Interaction, rep: User, change: dict[str, str]) -> None:
    records.change_interaction(interaction=said, given=InteractionGiven(**change))  # type: ignore[arg-type]
    assert not InteractionEmbedding.objects.exists()

    index_some()

    words = f"{change.get('subject', 'Offer')}\n\n{change.get('body', PRICE)}"
    assert [found.text for found in passages(words, user=rep)] == [words]


def test_words_that_come_again_from_their_system_lose_them_where_they_are_others(said: Interaction) -> None:
    records.save_interactions(owner=said.owner, given=[given(said.contact, body=AUDIT)])

    assert not InteractionEmbedding.objects.exists()


def test_what_changes_no_words_leaves_the_vectors(said: Interaction) -> None:
    records.change_interaction(interaction=said, given=InteractionGiven(outcome="done"))

    assert InteractionEmbedding.objects.count() == 1
    assert not unembedded("builtin:1:256").exists()


def test_vectors_do_not_stay_with_whom_it_was_not_said_by(said: Interaction, rep: User, stranger: User) -> None:
    other = Contact.objects.create(owner=rep, name="Ola Berg")
    Grant.objects.create(owner=rep, grantee=stranger, contact=said.contact)

    records.save_interaction(owner=rep, given=given(other))
    index_some()

    assert InteractionEmbedding.objects.get().contact == other
    assert passages("discount on the price", user=stranger) == []


def test_words_that_an_undone_import_gives_back_get_vectors_of_their_own(contact: Contact, rep: User) -> None:
    heading = ["Contact email", "Date", "Type", "Id", "Body"]
    Contact.objects.filter(pk=contact.pk).update(email_digest=address_digest(contact.email))
    run(sent(rep, table(heading, [contact.email, "2026-03-02", "call", "9", PRICE]), "interactions"))
    changed = run(sent(rep, table(heading, [contact.email, "2026-03-02", "call", "9", AUDIT]), "interactions"))
    index_some()

    steering.undo(changed)
    finished(changed)
    index_some()

    assert Interaction.objects.get().body == PRICE
    assert [found.text for found in passages("discount on the price", user=rep)] == [PRICE]


def test_vectors_that_were_made_while_the_words_changed_are_not_kept(
    contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = records.save_interaction(owner=contact.owner, given=given(contact)).row
    make = indexing.vectors_of

    def slow(*args: object, **kwargs: object) -> object:
        records.change_interaction(interaction=row, given=InteractionGiven(subject="Another"))
        return make(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(indexing, "vectors_of", slow)
    index_some()

    assert not InteractionEmbedding.objects.exists()
    assert unembedded("builtin:1:256").exists()


def test_vectors_that_are_there_are_not_made_again_and_wrong_ones_go(
    said: Interaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = InteractionEmbedding.objects.create(
        owner=said.owner, contact=said.contact, interaction=said, place=1, begins=5, ends=9, space="builtin:1:256",
        vector=b"",
    )  # fmt: skip
    Interaction.objects.update(space="")  # as of rows from before the column, and of who went to another and back
    monkeypatch.setattr(indexing, "vectors_of", None)  # whoever made vectors now would fail

    assert index_some() == 1
    assert not InteractionEmbedding.objects.filter(pk=wrong.pk).exists()
    assert InteractionEmbedding.objects.count() == 1
