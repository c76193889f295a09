"""Dialogues of several turns: what follow-ups keep, what names mean, and that nobody's research begins unasked."""

import random

import pytest

from chat import conversation, intents
from chat.choosing import choose
from chat.models import ChatMessage, ChatSession, ChatTurn
from chat.slots import about_of, span_of
from enrichment import door
from enrichment.models import Company, ResearchRequest
from tests import factories

pytestmark = pytest.mark.once


@pytest.fixture
def acme(house) -> Company:
    """A company whose people, places and news are known, so that nothing has to be bought for many questions."""
    acme = Company.objects.get(domain="acmecorp.com")
    factories.fact(acme, "decision_makers", value=[{"name": "Mark Yu", "title": "CISO"}])
    factories.fact(acme, "hiring_trends", value=[{"title": "Engineer", "location": "Berlin", "date": "2026-11-01"}])
    return acme


@pytest.fixture
def talk(session, acme) -> ChatSession:
    """A conversation of Acme, whose research nobody asked for."""
    conversation.talk_of(session, "acmecorp.com")
    return session


def turns(session: ChatSession, *texts: str) -> list[ChatTurn]:
    return [conversation.ask(ChatSession.objects.get(pk=session.pk), text) for text in texts]


def told(turn: ChatTurn) -> ChatMessage:
    return turn.messages.filter(type="assistant").order_by("-created")[0]


def bought(session: ChatSession) -> list[tuple[str, str]]:
    rows = ResearchRequest.objects.filter(chat_follows__session=session).order_by("created")
    return list(rows.values_list("company__domain", "consumer"))


# --- Follow-ups -------------------------------------------------------------------------------------------------------


def test_a_dialogue_keeps_its_company_intent_and_time(talk):
    asked = turns(
        talk,
        "Any news since March?",
        "what about hiring?",
        "and in Berlin?",
        "and the CFO?",
        "who else?",
        "and their news?",
    )

    assert [turn.intent for turn in asked] == [
        "funding_news",
        "hiring_patterns",
        "hiring_patterns",
        "decision_makers",
        "decision_makers",
        "funding_news",
    ]
    assert {turn.company.domain for turn in asked} == {"acmecorp.com"}
    assert [about_of(turn) for turn in asked] == [(), (), ("berlin",), ("cfo",), (), ()]
    assert [span_of(turn).words if span_of(turn) else "" for turn in asked][:3] == ["since march"] * 3


def test_the_same_for_another_company_asks_the_same_of_it(talk):
    factories.company("Globex", "globex.com")
    first, second, third = turns(
        talk, "Are they hiring in the past two weeks?", "same for Globex", "and their competitors?"
    )

    assert (second.intent, second.company.name) == ("hiring_patterns", "Globex")
    assert span_of(second) == span_of(first)
    assert (third.intent, third.company.name) == ("competitors", "Globex")
    assert "customer_intelligence" not in {consumer for _, consumer in bought(talk)}


def test_an_overview_is_of_the_company_that_is_named(talk):
    factories.company("Quillhaven", "quillhaven.io")

    [turn] = turns(talk, "Tell me about Quillhaven")

    assert (turn.intent, turn.company.name) == ("company_overview", "Quillhaven")


# --- Names that are no company's --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent", "about"),
    [
        ("What about Mark Yu?", "decision_makers", ("mark yu",)),
        ("Are they hiring in Berlin?", "hiring_patterns", ("berlin",)),
        ("How does Lifecycle Management fit?", "vendor_fit", ("lifecycle management",)),
    ],
)
def test_a_name_at_the_company_narrows_the_question(talk, text, intent, about):
    factories.fact(talk.vendor, "products", value=[{"name": "Lifecycle Management"}])
    factories.company("Berlin", "berlin.example")

    [turn] = turns(talk, text)

    assert (turn.intent, turn.company.domain, about_of(turn)) == (intent, "acmecorp.com", about)


def test_one_s_own_vendor_is_no_customer(session):
    [turn] = turns(session, "Okta")

    assert turn.state == ChatTurn.State.ASKING
    assert told(turn).content == "Okta is whom you sell for. Which company are you meeting with?"
    assert [each["payload"].get("domain") for each in told(turn).actions] == ["okta.com"]
    assert not bought(session)


