"""Several questions at once: each answer names its question, and exports leave out what was said meanwhile."""

import pytest
from django.test import Client
from django.utils import timezone

from chat.answering.model import Action
from chat.exporting import as_json, as_markdown, to_read
from chat.models import ChatSession, ChatTurn
from chat.saying import MEANWHILE, Saying, hear, say
from salesintel.accounts.models import User


@pytest.fixture
def talk(db):
    owner = User.objects.create_user("asker", "asker@example.com", "correct horse")
    return ChatSession.objects.create(user=owner, title="Before the call")


def ask(talk, text):
    turn = ChatTurn.objects.create(session=talk, state=ChatTurn.State.WAITING)
    hear(talk, text, turn=turn, at=timezone.now())
    return turn


def answer(turn, content, step="answer", **more):
    say(turn.session, [Saying(content=content, step=step, **more)], turn=turn, at=timezone.now())
    if step != MEANWHILE:
        ChatTurn.objects.filter(pk=turn.pk).update(state=ChatTurn.State.ANSWERED)


def page(talk):
    browser = Client()
    browser.force_login(talk.user)
    return browser.get(f"/chat/{talk.pk}/").content.decode()


def test_an_answer_that_does_not_follow_its_question_begins_with_it(talk):
    first, second = ask(talk, "Who runs <security>?"), ask(talk, "Any news?")
    answer(first, "Renata does.")
    answer(second, "None.")
    third = ask(talk, "Anybody else?")
    answer(third, "Nobody.")

    shown = page(talk)

    question = first.messages.get(type="user")
    assert f'<a href="#m-{question.pk}">To “Who runs &lt;security&gt;?”</a>' in shown
    assert "To “Any news?”" in shown
    assert "To “Anybody else?”" not in shown


def test_an_export_to_read_leaves_it_out_and_json_keeps_it(talk):
    done, waits = ask(talk, "Any news?"), ask(talk, "Who decides?")
    answer(done, "I look that up now.", MEANWHILE)
    answer(waits, "I ask for it.", MEANWHILE)
    answer(done, "None.")

    told = [each["content"] for each in to_read(talk)["messages"]]

    assert told == ["Any news?", "Who decides?", "I ask for it.", "None."]
    assert "look that up" not in as_markdown(talk)
    assert len(as_json(talk)["messages"]) == 5


def test_only_questions_to_ask_next_step_back_under_earlier_answers(talk):
    turn = ask(talk, "Any news?")
    actions = [
        Action(id="a", label="Ask on", action="ask", payload={"intent": "hiring_patterns"}),
        Action(id="b", label="Yes", action="confirm_query", payload={"turn": "x", "maxCost": "1"}),
    ]
    answer(turn, "None.", actions=actions)

    shown = page(talk)

    assert '<button class="chip chip--next" name="press" value="0">Ask on</button>' in shown
    assert '<button class="chip" name="press" value="1">Yes</button>' in shown
