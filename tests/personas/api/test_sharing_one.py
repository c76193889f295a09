"""Who may change one contact reaches nothing of the owner's other contacts by it."""

from typing import Any

import pytest

from personas import records
from personas.models import Contact, Deal, File, Grant, Interaction
from personas.records import ContactGiven, DealGiven, FileGiven, InteractionGiven, Party
from salesintel.accounts.models import User
from tests.personas.api.conftest import Call
from tests.personas.privacy.test_erasing import NOON

CALL = {"type": "call", "occurredAt": "2026-03-02T12:00:00Z", "externalSource": "crm", "externalId": "7"}


@pytest.fixture
def two(rep: User, stranger: User) -> tuple[Contact, Contact]:
    """A contact that the stranger may change, and one that they do not see."""
    shared, hidden = (
        records.save_contact(owner=rep, given=ContactGiven(name=name)).row for name in ("Dana Fox", "Ola Berg")
    )
    Grant.objects.create(owner=rep, grantee=stranger, contact=shared, may_edit=True)
    return shared, hidden


@pytest.fixture
def act(rep: User, two: tuple[Contact, Contact]) -> Interaction:
    given = InteractionGiven(
        contact=two[1], type="note", occurred_at=NOON, body="secret", external_source="crm", external_id="7"
    )
    return records.save_interaction(owner=rep, given=given).row


@pytest.fixture
def deal(rep: User, two: tuple[Contact, Contact]) -> Deal:
    parties = tuple(Party(contact=each, role="buyer") for each in two)
    return records.save_deal(owner=rep, given=DealGiven(name="Renewal", parties=parties)).row


def test_an_interaction_of_a_hidden_contact_stays_where_it_is(
    two: tuple[Contact, Contact], act: Interaction, theirs: Call
) -> None:
    answer = theirs("POST", f"contacts/{two[0].pk}/interactions", CALL)

    act.refresh_from_db()
    assert (answer.status_code, "secret" in answer.text, str(act.pk) in answer.text) == (409, False, False)
    assert (act.contact_id, act.type) == (two[1].pk, "note")


def test_in_a_batch_its_line_is_refused_and_the_others_are_taken(
    two: tuple[Contact, Contact], act: Interaction, theirs: Call
) -> None:
    sent = {"interactions": [CALL, CALL | {"externalId": "8"}]}

    told: Any = theirs("POST", f"contacts/{two[0].pk}/interactions/batch", sent).json()

    act.refresh_from_db()
    assert [each["change"] for each in told["results"]] == ["refused", "new"]
    assert (told["results"][0]["id"], act.contact_id, act.type) == (None, two[1].pk, "note")


def test_a_file_of_a_hidden_contact_stays_where_it_is(rep: User, two: tuple[Contact, Contact], theirs: Call) -> None:
    given = FileGiven(contact=two[1], name="secret.pdf", external_source="crm", external_id="7")
    file = records.save_file(owner=rep, given=given).row

    sent = {"name": "x.pdf", "externalSource": "crm", "externalId": "7"}
    answer = theirs("POST", f"contacts/{two[0].pk}/files", sent)

    file = File.objects.get(pk=file.pk)
    assert (answer.status_code, str(file.pk) in answer.text) == (409, False)
    assert (file.contact_id, file.name) == (two[1].pk, "secret.pdf")


def test_an_editor_sends_an_interaction_of_the_shared_contact_again(two: tuple[Contact, Contact], theirs: Call) -> None:
    answers = [theirs("POST", f"contacts/{two[0].pk}/interactions", CALL).status_code for _ in range(2)]

    assert answers == [201, 200]


def test_the_owner_moves_an_interaction_by_its_id(two: tuple[Contact, Contact], act: Interaction, mine: Call) -> None:
    answer = mine("POST", f"contacts/{two[0].pk}/interactions", CALL)

    act.refresh_from_db()
    assert (answer.status_code, act.contact_id) == (200, two[0].pk)


def test_an_editor_leaves_those_on_a_deal_whom_they_do_not_see(
    two: tuple[Contact, Contact], deal: Deal, theirs: Call
) -> None:
    answer = theirs("PATCH", f"deals/{deal.pk}", {"contacts": [{"id": str(two[0].pk), "role": "user"}]})

    assert answer.status_code == 200
    assert str(two[1].pk) not in answer.text
    assert dict(deal.parties.values_list("contact", "role")) == {two[0].pk: "user", two[1].pk: "buyer"}


def test_the_owner_takes_somebody_off_a_deal(two: tuple[Contact, Contact], deal: Deal, mine: Call) -> None:
    mine("PATCH", f"deals/{deal.pk}", {"contacts": [{"id": str(two[0].pk)}]})

    assert list(deal.parties.values_list("contact", flat=True)) == [two[0].pk]


def test_only_who_may_change_all_on_a_deal_deletes_it(
    rep: User, stranger: User, two: tuple[Contact, Contact], deal: Deal, theirs: Call
) -> None:
    refused = theirs("DELETE", f"deals/{deal.pk}").status_code
    Grant.objects.create(owner=rep, grantee=stranger, contact=two[1], may_edit=True)

    assert (refused, theirs("DELETE", f"deals/{deal.pk}").status_code) == (403, 204)