def test_the_vendor_is_asked_about_in_mid_conversation(talk):
    fit, about, prepare = turns(talk, "What about Okta?", "Who are Okta's competitors?", "Prepare me for okta.com")

    assert (fit.intent, fit.company.domain) == ("vendor_fit", "acmecorp.com")
    for turn in (about, prepare):
        assert "whom you sell for. Did you mean:" in told(turn).content
        assert [each["id"] for each in told(turn).actions][:2] == ["vendor_fit", "current_vendor_use"]


@pytest.mark.parametrize("name", ["Berlin", "Priya Raman", "Budget", "Kubernetes"])
def test_a_company_of_an_ordinary_name_is_asked_for_with_buttons(session, name):
    company = factories.company(name, "its.example")

    [turn] = turns(session, name)

    assert turn.state == ChatTurn.State.ASKING
    assert told(turn).actions[0]["payload"]["id"] == company.pk
    assert not bought(session)


def test_a_stranger_whose_name_a_company_bears_is_asked_for(talk):
    company = factories.company("Charles Schwab", "schwab.example")

    [turn] = turns(talk, "What about Charles Schwab?")
    here = next(each for each in told(turn).actions if each["id"] == "here")
    pressed = conversation.act(talk, here["action"], here["payload"])

    assert told(turn).actions[0]["payload"]["id"] == company.pk
    assert (pressed.intent, about_of(pressed)) == ("decision_makers", ("charles schwab",))


def test_a_company_that_is_only_talked_of_is_prepared_for_once_that_is_confirmed(talk):
    [turn] = turns(talk, "Help me prepare for the meeting")
    confirm = told(turn).actions[0]
    before = bought(talk)

    conversation.act(talk, confirm["action"], confirm["payload"])

    assert (turn.state, before) == (ChatTurn.State.ASKING, [])
    assert "A complete preparation on Acme Corp costs about" in told(turn).content
    assert bought(talk) == [("acmecorp.com", "customer_intelligence")]


def test_the_whole_report_is_of_the_company_in_talk(talk):
    choose(talk, talk.company, ChatTurn.objects.create(session=talk, state=ChatTurn.State.WAITING))
    factories.company("Globex", "globex.com")
    conversation.talk_of(talk, "globex.com")

    [turn] = turns(talk, "Give me the complete analysis")

    assert "A complete preparation on Globex costs about" in told(turn).content


def test_a_question_of_no_company_asks_of_which(session):
    [turn] = turns(session, "What technology do they use?")

    assert told(turn).content == "Which company is it about?"


# --- Whatever is said -------------------------------------------------------------------------------------------------

NAMES = (
    "Berlin",
    "Mark Yu",
    "Budget",
    "Kubernetes",
    "Okta",
    "okta.com",
    "Lifecycle Management",
    "Charles Schwab",
)
SAID = (
    "{}",
    "{}?",
    "what about {}?",
    "tell me about {}",
    "and {}?",
    "same for {}",
    "how big is {}",
    "news about {} since March",
    "research {}",
    "does {} decide?",
    "yes",
    "ok do it",
    "go on",
    "the whole report",
    "prepare me",
    "who else?",
    "and their hiring?",
    "why?",
    "stop",
    "🤷 {}",
    "\u202e{}\u202c\t\x07",
    "مرحبا {}",
    "{0} {0} {0} {0} {0} {0} {0} {0}",
)


@pytest.mark.parametrize("seed", range(3))
def test_no_dialogue_begins_research_that_nobody_selected_or_confirmed(session, acme, seed):
    chance = random.Random(seed)
    for place, name in enumerate(NAMES):
        if door.whom(name).company is None:
            factories.company(name, f"of{place}.example")
    if seed:
        conversation.talk_of(session, "acmecorp.com")

    for _ in range(12):
        turns(session, chance.choice(SAID).format(chance.choice(NAMES)))

    requests = ResearchRequest.objects.filter(user=session.user).values_list("company__domain", "consumer")
    assert door.CONVERSATION not in {consumer for _, consumer in requests}
    assert {domain for domain, _ in requests} <= ({"acmecorp.com"} if seed else set())
    assert session.turns.count() == 12


def test_intents_offered_for_the_vendor_are_there(house):
    assert all(intents.current().get(slug) for slug in ("vendor_fit", "current_vendor_use", "talking_points"))
