"""What happened is read whole, in order, in a handful of queries, and without a text."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from personas.models import Contact, Deal, DealContact, DealStage, Grant, Interaction
from personas.reading import history_of
from salesintel.accounts.models import User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def happened(contact: Contact, **fields: Any) -> Interaction:
    return Interaction.objects.create(
        **{"contact": contact, "owner": contact.owner, "type": "call", "occurred_at": NOON, **fields}
    )


def test_moments_come_the_earliest_first(contact: Contact) -> None:
    happened(contact, occurred_at=NOON + timedelta(hours=1), type="meeting")
    happened(contact)

    assert [moment.type for moment in history_of(contact).moments] == ["call", "meeting"]


def test_hours_are_the_contacts_or_else_the_owners(contact: Contact) -> None:
    assert history_of(contact).hours.zone.key == "Europe/Berlin"
    contact.time_zone = "Asia/Tokyo"
    assert history_of(contact).hours.zone.key == "Asia/Tokyo"


def test_a_deal_comes_with_its_stages(contact: Contact) -> None:
    deal = Deal.objects.create(owner=contact.owner, name="Renewal", opened_at=NOON, amount=Decimal(900))
    DealContact.objects.create(owner=contact.owner, deal=deal, contact=contact)
    for days, stage in ((9, "offer"), (1, "talks")):
        DealStage.objects.create(owner=contact.owner, deal=deal, stage=stage, entered_at=NOON + timedelta(days=days))

    (found,) = history_of(contact).deals

    assert [stage for stage, _ in found.stages] == ["talks", "offer"]
    assert found.parties == 1


def test_a_long_history_takes_as_many_queries_as_a_short_one(contact: Contact, django_assert_num_queries: Any) -> None:
    for minutes in range(30):
        happened(contact, occurred_at=NOON + timedelta(minutes=minutes), body="What they said.")

    with django_assert_num_queries(3):  # policy, interactions, deals
        assert len(history_of(contact).moments) == 30


def test_what_was_said_is_not_in_the_database_in_plain(contact: Contact) -> None:
    row = happened(contact, subject="Offer", body="The budget is gone.")

    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, body FROM personas_interaction")
        stored = cursor.fetchone()
    assert not {"Offer", "The budget is gone."} & set(stored)
    row.refresh_from_db()
    assert (row.subject, row.body) == ("Offer", "The budget is gone.")


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_granted_is_seen(contact: Contact, stranger: User, whole: bool) -> None:
    happened(contact)
    Grant.objects.create(owner=contact.owner, grantee=stranger, contact=None if whole else contact)

    assert list(Contact.objects.visible_to(stranger)) == [contact]
    assert Interaction.objects.visible_to(stranger).count() == 1
    assert not Interaction.objects.editable_by(stranger).exists()


def test_a_deal_is_seen_with_the_contact_on_it(contact: Contact, stranger: User) -> None:
    other = Contact.objects.create(owner=contact.owner, name="Ola Berg")
    for who in (contact, other):
        deal = Deal.objects.create(owner=contact.owner, name=f"For {who.name}", opened_at=NOON)
        DealContact.objects.create(owner=contact.owner, deal=deal, contact=who)
    Grant.objects.create(owner=contact.owner, grantee=stranger, contact=contact)

    assert [deal.name for deal in Deal.objects.visible_to(stranger)] == ["For Dana Whitfield"]


def test_a_stranger_sees_nothing(contact: Contact, stranger: User) -> None:
    happened(contact)

    for model in (Contact, Interaction, Deal):
        assert not model.objects.visible_to(stranger).exists()
