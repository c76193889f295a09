"""Conversations that nobody looks at, and questions whose process died."""

import threading
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from chat import conversation
from chat.attending import attend
from chat.chores import Attendant
from chat.models import ChatMessage, ChatTurn
from chat.saying import Saying
from chat.taking import say_once, taken
from enrichment.models import ResearchRequest
from tests.driving import drive_on
from tests.reliability import work
from tests.reliability.crew import Crew


@pytest.fixture
def crew(house):
    with Crew.hired(house.url) as crew:
        yield crew


def answers(session) -> list[str]:
    rows = session.messages.filter(type=ChatMessage.Type.ASSISTANT).order_by("created", "pk")
    return list(rows.values_list("content", flat=True))


def left(session) -> ChatTurn:
    """The session's only turn, as if its process had died two minutes ago."""
    session.turns.update(asked=timezone.now() - timedelta(minutes=2))
    return session.turns.get()


def test_a_closed_laptop_finds_its_research_told_to_the_end(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    drive_on()

    assert attend() == 1

    assert "complete analysis of Acme Corp is ready" in answers(session)[-1]
    assert attend() == 0


def test_a_question_whose_process_died_is_answered(session, crew):
    died = crew.start(work.ask_in_chat, session.pk, "What can you do?", kill="after_take")
    died.join(60)
    turn = left(session)
    assert (died.exitcode, turn.state, answers(session)) == (-9, "waiting", [])

    attend()

    turn.refresh_from_db()
    assert (turn.state, turn.intent, len(answers(session))) == ("answered", "help", 1)


def test_a_button_whose_process_died_is_pressed(session, crew):
    given = ("select_customer", {"reference": "acmecorp.com", "maxCost": "0.9"})
    crew.start(work.press_in_chat, session.pk, *given, kill="after_take").join(60)
    left(session)

    attend()

    assert "Researching Acme Corp" in answers(session)[0]
    assert ResearchRequest.objects.get(chat_follows__session=session).cap <= Decimal("0.9")


def test_a_question_that_was_just_asked_is_left_to_whoever_took_it(session):
    taken(session, "What can you do?", None)

    assert attend() == 0
    assert answers(session) == []


def test_who_comes_second_says_nothing(session):
    turn, _ = taken(session, "What can you do?", None)
    left(session)
    together = threading.Barrier(3)

    def answer(how) -> None:
        together.wait(10)
        try:
            how()
        finally:
            connection.close()

    late = partial(conversation.take_up, turn)  # the process was slow, not dead
    threads = [threading.Thread(target=answer, args=[how]) for how in (attend, attend, late)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]

    assert len(answers(session)) == 1


def test_what_was_told_and_not_answered_before_a_death_is_answered(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    turn = conversation.ask(session, "What's their technology stack?")
    drive_on()
    attend()
    ChatTurn.objects.filter(pk=turn.pk).update(state=ChatTurn.State.WAITING, answered=None)
    said = len(answers(session))

    attend()

    turn.refresh_from_db()
    assert (turn.state, len(answers(session))) == ("answered", said + 1)


def test_a_question_that_nobody_gets_through_ends_with_words(session):
    taken(session, "What can you do?", None)
    session.turns.update(asked=timezone.now() - timedelta(minutes=15))

    attend()

    assert session.turns.get().state == ChatTurn.State.FAILED
    assert "ask it again" in answers(session)[0]


def test_a_question_that_is_being_understood_is_not_settled_by_news_of_the_research(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    turn, _ = taken(session, "What's their technology stack?", None)
    drive_on()

    attend()

    turn.refresh_from_db()
    assert turn.state == ChatTurn.State.WAITING
    say_once(turn, Saying(content="Here it is."))
    assert answers(session)[-1] == "Here it is."


def test_a_bell_rings_only_where_something_waits(session):
    assert not Attendant().tick()
    taken(session, "What can you do?", None)
    left(session)

    assert [Attendant().tick(), OrmQ.objects.count()] == [True, 1]
