"""What is done with a contact on its page: edited, added to, shared, exported, erased; and who may do it."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from personas import records
from personas.models import Contact, Deal, DealContact, DealStage, Grant, Interaction, Suppression
from personas.records import ContactGiven
from salesintel.accounts.models import User
from tests.personas.test_pages import HOSTILE, page, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

__all__ = ["page"]


@pytest.fixture
def contact(rep: User) -> Contact:
    given = ContactGiven(name="Dana Whitfield", email="dana@acmecorp.com", phone="+49 30 1234", title="CISO")
    return records.save_contact(owner=rep, given=given).row


@pytest.fixture
def colleague(stranger: User) -> Client:
    client = Client()
    client.force_login(stranger)
    return client


@pytest.fixture
def deal(rep: User, contact: Contact) -> Deal:
    row = Deal.objects.create(owner=rep, name="Renewal", stage="offer", opened_at=datetime(2026, 3, 2, 15, tzinfo=UTC))
    DealContact.objects.create(owner=rep, deal=row, contact=contact)
    return row


def at(contact: Contact, rest: str = "") -> str:
    return f"/contacts/{contact.pk}/{rest}"


# --- Who they are -----------------------------------------------------------------------------------------------------


def test_the_details_tell_what_reaches_them(page: Client, contact: Contact, deal: Deal) -> None:
    shown = text_of(page.get(at(contact, "?tab=details")))

    assert 'href="mailto:dana@acmecorp.com"' in shown
    assert 'href="tel:+49301234"' in shown
    assert "Renewal" in shown
    assert "offer" in shown


def test_a_form_saves_what_was_changed_and_nothing_else(page: Client, contact: Contact) -> None:
    typed = {"name": "Dana Whitfield", "email": "dana@acmecorp.com", "phone": "+49 30 1234", "title": "CIO"}

    answer = page.post(at(contact, "edit/"), {**typed, "employees": "250", "industry": "Energy"}, follow=True)

    contact.refresh_from_db()
    assert (contact.title, contact.employees, contact.industry) == ("CIO", 250, "Energy")
    assert (contact.email, contact.phone, contact.came_by) == ("dana@acmecorp.com", "+49 30 1234", "")
    assert "Saved." in text_of(answer)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("time_zone", "Mars", "“Mars” is no time zone"),
        ("email", "nobody", "Enter a valid email address."),
        ("employees", "0", "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    page: Client, contact: Contact, field: str, value: str, words: str
) -> None:
    answer = page.post(at(contact, "edit/"), {"name": "Dana", field: value})

    assert answer.status_code == 400
    assert words in str(answer.context["form"].errors[field])
    assert f'id="id_{field}_error"' in text_of(answer)


def test_an_address_that_somebody_has_leads_to_who_has_it(page: Client, rep: User, contact: Contact) -> None:
    other = records.save_contact(owner=rep, given=ContactGiven(name=HOSTILE[:200], email="ola@berg.example")).row

    shown = text_of(page.post(at(contact, "edit/"), {"name": "Dana", "email": "ola@berg.example"}))

    assert f'href="{at(other)}"' in shown
    assert HOSTILE not in shown


def test_a_contact_is_found_by_its_whole_address_alone(page: Client, contact: Contact) -> None:
    assert contact.name in text_of(page.get("/contacts/?q=Dana@AcmeCorp.com"))
    assert "found by the whole of it" in text_of(page.get("/contacts/?q=dana@acme"))
    assert [row["name"] for row in page.get("/api/v1/contacts?q=dana@acmecorp.com").json()["results"]] == [contact.name]


# --- What happened, and deals -----------------------------------------------------------------------------------------


def test_what_happened_is_added_by_ones_own_clock(page: Client, contact: Contact, deal: Deal) -> None:
    call = {"type": "call", "occurred_at": "2026-03-02T12:30", "direction": "in", "minutes": "20", "body": "Too dear."}

    page.post(at(contact, "happened/"), {**call, "deal": str(deal.pk), "outcome": "connected"})

    row = Interaction.objects.get()
    assert row.occurred_at == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)  # Berlin
    assert (row.type, row.direction, row.duration_seconds, row.body) == ("call", "in", 1200, "Too dear.")
    assert row.deal == deal
    assert "2 Mar 2026, 12:30" in text_of(page.get(at(contact, "?tab=history")))


def test_whose_a_mail_is_follows_from_its_kind(page: Client, contact: Contact) -> None:
    page.post(at(contact, "happened/"), {"type": "email_replied", "occurred_at": "2026-03-02T12:30", "direction": ""})

    assert Interaction.objects.get().direction == "in"


def test_what_happened_long_ahead_is_refused_beside_its_field(page: Client, contact: Contact) -> None:
    answer = page.post(at(contact, "happened/"), {"type": "note", "occurred_at": "2099-03-02T12:30", "body": "Kept."})

    assert "not years ahead" in str(answer.context["form"].errors["occurred_at"])
    assert "Kept." in text_of(answer)
    assert not Interaction.objects.exists()


def test_a_deal_of_another_contact_is_no_choice(page: Client, rep: User, contact: Contact) -> None:
    other = Deal.objects.create(owner=rep, name="Other", opened_at=timezone.now())

    answer = page.post(
        at(contact, "happened/"), {"type": "note", "occurred_at": "2026-03-02T12:30", "deal": str(other.pk)}
    )

    assert "deal" in answer.context["form"].errors


def test_a_deal_comes_with_its_stage_and_the_contact(page: Client, contact: Contact) -> None:
    page.post(
        at(contact, "deals/"),
        {"name": "Renewal", "status": "open", "stage": "offer", "amount": "1200.50", "currency": "eur"},
    )

    row = Deal.objects.get()
    assert (row.amount, row.currency, row.closed_at) == (Decimal("1200.50"), "EUR", None)
    assert list(row.contacts.all()) == [contact]
    assert DealStage.objects.get().stage == "offer"


def test_a_deal_that_is_changed_keeps_who_is_on_it_and_where_it_was(page: Client, contact: Contact, deal: Deal) -> None:
    typed = {"name": "Renewal", "status": "won", "stage": "signed", "opened": "2026-03-02", "closed": "2026-03-02"}

    page.post(at(contact, f"deals/{deal.pk}/"), typed)

    deal.refresh_from_db()
    assert (deal.status, deal.stage) == ("won", "signed")
    assert deal.closed_at == deal.opened_at == datetime(2026, 3, 2, 15, tzinfo=UTC)  # noon would be before it
    assert list(deal.contacts.all()) == [contact]


def test_a_deal_that_is_opened_again_is_not_closed(page: Client, contact: Contact, deal: Deal) -> None:
    typed = {"name": "Renewal", "stage": "offer", "opened": "2026-03-02", "closed": "2026-03-09"}
    page.post(at(contact, f"deals/{deal.pk}/"), {**typed, "status": "lost"})

    page.post(at(contact, f"deals/{deal.pk}/"), {**typed, "status": "open"})

    deal.refresh_from_db()
    assert (deal.status, deal.closed_at) == ("open", None)


def test_many_deals_take_as_many_queries_as_one(
    page: Client, rep: User, contact: Contact, django_assert_max_num_queries: Any
) -> None:
    rows = [Deal(owner=rep, name=f"Deal {n}", opened_at=timezone.now()) for n in range(30)]
    Deal.objects.bulk_create(rows)
    DealContact.objects.bulk_create(DealContact(owner=rep, deal=row, contact=contact) for row in rows)

    with django_assert_max_num_queries(8):
        page.get(at(contact, "?tab=details"))


# --- Sharing ----------------------------------------------------------------------------------------------------------


def test_a_contact_is_shared_for_reading_and_no_longer(page: Client, contact: Contact, colleague: Client) -> None:
    page.post(at(contact, "share/"), {"username": "stranger", "right": "read", "what": "one"})
    seen = text_of(colleague.get(at(contact)))
    page.post(f"/contacts/sharing/{Grant.objects.get().pk}/stop/", {"contact": str(contact.pk)})

    assert "rep lets you read this contact, not change it." in seen
    assert "whose contact it is, can have one made" in seen
    assert colleague.get(at(contact)).status_code == 404


def test_all_contacts_are_shared_at_once(page: Client, contact: Contact, colleague: Client) -> None:
    page.post("/contacts/sharing/", {"username": "stranger", "right": "edit", "what": "all"})

    assert contact.name in text_of(colleague.get("/contacts/"))
    assert "stranger" in text_of(page.get(at(contact, "share/")))
    assert "of rep" in text_of(colleague.get("/contacts/sharing/"))


def test_a_colleague_that_there_is_not_is_told_beside_the_field(page: Client, contact: Contact) -> None:
    answer = page.post(at(contact, "share/"), {"username": "nobody", "right": "read", "what": "one"})

    assert "“nobody”" in str(answer.context["form"].errors["username"])


def test_a_colleague_who_may_change_it_changes_it_in_its_owners_records(
    rep: User, contact: Contact, stranger: User, colleague: Client
) -> None:
    Grant.objects.create(owner=rep, grantee=stranger, contact=contact, may_edit=True)

    colleague.post(at(contact, "edit/"), {"name": "Dana W"})
    colleague.post(at(contact, "happened/"), {"type": "note", "occurred_at": "2026-03-02T12:30"})
    colleague.post(at(contact, "deals/"), {"name": "Renewal", "status": "open"})

    contact.refresh_from_db()
    assert contact.name == "Dana W"
    assert Interaction.objects.get().owner == Deal.objects.get().owner == rep


@pytest.mark.parametrize("may_edit", [None, False, True])
def test_who_is_let_see_a_contact_neither_shares_nor_erases_it(
    rep: User, contact: Contact, stranger: User, colleague: Client, may_edit: bool | None
) -> None:
    if may_edit is not None:
        Grant.objects.create(owner=rep, grantee=stranger, contact=contact, may_edit=may_edit)

    statuses = {colleague.get(at(contact, each)).status_code for each in ("share/", "erase/")}
    statuses.add(colleague.post(at(contact, "erase/"), {"sure": "yes"}).status_code)
    changed = {colleague.get(at(contact, each)).status_code for each in ("edit/", "happened/", "deals/")}

    assert statuses == {404 if may_edit is None else 403}
    assert changed == {200 if may_edit else 404}
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_a_sharing_of_others_is_not_stopped(rep: User, contact: Contact, stranger: User) -> None:
    grant = Grant.objects.create(owner=rep, grantee=stranger, contact=contact)
    third = Client()
    third.force_login(User.objects.create_user("third"))

    assert third.post(f"/contacts/sharing/{grant.pk}/stop/").status_code == 404


def test_a_deal_on_other_contacts_is_not_changed_by_this_one(page: Client, rep: User, contact: Contact) -> None:
    other = Deal.objects.create(owner=rep, name="Other", opened_at=timezone.now())

    assert page.post(at(contact, f"deals/{other.pk}/"), {"name": "Mine"}).status_code == 404


# --- What is held on them ---------------------------------------------------------------------------------------------


def test_erasing_asks_first_and_says_what_goes(page: Client, contact: Contact, deal: Deal) -> None:
    shown = text_of(page.get(at(contact, "erase/")))
    refused = page.post(at(contact, "erase/"))

    assert "This cannot be undone" in shown
    assert "1 deal that names nobody else" in shown
    assert refused.status_code == 400
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_who_is_erased_is_gone_and_does_not_come_back(page: Client, contact: Contact) -> None:
    page.post(at(contact, "erase/"), {"sure": "yes"})

    assert not Contact.objects.exists()
    assert Suppression.objects.exists()
    assert "not taken in again" in text_of(page.post("/contacts/new/", {"email": "dana@acmecorp.com"}))


def test_all_that_is_held_is_taken_away_from_the_page(page: Client, contact: Contact) -> None:
    found = re.search(r'href="(/api/v1/contacts/[^"]+/export)"', text_of(page.get(at(contact, "?tab=details"))))

    assert page.get(found[1] if found else "").json()["contact"]["email"] == "dana@acmecorp.com"
