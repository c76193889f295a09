"""What of conversations goes: when they are old, when somebody in them is erased, when their owner leaves."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import conversation, leaving
from chat.following import catch_up
from chat.models import ChatEvent, ChatFeedback, ChatMessage, ChatPolicy, ChatSession, ChatTurn
from chat.retention import BATCH, ConversationPruner
from enrichment.models import Company, ResearchRequest, WorkflowRun
from enrichment.people import known
from enrichment.people.optouts import Marks
from enrichment.workflow import erasing, holding
from enrichment.workflow.mentions import PIECE, Search, tables
from salesintel.accounts.models import User
from tests.driving import drive_on

HELD = (ChatSession, ChatTurn, ChatMessage, ChatEvent, ChatFeedback)


def talked(rep: User, days: float) -> ChatSession:
    """A conversation in which something was said last so many days ago."""
    session = conversation.open_session(rep)
    conversation.ask(session, "What can you do?")
    ChatSession.objects.filter(pk=session.pk).update(updated=timezone.now() - timedelta(days=days))
    return session


def prune() -> None:
    pruner = ConversationPruner()
    for _ in range(9):
        pruner.tick()


def words() -> str:
    """All that conversations hold, as the database has it."""
    return json.dumps([list(model.objects.values()) for model in HELD], default=str, ensure_ascii=False)


def test_what_is_older_than_the_policy_says_goes_and_the_admin_is_told(rep):
    ChatPolicy.objects.update(keep_days=30)
    old, young = talked(rep, 31), talked(rep, 29)

    prune()

    assert list(ChatSession.objects.all()) == [young]
    assert not ChatMessage.objects.filter(session=old.pk).exists()
    policy = ChatPolicy.objects.get()
    assert (policy.pruned, policy.pruned_at is not None) == (1, True)


def test_more_than_one_piece_goes_piece_by_piece(rep):
    ChatSession.objects.bulk_create(ChatSession(user=rep) for _ in range(BATCH + 1))
    ChatSession.objects.update(updated=timezone.now() - timedelta(days=400))
    pruner = ConversationPruner()

    left = [(pruner.tick(), ChatSession.objects.count())[1] for _ in range(3)]

    assert left == [1, 0, 0]
    assert ChatPolicy.objects.get().pruned == BATCH + 1


def test_a_blank_keeps_them_for_ever_and_nought_is_refused(rep):
    ChatPolicy.objects.update(keep_days=None)
    talked(rep, 4_000)

    prune()

    assert ChatSession.objects.count() == 1
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        ChatPolicy(keep_days=0).full_clean()


@pytest.fixture
def told(session):
    """A conversation about Acme's people, and one of them."""
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    drive_on()
    catch_up(session.pk)
    conversation.ask(session, "Who should I talk to?")
    person = next(each for each in known.at(Company.objects.get(domain="acmecorp.com")) if each.name in words())
    question = conversation.ask(session, f"Why do you say that of {person.name}?")
    conversation.ask(session, f"I rather write to {person.texts('emails')[0] if person.texts('emails') else 'them'}")
    ChatSession.objects.filter(pk=session.pk).update(title=f"Call with {person.name}")
    answer = ChatMessage.objects.filter(type="assistant").latest("created")
    ChatFeedback.objects.create(message=answer, value=-1, why=f"{person.name} left in May.")
    ChatTurn.objects.filter(pk=question.pk).update(slots={"about": [person.name.casefold()]})
    return person


def test_who_is_erased_is_in_no_conversation_any_more_deleted_ones_included(told, rep):
    gone = conversation.open_session(rep, title=f"About {told.name}")
    leaving.delete(gone)
    assert words().casefold().count(told.name.casefold()) > 4

    erasing.erase(told)

    assert told.name.casefold() not in words().casefold()
    for mark in told.texts("profile_url"):
        assert mark not in words()
    assert "[erased]" in ChatMessage.objects.filter(type="user", content__contains="[erased]")[0].content


def test_what_is_held_on_somebody_tells_conversations_about_their_company_alone(told, rep):
    other = conversation.open_session(rep)
    namesake = ChatMessage.objects.create(session=other, type="user", content=f"My friend {told.name} says hello.")

    found = holding.held(told)

    rows = {part["row"] for part in found if part["table"] == "chat.ChatMessage"}
    assert rows
    assert str(namesake.pk) not in rows


def test_who_leaves_takes_their_conversations_along_and_nothing_of_the_research(session, rep):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    run = ResearchRequest.objects.get(chat_follows__session=session).run_id

    rep.delete()

    assert [model.objects.count() for model in HELD] == [0] * len(HELD)
    assert WorkflowRun.objects.filter(pk=run).exists()


@pytest.mark.parametrize("whole", [False, True], ids=["to erase", "to export"])
def test_a_hundred_messages_are_read_at_once_and_those_that_name_somebody_found_among_more(db, whole):
    session = ChatSession.objects.create(user=User.objects.create_user("writer"))
    said = [f"Jane Doe says {place}" if place % 90 == 0 else "Nothing." for place in range(2 * PIECE + 30)]
    ChatMessage.objects.bulk_create(ChatMessage(session=session, type="user", content=text) for text in said)
    [columns] = [each for each in tables() if each[0].model == "chat.ChatMessage"]

    with CaptureQueriesContext(connection) as asked:
        found = [
            each.row.content
            for each in Search(None, Marks(names=("Jane Doe",), companies=("acme.example",))).rows(columns, whole=whole)
        ]

    assert sorted(found) == sorted(text for text in said if "Jane" in text)
    assert len([each for each in asked if "chat_chatmessage" in each["sql"]]) == 4
