"""Stopping in the very moment in which something begins; and odd words, which name nobody."""

import pytest

from chat import choosing, conversation
from chat.models import ChatSession, ChatTurn
from chat.putting_off import question_after
from chat.taking import settle_now, taken, whole
from enrichment.models import Company, ResearchRequest
from tests import factories

pytestmark = pytest.mark.once


def begun(session: ChatSession, **values: object) -> ChatTurn:
    """A turn that was just taken: nothing has come of it yet."""
    turn, _is_new = taken(session, "Who decides at Acme?", None)
    ChatTurn.objects.filter(pk=turn.pk).update(**values)
    return whole(turn.pk)


def open_requests(session: ChatSession) -> list[ResearchRequest]:
    return list(ResearchRequest.objects.attached().filter(chat_follows__session=session))


def test_who_stops_while_a_choice_is_taken_pays_for_no_research(session):
    turn = begun(session)
    conversation.stop(session)

    choosing.choose(session, Company.objects.get(domain="acmecorp.com"), turn)

    request = ResearchRequest.objects.get(consumer="customer_intelligence")
    assert request.status == ResearchRequest.Status.CANCELLED
    assert open_requests(session) == []
    assert session.messages.filter(type="assistant").count() == 0


def test_who_stops_while_a_question_is_taken_pays_for_no_query(session):
    conversation.talk_of(session, "acmecorp.com")
    turn = begun(session, intent="technology_stack", company=session.company)
    conversation.stop(session)

    settle_now(turn)

    assert ResearchRequest.objects.filter(consumer="chat_technology").values_list("status", flat=True)[0] == "cancelled"
    assert open_requests(session) == []


def test_stop_in_words_is_answered_itself(session):
    begun(session)

    turn = conversation.ask(session, "stop")

    assert (turn.state, turn.messages.filter(type="assistant").count()) == ("answered", 1)
    assert session.turns.filter(state="stopped").count() == 1


def test_what_nobody_sees_is_no_question(session):
    with pytest.raises(conversation.Refused):
        conversation.ask(session, "\u200b\u202e \u2060")

    assert not session.turns.exists()


def test_a_domain_that_was_not_known_is_nobody_s_name(session):
    conversation.ask(session, "quillhaven.invalid")
    conversation.ask(session, "quillhaven.io")

    assert Company.objects.get(domain="quillhaven.io").name == "quillhaven.io"


def test_names_of_any_length_and_direction_are_chosen_and_answered(session):
    factories.company("W" * 180, "w.example")
    factories.company("شركة الاختبار", "rtl.example")
    for domain in ("w.example", "rtl.example"):
        talk = conversation.open_session(session.user)
        conversation.ask(talk, "Who decides there?")
        turn = conversation.act(talk, "select_customer", {"reference": domain})

        anew = question_after(turn)
        assert anew is not None
        assert anew.company.domain == domain
