"""The seven steps of the document, without a client: what is said, in which order, and what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import conversation, intents
from chat.following import catch_up
from chat.memory import context_of
from chat.models import ChatEvent, ChatMessage, ChatPolicy, ChatSession, ChatTurn
from chat.settling import Question, where
from chat.slots import about_of, span_of
from enrichment.models import Company, ResearchRequest
from tests import factories
from tests.driving import drive_on


def said(session: ChatSession) -> list[ChatMessage]:
    return list(session.messages.filter(type="assistant"))


def test_several_companies_are_offered_as_actions(session):
    conversation.ask(session, "Help me prepare for my meeting with Acme")

    [message] = said(session)
    assert {each["action"] for each in message.actions} == {"select_customer", "add_company"}
    assert any(each["label"].startswith("Acme Corp (acmecorp.com)") for each in message.actions)


def test_a_candidate_tells_who_it_is_and_how_old_that_is(session):
    acme = Company.objects.get(domain="acmecorp.com")
    factories.fact(acme, "industry", value="Financial technology")

    conversation.ask(session, "Help me prepare for my meeting with Acme")

    [message] = said(session)
    payload = next(each["payload"] for each in message.actions if each["payload"].get("domain") == "acmecorp.com")
    assert (payload["name"], payload["industry"]) == ("Acme Corp", "Financial technology")
    assert payload["freshness"].keys() == {"observedAt", "ageSeconds"}


def test_choosing_begins_the_research_and_tells_what_is_known(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})

    started, overview = said(session)
    assert "Researching Acme Corp" in started.content
    assert [each["action"] for each in overview.actions] == [
        "explore_company_details",
        "explore_contacts",
        "explore_technology",
        "wait_for_completion",
    ]
    assert ResearchRequest.objects.get(chat_follows__session=session).status == "attached"


def test_the_run_is_told_on_in_order_and_once(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    drive_on()

    catch_up(session.pk)
    catch_up(session.pk)

    numbers = list(ChatEvent.objects.filter(session=session).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    kinds = set(ChatEvent.objects.filter(session=session).values_list("type", flat=True))
    assert {"workflow_progress", "partial_results", "source_update", "question_response"} <= kinds
    assert "complete analysis of Acme Corp is ready" in said(session)[-1].content


def test_a_company_that_is_chosen_again_meanwhile_is_told_of_once(session):
    for _ in range(2):
        conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    drive_on()

    catch_up(session.pk)

    assert session.follows.filter(is_over=True).count() == 2
    assert sum("complete analysis of Acme Corp is ready" in message.content for message in said(session)) == 1


def test_a_question_is_answered_from_what_the_research_found(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    drive_on()
    catch_up(session.pk)

    turn = conversation.ask(session, "What's their technology stack?")

    assert (turn.state, turn.intent, turn.found) == ("answered", "technology_stack", "workflow")
    message = turn.messages.get(type="assistant")
    assert "AWS" in message.content
    assert all(each["evidence"] for each in message.metadata["statements"])


def test_what_another_conversation_s_research_found_was_known_already(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    acme = Company.objects.get(domain="acmecorp.com")
    for slug in intents.current().by_slug["decision_makers"].datasets:
        factories.fact(acme, slug, value=[{"name": "Mark Yu", "title": "CISO"}], observed_at=timezone.now())
    own = Question.of(ChatTurn.objects.create(session=whole(session), company=acme, intent="decision_makers"))
    other = conversation.open_session(session.user)
    conversation.act(other, "select_customer", {"reference": "acmecorp.com"})
    joined = Question.of(ChatTurn.objects.create(session=whole(other), company=acme, intent="decision_makers"))

    assert own.session.research.run_id == joined.session.research.run_id
    assert (where(own), where(joined)) == ("workflow", "cache")


def whole(session: ChatSession) -> ChatSession:
    return ChatSession.objects.get(pk=session.pk)


def test_a_question_in_mid_research_waits_for_it(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    turn = conversation.ask(session, "What's their technology stack?")
    assert turn.state == ChatTurn.State.WAITING

    drive_on()
    catch_up(session.pk)

    turn.refresh_from_db()
    assert (turn.state, turn.found) == ("answered", "workflow")


def test_what_nobody_researches_is_asked_for_alone(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    conversation.stop(session)
    turn = conversation.ask(session, "What's their technology stack?")
    assert turn.state == ChatTurn.State.WAITING, said(session)[-1].content

    drive_on()
    catch_up(session.pk)

    turn.refresh_from_db()
    assert (turn.state, turn.found) == ("answered", "query")
    assert turn.request.consumer == "chat_technology"


def test_what_is_sent_twice_is_asked_once(session):
    first = conversation.ask(session, "Help me prepare for my meeting with Acme", client_id="a")
    second = conversation.ask(session, "Help me prepare for my meeting with Acme", client_id="a")

    assert first == second
    assert session.messages.count() == 2


def test_one_name_for_two_questions_is_refused(session):
    conversation.ask(session, "Help me prepare for my meeting with Acme", client_id="a")

    with pytest.raises(conversation.Refused) as refused:
        conversation.ask(session, "Who decides there?", client_id="a")

    assert refused.value.field == "clientId"


@pytest.mark.parametrize(("text", "field"), [("", "question"), ("x" * 2_001, "question")])
def test_what_is_no_question_is_refused(session, text, field):
    with pytest.raises(conversation.Refused) as refused:
        conversation.ask(session, text)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"name": "half \ud800 a character"}, id="half a character"),
        pytest.param({"name": {"deep": ["NUL \0"]}}, id="NUL"),
        pytest.param({"name": float("nan")}, id="NaN"),
        pytest.param({"name": "x" * 10_000}, id="long"),
    ],
)
def test_a_payload_that_no_button_has_is_refused(session, payload):
    with pytest.raises(conversation.Refused) as refused:
        conversation.act(session, "add_company", payload)

    assert refused.value.field == "payload"
    assert not session.turns.exists()


@pytest.mark.parametrize("about", [5, None, "who", {"a": 1}, [["x"], 7]], ids=str)
def test_a_button_says_what_it_is_about_in_a_list_of_words_or_not_at_all(session, about):
    turn = conversation.act(session, "explore_contacts", {"about": about})

    assert (turn.state, turn.slots["about"]) == ("asking", [])


def test_leave_to_spend_is_told_in_money(session):
    asked = conversation.ask(session, "Help me prepare for my meeting with Acme")

    pressed = conversation.act(session, "confirm_query", {"turn": str(asked.pk), "maxCost": "1E-999999"})

    assert pressed.messages.get(type="user").content == "Find out, up to $0.00"


def test_what_is_confirmed_is_asked_with_all_that_it_singled_out(session):
    ChatPolicy.objects.update(question_cap="0", session_cap="0")
    conversation.talk_of(session, "acmecorp.com")
    asked = conversation.ask(session, "Any news about AWS since March?")
    button = next(each for each in said(session)[-1].actions if each["action"] == "confirm_query")

    confirmed = conversation.act(session, button["action"], button["payload"])
    again = conversation.act(session, button["action"], button["payload"] | {"turn": str(confirmed.pk)})

    for turn in (confirmed, again):
        question = Question.of(turn)
        assert (question.about, question.span) == (about_of(asked), span_of(asked))
        assert question.span is not None
        assert question.words == "Any news about AWS since March?"
        assert turn.slots["pressed"]["action"] == "confirm_query"


def test_a_time_is_of_the_asker_s_day(session):
    session.user.time_zone = "Pacific/Kiritimati"  # a day ahead of Pago Pago's at every hour
    ahead = context_of(session).today
    session.user.time_zone = "Pacific/Pago_Pago"

    assert ahead - context_of(session).today == timedelta(days=1)
