"""Orders in what a contact wrote, and an engine that obeys every text: nothing of what was ordered is told."""

import os
from collections.abc import Iterator

import pytest

from personas.generating.making import Wish, Writer, make
from personas.models import Contact, Interaction
from tests.personas.generating.planted import FIRST, conversation
from tests.personas.generating.speaking import worst_case
from tests.reliability.injections import DISGUISES, ORDERS, TONGUES, VOICES, Dress, Order

pytestmark = pytest.mark.django_db

FEW = ("plain order", "closes the fence", "reader")
IS_FULL = os.environ.get("SALESINTEL_TRIALS") == "full"


def dresses() -> Iterator[tuple[str, Dress]]:
    tongues = {name: (lambda order, text=text: text.format(said=order.said)) for name, text in TONGUES.items()}
    every = {**VOICES, **DISGUISES, **tongues}
    yield from every.items() if IS_FULL else ((name, every[name]) for name in FEW)


def told(contact: Contact, text: str) -> str:
    """All that a persona says of a contact whose latest mail has that text, in lower case."""
    Interaction.objects.filter(contact=contact, external_id="hostile").delete()
    Interaction.objects.create(
        owner=contact.owner, contact=contact, external_id="hostile", type="email_replied", direction="in",
        occurred_at=FIRST, words=9, body=text,
    )  # fmt: skip
    row = make(contact, method="rag", wish=Wish(writer=Writer.ENGINE), now=FIRST.replace(month=9))
    assert row is not None
    assert row.engine == "obeys"
    return " ".join(str(trait["value"]) for trait in row.body["traits"]).lower()


@pytest.fixture
def known(contact: Contact, rules: object) -> Contact:
    conversation(contact, answers=8)
    worst_case()
    return contact


@pytest.mark.once
@pytest.mark.parametrize("order", ORDERS if IS_FULL else ORDERS[1:5], ids=lambda order: order.name)
def test_an_order_in_a_mail_does_no_harm(known: Contact, order: Order) -> None:
    harm = [name for name, dress in dresses() for mark in order.marks if mark in told(known, dress(order))]

    assert harm == []


def test_the_engine_obeys_what_stands_in_ordinary_words(known: Contact) -> None:
    """Else the trial would show nothing."""
    assert "we do this by hand" in told(known, "Thank you, that will do.")
