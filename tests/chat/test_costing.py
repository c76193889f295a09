"""What a conversation has cost, by what it was for; and the price of what is yet to be known."""

from decimal import Decimal

import pytest

from chat import conversation
from chat.choosing import ask_of, follow, own_key
from chat.costing import is_ahead
from chat.models import ChatMessage, ChatPolicy
from chat.money import usd
from enrichment import door
from enrichment.models import Company, ResearchRequest


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("What would this cost?", True),
        ("What would it cost to know more?", True),
        ("How much will you spend?", True),
        ("What's it going to cost?", True),
        ("What has this cost so far?", False),
        ("What did that cost?", False),
        ("How much have you already paid, and will you tell me?", False),
        ("", False),
    ],
)
def test_what_is_to_come_is_told_from_what_was_paid(text, ahead):
    assert is_ahead(text) is ahead


def last(session) -> ChatMessage:
    return ChatMessage.objects.filter(session=session, type="assistant").latest("created")


def test_the_price_of_a_preparation_is_told_with_its_button_and_nothing_is_bought(session):
    conversation.talk_of(session, "acmecorp.com")

    conversation.ask(session, "What would it cost to know more?")

    acme = Company.objects.get(domain="acmecorp.com")
    price = door.outlook(ask_of(session, acme, consumer=door.CONVERSATION), by=session.user)
    said = last(session)
    assert f"about {usd(price.expected)}, at most {usd(price.worst)}" in said.content
    payload = {"reference": "acmecorp.com", "maxCost": str(price.worst)}
    assert [(each["action"], each["payload"]) for each in said.actions] == [("confirm_research", payload)]
    assert not ResearchRequest.objects.exists()


def test_after_an_answer_what_that_lacks_has_a_price_and_a_button_of_its_own(session):
    conversation.talk_of(session, "acmecorp.com")
    ChatPolicy.objects.update(question_cap=Decimal(0))
    asked = conversation.ask(session, "Who makes the decisions?")

    conversation.ask(session, "What would this cost?")

    said, lacks = last(session), asked.messages.get(type="assistant").metadata["missing"]
    assert lacks[0]["label"].lower() in said.content.partition(" costs")[0]
    assert said.actions[0]["action"] == "confirm_query"
    assert said.actions[0]["payload"]["turn"] == str(asked.pk)
    assert not ResearchRequest.objects.exists()


def test_without_a_company_it_asks_for_one(session):
    turn = conversation.ask(session, "What would this cost?")

    assert turn.state == "asking"
    assert "depends on the company" in last(session).content


def test_what_was_paid_is_told_by_what_it_was_for(session):
    conversation.talk_of(session, "acmecorp.com")
    asked = conversation.ask(session, "hello Acme *people*")
    acme = Company.objects.get(domain="acmecorp.com")
    for key, consumer, paid in (("x", door.CONVERSATION, "0.25"), (own_key(asked), "chat_people", "0.11")):
        follow(session, spent(session, acme, key, consumer, Decimal(paid)))

    conversation.ask(session, "What did this cost?")

    said = last(session).content
    assert "has cost $0.36 so far" in said
    assert "- $0.25 for the research on Acme Corp" in said
    assert "- $0.11 for the question “hello Acme \\*people\\*”" in said


def spent(session, company, key, consumer, paid):
    return ResearchRequest.objects.create(
        user=session.user, company=company, consumer=consumer, idempotency_key=key, spent=paid, status="answered"
    )
