"""Contacts, what happened with them, deals and sharing, as programs meet them."""

from typing import Any

import pytest

from personas.models import Contact, Grant, Interaction
from salesintel.accounts.models import User
from tests.personas.api.conftest import Call

DANA = {
    "name": "Dana Whitfield",
    "email": "dana@acmecorp.com",
    "company": "Acme Corp",
    "title": "CISO",
    "timeZone": "Europe/Berlin",
    "externalSource": "hubspot",
    "externalId": "7",
}
MAIL = {"type": "email_sent", "occurredAt": "2026-03-02T12:00:00Z", "subject": "Offer", "externalId": "m1"}
CALL = {"type": "call", "occurredAt": "2026-03-03T12:00:00Z", "durationSeconds": 600, "outcome": "connected"}


def made(call: Call, **fields: Any) -> dict[str, Any]:
    answer = call("POST", "contacts", {**DANA, **fields})
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_what_is_sent_is_told_and_can_be_found(mine: Call) -> None:
    contact = made(mine)

    assert {name: contact[name] for name in DANA} == DANA
    for query in ({"q": "whit"}, {"q": "ACME"}, {"email": "Dana@acmecorp.com"}, {"externalId": "7"}, {}):
        assert [row["id"] for row in mine("GET", "contacts", **query).json()["results"]] == [contact["id"]], query
    for query in ({"q": "nobody"}, {"email": "dan@acmecorp.com"}, {"whose": "shared"}):
        assert mine("GET", "contacts", **query).json()["results"] == [], query


def test_sent_again_it_is_the_same_with_what_has_changed(mine: Call) -> None:
    contact = made(mine)

    again = mine("POST", "contacts", DANA | {"title": "CTO"})

    assert (again.status_code, again.json()["id"], again.json()["title"]) == (200, contact["id"], "CTO")
    assert Contact.objects.count() == 1


def test_a_second_contact_of_an_address_is_a_conflict_that_names_the_first(mine: Call) -> None:
    contact = made(mine)

    answer = mine("POST", "contacts", {"name": "Else", "email": "dana@acmecorp.com"})

    assert answer.status_code == 409
    assert contact["id"] in answer.json()["detail"]


