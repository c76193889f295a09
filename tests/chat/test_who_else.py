"""“Who else?”: what was not said yet of what was asked before, or that there is no more; never another question."""

import pytest

from chat import conversation
from chat.answering import answer, continued
from chat.answering.held import part
from chat.answering.model import Answer, Said
from chat.models import ChatMessage, ChatSession, ChatTurn
from chat.settling import settle
from chat.understanding.model import Context
from chat.understanding.recognise import understand
from enrichment import door
from enrichment.models import Company
from tests import factories
from tests.chat.answering.helds import held
from tests.chat.understanding.labelled import rules

RULES = rules()
ON = ("Who else?", "anyone else?", "more?", "and others?", "what else", "go on", "Any others?")
AFTER = ("hiring_patterns", "competitors", "decision_makers", "funding_news", "technology_stack", "vendor_fit")


@pytest.mark.parametrize("text", ON)
@pytest.mark.parametrize("intent", AFTER)
def test_it_goes_on_from_whatever_was_asked(text, intent):
    found = understand(text, RULES, Context(company="Acme Corp", vendor="Okta", intent=intent))

    assert (found.intent, found.is_sure, found.slots.goes_on) == (intent, True, True)


@pytest.mark.parametrize(
    ("text", "intent", "goes_on"),
    [
        ("Who else decides?", "decision_makers", True),
        ("Any other news?", "funding_news", True),
        ("Who else competes with them?", "competitors", True),
        ("Are there more than 100 employees?", "company_overview", False),
        ("Do they use anything else than Okta?", "current_vendor_use", False),
    ],
)
def test_a_question_of_its_own_goes_on_only_where_it_asks_for_others(text, intent, goes_on):
    found = understand(text, RULES, Context(company="Acme Corp", vendor="Okta", intent=intent))

    assert found.slots.goes_on is goes_on


def test_more_is_of_the_same_and_others_are_not():
    context = Context(company="Acme Corp", vendor="Okta", intent="hiring_patterns", about=("berlin",))

    more, others = (understand(text, RULES, context).slots.about for text in ("more", "any others?"))

    assert (more, others) == (("berlin",), ())


# --- What is left -----------------------------------------------------------------------------------------------------


def lines(*names: str) -> Answer:
    said = [Said(text=name, evidence=("e1",), dataset="competitors") for name in names]
    shown = part("", said, 2)
    assert shown is not None
    return Answer(opening="All:", parts=(shown,))


def told(*texts: str) -> list[dict[str, str]]:
    return [{"text": text} for text in texts]


def test_what_did_not_fit_comes_next_and_then_nothing():
    whole = lines("One", "Two", "Three")

    left = continued(whole, told("One", "Two"), "Acme")
    none = continued(whole, told("One", "Two", "Three"), "Acme")

    assert [each.text for each in left.said] == ["Three"]
    assert (none.said, none.opening) == ((), "There is no more that I hold of Acme on this.")


def test_whoever_was_named_in_other_words_or_at_another_age_was_told():
    whole = lines("Okta (seen 3 days ago)", "Ping (seen today)")

    left = continued(whole, told("Yes: Okta is named as a competitor of Acme."), "Acme")

    assert [each.text for each in left.said] == ["Ping (seen today)"]


@pytest.mark.parametrize("intent", [each for each in AFTER if each != "competitors"])  # of which these hold none
def test_of_a_whole_answer_nothing_is_said_twice_and_the_end_comes(intent):
    known = held()
    first = answer(intent, known)
    before = told(*(each.text for each in first.said))
    for _ in range(9):
        more = continued(answer(intent, known), before, "Acme")
        assert not {each.text for each in more.said} & {each["text"] for each in before}
        before += told(*(each.text for each in more.said))

    assert first.said
    assert more.is_empty


def test_more_technologies_than_a_line_has_are_told_next(monkeypatch):
    monkeypatch.setattr("chat.answering.technology.LINE", 1)
    first = answer("technology_stack", held())

    more = continued(first, told(*(each.text for each in first.said)), "Acme")

    assert any(", and " in each.text for each in first.said)
    assert more.said


# --- In a conversation ------------------------------------------------------------------------------------------------


@pytest.fixture
def talk(session) -> ChatSession:
    """Of a company with twelve open posts, of which eight are told at once; its research is over."""
    acme = Company.objects.get(domain="acmecorp.com")
    titles = [f"Engineer {letter}" for letter in "ABCDEFGHIJKL"]
    posts = [{"title": title, "location": "Berlin", "date": "2026-11-01"} for title in titles]
    found = factories.evidence(acme, title="Posts", text=". ".join(titles), kind="job")
    claims = [factories.claim(post, evidence=[found.pk]) for post in posts]
    factories.fact(acme, "hiring_trends", posts, claims=claims)
    conversation.talk_of(session, "acmecorp.com")
    return session


def say_it(talk: ChatSession, *texts: str) -> list[ChatTurn]:
    """Each question answered from what is held: what would be bought for it is called off."""
    turns = []
    for text in texts:
        turn = conversation.ask(ChatSession.objects.get(pk=talk.pk), text)
        if turn.request is not None:
            door.cancel(turn.request)
            settle(ChatTurn.objects.select_related("session__user").get(pk=turn.pk))
        turns.append(turn)
    return turns


def statements(turn: ChatTurn) -> set[str]:
    last = ChatMessage.objects.filter(turn=turn, type="assistant").latest("created")
    return {each["text"] for each in last.metadata["statements"]}


def test_after_hiring_who_else_tells_the_other_posts_and_then_that_there_are_none(talk):
    first, second, third = say_it(talk, "Are they hiring?", "Who else?", "more?")

    assert {first.intent, second.intent, third.intent} == {"hiring_patterns"}
    posts = [{each for each in statements(turn) if each.startswith("Engineer")} for turn in (first, second, third)]
    assert [len(each) for each in posts] == [8, 4, 0]
    assert not posts[0] & posts[1]
    said = ChatMessage.objects.filter(turn=third, type="assistant").latest("created").content
    assert said.startswith("There is no more that I hold of Acme Corp on this.")


def test_after_another_question_it_begins_anew(talk):
    say_it(talk, "Are they hiring?", "Any news?")

    [turn] = say_it(talk, "Are they hiring?")

    assert sum(each.startswith("Engineer") for each in statements(turn)) == 8


def test_after_a_choice_it_goes_on_from_the_overview(talk):
    conversation.act(talk, "select_customer", {"reference": "acmecorp.com"})
    conversation.stop(talk)

    else_, who = (conversation.ask(ChatSession.objects.get(pk=talk.pk), text) for text in ("what else?", "who else?"))

    assert (else_.intent, who.intent) == ("company_overview", "company_overview")
