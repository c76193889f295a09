"""What a whole preparation is said to cost, and what is said of one that was stopped."""

from decimal import Decimal

import pytest

from chat import conversation
from chat.choosing import ask_of
from chat.following import catch_up
from chat.models import ChatMessage
from chat.money import usd
from enrichment import door
from enrichment.models import Company, ResearchRequest
from enrichment.workflow.explaining import explain
from tests.chat.speaking import engine_at


def test_the_most_that_is_named_is_no_less_than_what_is_expected(session, ask):
    price = door.outlook(ask, by=session.user)

    assert 0 < price.expected <= price.worst


@pytest.fixture
def ask(session):
    return ask_of(session, Company.objects.get(domain="acmecorp.com"), consumer=door.CONVERSATION)


def test_the_most_allows_for_what_is_asked_where_an_answer_fails_and_for_the_vendor(session, ask):
    told = explain(ask, by=session.user)

    price = door.outlook(ask, by=session.user)

    assert told["vendorContext"]["worst"]["cost"] > 0
    assert float(price.worst) == pytest.approx(told["quote"]["worst"]["cost"])
    assert float(price.expected) == pytest.approx(told["quote"]["expected"]["cost"])


def test_an_engine_s_reading_is_part_of_the_price(session, ask):
    before = door.outlook(ask, by=session.user)
    row = engine_at("http://127.0.0.1:9/", price_in=Decimal(3), price_out=Decimal(15), max_tokens=8_000)

    price = door.outlook(ask, by=session.user)

    reading = (40_000 * row.price_in + 8_000 * row.price_out) / 1_000_000
    assert price.worst - before.worst == reading
    assert price.expected - before.expected == reading


def test_a_choice_may_cost_what_was_said_at_most(session, ask):
    price = door.outlook(ask, by=session.user)

    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})

    assert ResearchRequest.objects.get(consumer=door.CONVERSATION).cap == price.worst


def test_a_question_s_query_may_cost_what_was_said_at_most(session):
    conversation.talk_of(session, "acmecorp.com")

    conversation.ask(session, "What technology do they use?")

    asked = ResearchRequest.objects.exclude(consumer="vendor_context").get()
    said = ChatMessage.objects.filter(session=session, type="assistant").latest("created").content
    assert f"at most {usd(asked.cap)}" in said


def test_who_stops_the_research_is_told_so_and_of_no_fault(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    conversation.stop(session)

    catch_up(session.pk)

    last = ChatMessage.objects.filter(session=session).latest("created")
    assert last.content == "The research on Acme Corp was stopped. What was collected is kept: ask on."
    assert last.events.get().data == {"step": "complete", "status": "completed"}