@pytest.mark.once
def test_what_is_wrong_is_told_by_field(mine: Call) -> None:
    for sent, field in (
        ({"name": "Dana", "timeZone": "Mars"}, "timeZone"),
        ({"name": "Dana", "email": "x"}, "email"),
        ({"name": "Dana", "owner": 1}, "owner"),
        ({"name": "Dana", "companyDomain": "gmail.com"}, "companyDomain"),
        ({}, "name"),
    ):
        answer = mine("POST", "contacts", sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_change_leaves_the_rest(mine: Call) -> None:
    contact = made(mine)

    changed = mine("PATCH", f"contacts/{contact['id']}", {"phone": "+49 30 1234567", "company": ""}).json()

    assert (changed["phone"], changed["company"], changed["title"]) == ("+49 30 1234567", "", "CISO")


def test_interactions_are_added_changed_listed_and_deleted(mine: Call) -> None:
    contact = made(mine)
    where = f"contacts/{contact['id']}/interactions"
    mail, again, call = (mine("POST", where, sent) for sent in (MAIL, MAIL, CALL))

    assert [each.status_code for each in (mail, again, call)] == [201, 200, 201]
    assert [row["type"] for row in mine("GET", where).json()["results"]] == ["call", "email_sent"]
    assert [row["type"] for row in mine("GET", where, before="2026-03-03T00:00:00Z").json()["results"]] == [
        "email_sent"
    ]
    one = f"interactions/{mail.json()['id']}"
    assert mine("PATCH", one, {"subject": "Our offer"}).json()["subject"] == "Our offer"
    assert (mine("DELETE", one).status_code, mine("GET", one).status_code) == (204, 404)


def test_a_list_takes_what_can_be_taken_and_tells_the_rest(mine: Call) -> None:
    contact = made(mine)
    deal = {"dealId": "6f1c2f6e-8f2b-4a57-9d8e-2d1f43e0a0a1"}

    answer = mine("POST", f"contacts/{contact['id']}/interactions/batch", {"interactions": [MAIL, CALL | deal, CALL]})

    told = answer.json()
    assert [line["change"] for line in told["results"]] == ["new", "refused", "new"]
    assert (told["new"], told["refused"], told["results"][1]["field"]) == (2, 1, "dealId")
    assert Interaction.objects.count() == 2


def test_a_deal_keeps_its_stages_and_who_is_on_it(mine: Call) -> None:
    contact = made(mine)
    deal = mine("POST", "deals", {
        "name": "Renewal", "amount": "900.50", "currency": "EUR", "stage": "talks", "products": ["Gate"],
        "openedAt": "2026-03-02T12:00:00Z", "contacts": [{"id": contact["id"], "role": "decider"}],
    })  # fmt: skip

    won = mine("PATCH", f"deals/{deal.json()['id']}", {"stage": "offer", "status": "won"}).json()

    assert deal.status_code == 201
    assert [stage["stage"] for stage in won["stages"]] == ["talks", "offer"]
    assert (won["amount"], won["products"], won["closedAt"] is not None) == (900.5, ["Gate"], True)
    assert won["contacts"] == [{"id": contact["id"], "name": "Dana Whitfield", "role": "decider"}]
    assert mine("GET", "deals", contactId=contact["id"]).json()["results"][0]["id"] == won["id"]


def test_files_are_told_of(mine: Call) -> None:
    where = f"contacts/{made(mine)['id']}/files"

    file = mine("POST", where, {"name": "Offer.pdf", "mediaType": "application/pdf", "size": 9})

    assert file.status_code == 201
    assert mine("GET", where).json()["results"][0]["name"] == "Offer.pdf"
    assert mine("DELETE", f"files/{file.json()['id']}").status_code == 204


def test_what_is_shared_for_reading_is_read_and_not_changed(mine: Call, theirs: Call) -> None:
    contact, other = made(mine), made(mine, name="Ola", email="ola@acmecorp.com", externalId="8")
    one = f"contacts/{contact['id']}"

    grant = mine("POST", "grants", {"username": "stranger", "contactId": contact["id"]}).json()

    assert [row["id"] for row in theirs("GET", "contacts", whose="shared").json()["results"]] == [contact["id"]]
    assert theirs("GET", f"contacts/{other['id']}").status_code == 404
    assert theirs("PATCH", one, {"title": "CEO"}).status_code == 403
    assert theirs("POST", f"{one}/interactions", MAIL).status_code == 403
    assert theirs("GET", f"{one}/export").status_code == 403
    assert theirs("DELETE", one).status_code == 403
    assert mine("DELETE", f"grants/{grant['id']}").status_code == 204
    assert theirs("GET", one).status_code == 404


def test_what_is_shared_for_changing_is_changed_as_its_owners(mine: Call, theirs: Call, rep: User) -> None:
    contact = made(mine)
    mine("POST", "grants", {"username": "stranger", "mayEdit": True})

    added = theirs("POST", f"contacts/{contact['id']}/interactions", MAIL)

    assert added.status_code == 201
    assert Interaction.objects.get().owner == rep
    assert theirs("PATCH", f"contacts/{contact['id']}", {"title": "CEO"}).status_code == 200
    assert Grant.objects.get().may_edit


@pytest.mark.parametrize("path", ["contacts", "deals"])
def test_a_list_takes_as_many_queries_however_long_it_is(
    mine: Call, rep: User, path: str, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        contact = made(mine, name=f"Person {n}", email=f"p{n}@acmecorp.com", externalId=str(n))
        mine("POST", "deals", {"name": f"Deal {n}", "contacts": [{"id": contact["id"]}]})

    with django_assert_max_num_queries(10):
        assert len(mine("GET", path).json()["results"]) == 12
