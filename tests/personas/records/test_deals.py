"""Deals keep the history of their stages, and are closed on a date or not at all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from personas import records
from personas.models import Contact, Deal, Product
from personas.records import DealGiven, Party, Refused
from salesintel.accounts.models import User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def save(owner: User, **fields: Any) -> Deal:
    given = DealGiven(**{"name": "Renewal", "external_id": "d1", "opened_at": NOON, **fields})
    return records.save_deal(owner=owner, given=given).row


def stages(deal: Deal) -> list[tuple[str, datetime]]:
    return list(deal.stages.order_by("entered_at").values_list("stage", "entered_at"))


def test_a_changed_stage_is_kept_beside_the_ones_before(rep: User) -> None:
    deal = save(rep, stage="talks")
    save(rep, stage="offer", stage_at=NOON + DAY)
    save(rep, stage="offer", stage_at=NOON + 2 * DAY)  # it was there already

    assert stages(deal) == [("talks", NOON), ("offer", NOON + DAY)]


def test_a_deal_that_is_won_is_closed_and_one_that_is_reopened_is_not(rep: User) -> None:
    assert save(rep, status="won", closed_at=NOON + DAY).closed_at == NOON + DAY
    assert save(rep, status="open").closed_at is None
    assert save(rep, status="lost").closed_at is not None


def test_contacts_and_products_are_the_ones_that_are_named(rep: User, contact: Contact) -> None:
    other = Contact.objects.create(owner=rep, name="Ola Berg")
    deal = save(rep, parties=(Party(contact=contact, role="decider"), Party(contact=other)), products=("Gate",))
    save(rep, parties=(Party(contact=contact, role="buyer"),), products=("Gate", "Wall"))

    assert list(deal.parties.values_list("contact", "role")) == [(contact.pk, "buyer")]
    assert {product.name for product in deal.products.all()} == {"Gate", "Wall"}
    assert Product.objects.count() == 2


def test_what_is_not_said_stays(rep: User, contact: Contact) -> None:
    deal = save(rep, amount=Decimal("900.00"), currency="eur", parties=(Party(contact=contact),))

    save(rep, name="Renewal 2026")

    deal.refresh_from_db()
    assert (deal.name, deal.amount, deal.currency) == ("Renewal 2026", Decimal("900.00"), "EUR")
    assert deal.parties.count() == 1


@pytest.mark.once
def test_what_cannot_be_is_refused_by_column(rep: User, stranger: User) -> None:
    theirs = Contact.objects.create(owner=stranger, name="Not ours")
    wrong: dict[str, dict[str, Any]] = {
        "status": {"status": "paused"},
        "currency": {"currency": "E1R"},
        "amount": {"amount": Decimal(-1)},
        "closed_at": {"status": "won", "closed_at": NOON - DAY},
        "contacts": {"parties": (Party(contact=theirs),)},
        "name": {"name": " "},
    }

    found = {}
    for column, fields in wrong.items():
        with pytest.raises(Refused) as refused:
            save(rep, **fields)
        found[column] = refused.value.field

    assert found == {column: column for column in wrong}
    assert not Deal.objects.exists()
