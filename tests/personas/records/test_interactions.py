"""Interactions are written with what their texts tell, a thousand in a few queries, each once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from personas import records
from personas.models import Contact, Interaction, Thread
from personas.records import InteractionGiven, Refused, Saved
from salesintel.accounts.models import User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THANKS = "Thank you, this is great news. We are very happy with the excellent offer and look forward to it."


def given(with_: Contact, **fields: Any) -> InteractionGiven:
    return InteractionGiven(**{"contact": with_, "type": "email_replied", "occurred_at": NOON, **fields})


def test_what_is_sent_twice_is_one_row_and_a_changed_field_changes(contact: Contact) -> None:
    mail = {"external_source": "crm", "external_id": "m1", "subject": "Offer"}
    first = records.save_interaction(owner=contact.owner, given=given(contact, **mail))
    again = records.save_interaction(owner=contact.owner, given=given(contact, **mail))
    other = records.save_interaction(owner=contact.owner, given=given(contact, **(mail | {"subject": "Our offer"})))

    assert [each.change for each in (first, again, other)] == ["new", "unchanged", "changed"]
    assert Interaction.objects.get().subject == "Our offer"


def test_the_contacts_own_words_are_counted_and_have_a_mood(contact: Contact) -> None:
    theirs = records.save_interaction(owner=contact.owner, given=given(contact, body=f"{THANKS}\n\n> {THANKS}")).row
    ours = records.save_interaction(owner=contact.owner, given=given(contact, type="email_sent", body=THANKS)).row

    assert (theirs.direction, theirs.words) == ("in", 19)
    assert theirs.mood is not None
    assert theirs.mood > 0
    assert (ours.direction, ours.mood) == ("out", None)


def test_a_machines_answer_is_told_and_has_no_mood(contact: Contact) -> None:
    row = records.save_interaction(
        owner=contact.owner, given=given(contact, body=THANKS, headers={"Auto-Submitted": "auto-replied"})
    ).row

    assert (row.is_automatic, row.mood) == (True, None)


def test_mails_of_one_thread_stand_in_it_and_answer_each_other(contact: Contact) -> None:
    sent, reply = records.save_interactions(
        owner=contact.owner,
        given=[
            given(contact, type="email_sent", thread="<1@us>", message_id="<1@us>"),
            given(contact, thread="<1@us>", message_id="<2@them>", answers="<1@us>"),
        ],
    )

    assert isinstance(sent, Saved)
    assert isinstance(reply, Saved)
    assert sent.row.thread_id == reply.row.thread_id == Thread.objects.get().pk
    assert reply.row.answers_key == sent.row.message_key != ""


@pytest.mark.once
def test_what_cannot_be_is_refused_by_column(contact: Contact, stranger: User) -> None:
    theirs = Contact.objects.create(owner=stranger, name="Not ours")
    wrong: dict[str, dict[str, Any]] = {
        "type": {"type": "telepathy"},
        "direction": {"direction": "up"},
        "outcome": {"outcome": "great"},
        "occurred_at": {"occurred_at": datetime.fromisoformat("2026-03-02")},
        "duration_seconds": {"duration_seconds": -1},
        "contact": {"contact": theirs},
    }

    found = {}
    for column, fields in wrong.items():
        with pytest.raises(Refused) as refused:
            records.save_interaction(owner=contact.owner, given=given(contact, **fields))
        found[column] = refused.value.field

    assert found == {column: column for column in wrong}
    assert not Interaction.objects.exists()


def test_a_thousand_rows_take_a_few_queries(contact: Contact) -> None:
    rows = [
        given(contact, external_id=str(n), occurred_at=NOON + timedelta(minutes=n), thread=f"t{n % 50}")
        for n in range(1_000)
    ]

    with CaptureQueriesContext(connection) as captured:
        records.save_interactions(owner=contact.owner, given=rows)

    assert Interaction.objects.count() == 1_000
    assert len(captured) <= 40  # SQLite takes 999 values in a statement


def test_a_changed_text_is_read_anew(contact: Contact) -> None:
    row = records.save_interaction(owner=contact.owner, given=given(contact, body="Fine.")).row

    records.change_interaction(interaction=row, given=InteractionGiven(body="It is fine with us."))

    row.refresh_from_db()
    assert (row.words, row.type) == (5, "email_replied")
