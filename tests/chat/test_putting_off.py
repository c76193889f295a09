"""A question that had to wait until it was known whom it is about: asked again by itself, once, and by every way in."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from chat import conversation, leaving
from chat.following import catch_up
from chat.memory import Memory
from chat.models import ChatMessage, ChatPolicy, ChatSession, ChatTurn
from enrichment import door
from enrichment.models import Company, ResearchRequest
from tests import factories

pytestmark = pytest.mark.once

TECH = "What technology does Acme use?"
SELECT = ("select_customer", {"reference": "acmecorp.com"})


@pytest.fixture
def acme(house) -> Company:
    """A company of which people are known: who decides there is answered without buying."""
    acme = Company.objects.get(domain="acmecorp.com")
    factories.fact(acme, "decision_makers", value=[{"name": "Mark Yu", "title": "CISO"}])
    return acme


def waiting(session: ChatSession) -> str:
    return Memory.of(ChatSession.objects.get(pk=session.pk)).question


def asked_anew(session: ChatSession) -> list[ChatTurn]:
    return list(session.turns.filter(slots__has_key="after"))


def last(session: ChatSession) -> ChatMessage:
    return session.messages.filter(type="assistant").order_by("created", "pk").last()


@pytest.mark.parametrize("first", [TECH, "What technology do they use?"], ids=["several", "none"])
def test_a_question_is_asked_again_once_a_button_chose_its_company(session, first):
    asked = conversation.ask(session, first)

    conversation.act(session, *SELECT)

    [anew] = asked_anew(session)
    assert (anew.intent, anew.company.domain, anew.state) == ("technology_stack", "acmecorp.com", "waiting")
    assert anew.slots["of"] == str(asked.pk)
    assert last(session).content.startswith(f"You asked: “{first}”\n\n")
    assert waiting(session) == ""


def test_it_is_answered_when_the_research_is_over(session, acme):
    conversation.ask(session, "Who decides at Acme?")
    conversation.act(session, *SELECT)
    door.cancel(ChatSession.objects.get(pk=session.pk).research)

    catch_up(session.pk)

    [anew] = asked_anew(session)
    assert (anew.state, anew.found) == ("answered", "workflow")
    [told] = anew.messages.filter(metadata__found="workflow")
    assert told.content.startswith("You asked: “Who decides at Acme?”")


def test_an_unknown_company_s_domain_answers_it_and_a_wrong_one_keeps_it_waiting(session):
    conversation.ask(session, "What technology does Quillhaven use?")

    conversation.ask(session, "nothing.invalid")
    kept = waiting(session)
    conversation.ask(session, "quillhaven.io")

    assert kept
    assert [turn.company.domain for turn in asked_anew(session)] == ["quillhaven.io"]


@pytest.mark.parametrize("name", ["Acme Industries", "acme-ind.com", "the one at acme-ind.com"])
def test_whoever_types_the_company_instead_of_pressing_it_is_answered_too(session, name):
    conversation.ask(session, "What technology do they use?")

    turn = conversation.ask(session, name)
    for button in last(session).actions if turn.state == "asking" else ():
        if button["action"] == "select_customer":
            conversation.act(session, button["action"], button["payload"])

    assert [turn.company.domain for turn in asked_anew(session)] == ["acme-ind.com"]


def test_the_button_of_a_question_waits_like_its_words(session, acme):
    conversation.act(session, "explore_contacts", {})

    conversation.act(session, *SELECT)

    assert [turn.intent for turn in asked_anew(session)] == ["decision_makers"]


@pytest.mark.parametrize(
    "between",
    [
        lambda session: conversation.ask(session, "What can you do?"),
        lambda session: conversation.ask(session, "stop"),
        conversation.stop,
        leaving.delete,
    ],
    ids=["another question", "stop, in words", "the stop button", "deleted"],
)
def test_it_is_forgotten(session, between):
    conversation.ask(session, TECH)
    before = waiting(session)

    between(session)

    assert (bool(before), waiting(session)) == (True, "")


def test_of_two_questions_the_later_is_asked_again(session):
    conversation.ask(session, TECH)
    later = conversation.ask(session, "Who decides at Acme?")

    conversation.act(session, *SELECT)

    assert [turn.slots["of"] for turn in asked_anew(session)] == [str(later.pk)]


def test_two_clicks_ask_it_once(session):
    conversation.ask(session, TECH)

    for _ in range(2):
        conversation.act(session, *SELECT)

    assert len(asked_anew(session)) == 1


def test_beyond_the_caps_it_tells_its_price_and_buys_nothing(session):
    ChatPolicy.objects.update(question_cap=Decimal(0), session_cap=Decimal(0))
    conversation.ask(session, TECH)

    conversation.act(session, *SELECT)

    [anew] = asked_anew(session)
    assert anew.state == "asking"
    assert "confirm_query" in {each["action"] for each in last(session).actions}
    assert not ResearchRequest.objects.exclude(consumer="vendor_context").exists()


def test_what_asks_for_no_data_is_not_asked_again(session):
    conversation.ask(session, "Help me prepare for my meeting with Acme")

    conversation.act(session, *SELECT)

    assert asked_anew(session) == []


def test_a_process_that_dies_after_the_choice_leaves_it_to_another(session, acme):
    asked = conversation.ask(session, "Who decides there?")
    slots = {"of": str(asked.pk), "after": str(asked.pk), "about": []}
    left = ChatTurn.objects.create(
        session=session, company=acme, intent="decision_makers", slots=slots, state=ChatTurn.State.WAITING
    )

    conversation.take_up(left)

    assert left.messages.get().content.startswith("You asked: “Who decides there?”")


def test_over_rest_the_choice_s_response_holds_its_answer(session):
    program = Client()
    program.force_login(session.user)
    url = f"/api/v1/chat/sessions/{session.pk}/messages"

    def post(**body):
        return program.post(url, json.dumps(body), content_type="application/json").json()

    first = post(question=TECH)
    chosen = post(action=SELECT[0], payload=SELECT[1])

    assert (first["status"], first["waited"]) == ("asking", None)
    assert chosen["waited"]["intent"] == "technology_stack"
    assert chosen["waited"]["messages"][0]["content"].startswith(f"You asked: “{TECH}”")
