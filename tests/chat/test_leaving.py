"""A conversation that is begun once, deleted out of sight at once, brought back within ten minutes, or gone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chat import conversation, leaving
from chat.attending import attend
from chat.models import ChatFeedback, ChatMessage, ChatSession, ChatTurn
from chat.retention import Remover
from chat.saying import Saying, say
from chat.watching import marks
from enrichment.models import Company, ResearchRequest
from salesintel.accounts.models import User

API = "/api/v1/chat"


@pytest.fixture
def talker(db):
    return User.objects.create_superuser("talker", "t@example.com", "correct horse")


@pytest.fixture
def client(talker):
    browser = Client()
    browser.force_login(talker)
    return browser


@pytest.fixture
def talk(talker):
    session = ChatSession.objects.create(user=talker, title="Secret plan")
    turn = ChatTurn.objects.create(session=session)
    [message] = say(
        session, [Saying(content="Secret answer", metadata={"intent": "help"})], turn=turn, at=timezone.now()
    )
    ChatFeedback.objects.create(message=message, value=1, why="Secret reason")
    return session


def deleted(session: ChatSession, ago: timedelta = timedelta()) -> ChatSession:
    leaving.delete(session)
    ChatSession.objects.filter(pk=session.pk).update(deleted=timezone.now() - ago)
    return session


def text(answer) -> str:
    return answer.content.decode()


# --- Begun once -------------------------------------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_begins_one_conversation(client, rules):
    form = {"question": "What can you do?", "nonce": "n1"}

    first, again = (client.post("/chat/new/", form) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert ChatMessage.objects.filter(type="user").count() == 1
    other = client.post("/chat/new/", form | {"question": "Who are you?"})
    assert other["Location"] != first["Location"], "the same form with other words is another conversation"


def test_an_empty_conversation_of_the_same_company_is_used_again(client, rules, talker):
    one, two = (Company.objects.create(name=name, domain=f"{name}.example") for name in ("acme", "globex"))

    opened = [client.post("/chat/new/", {"about": f"#{each.pk}"})["Location"] for each in (one, one, two, one)]

    assert opened[0] == opened[1] == opened[3] != opened[2]
    assert ChatSession.objects.count() == 2
    ChatSession.objects.filter(company=one).update(title="My own name for it")
    assert client.post("/chat/new/", {"about": f"#{one.pk}"})["Location"] not in opened


def test_what_names_no_company_leaves_nothing_behind(client, rules):
    assert client.post("/chat/new/", {"about": "#0"}).status_code == 400
    assert not ChatSession.objects.exists()


# --- Deleted ----------------------------------------------------------------------------------------------------------


def test_what_is_deleted_is_behind_no_address(client, talk):
    message = talk.messages.get()
    assert "Secret" in text(client.get(f"/chat/{talk.pk}/"))

    assert client.post(f"/chat/{talk.pk}/delete/")["Location"] == "/chat/"

    pages = [client.get(f"/chat/{talk.pk}/{part}").status_code for part in ("", "live/")]
    sends = [client.post(f"/chat/{talk.pk}/{part}/", {"question": "x"}) for part in ("say", "stop", "name", "delete")]
    judged = client.post(f"/chat/messages/{message.pk}/judge/", {"value": "up"})
    reads = [
        client.get(f"{API}/sessions/{talk.pk}{part}").status_code for part in ("", "/messages", "/events", "/export")
    ]
    body = {"data": '{"question": "x"}', "content_type": "application/json"}
    said = client.post(f"{API}/sessions/{talk.pk}/messages", **body)
    liked = client.put(f"{API}/messages/{message.pk}/feedback", '{"value": "up"}', content_type="application/json")
    assert {*pages, *reads, *(each.status_code for each in (*sends, judged, said, liked))} == {404}
    assert client.get(f"{API}/sessions").json()["results"] == []
    for table in ("chatsession", "chatturn", "chatmessage", "chatevent", "chatfeedback"):
        listed = text(client.get(f"/admin/chat/{table}/"))
        assert "0 " in listed
        assert "Secret" not in listed
        assert str(talk.pk) not in listed
    assert marks({talk.pk}) == {}, "its sockets close"


def test_the_list_offers_to_bring_it_back_and_does(client, talk):
    client.post(f"/chat/{talk.pk}/delete/")

    listed = text(client.get("/chat/"))
    brought = client.post(f"/chat/{talk.pk}/restore/")

    assert "“Secret plan” is deleted." in listed
    assert f"/chat/{talk.pk}/restore/" in listed
    assert brought["Location"] == f"/chat/{talk.pk}/"
    assert "Secret answer" in text(client.get(brought["Location"]))
    assert "is deleted" not in text(client.get("/chat/"))


def test_programs_bring_it_back_too_but_not_after_ten_minutes_and_nobody_elses(client, talk, talker):
    stranger = User.objects.create_user("stranger", "s@example.com", "correct horse")

    assert client.delete(f"{API}/sessions/{talk.pk}").status_code == 204
    assert not leaving.restore(stranger, talk.pk)
    back = client.post(f"{API}/sessions/{talk.pk}/restore")
    assert (back.status_code, back.json()["title"]) == (200, "Secret plan")
    assert client.post(f"{API}/sessions/{talk.pk}/restore").status_code == 404
    deleted(talk, leaving.UNDO)
    assert client.post(f"/chat/{talk.pk}/restore/").status_code == 404
    assert "is deleted" not in text(client.get("/chat/"))


def test_after_ten_minutes_it_is_gone_for_good_and_not_before(talk, talker):
    other = deleted(ChatSession.objects.create(user=talker))
    deleted(talk, leaving.UNDO)

    Remover().tick()

    assert list(ChatSession.objects.all()) == [other]
    assert not ChatMessage.objects.exists()


def test_who_leaves_takes_along_what_they_deleted(talk, talker):
    deleted(talk)

    talker.delete()

    assert not ChatMessage.objects.exists()


def test_what_is_under_way_stops_at_once_and_a_question_is_taken_up_no_more(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    request = ResearchRequest.objects.get(chat_follows__session=session)
    left = ChatTurn.objects.create(session=session, state=ChatTurn.State.WAITING)
    ChatTurn.objects.filter(pk=left.pk).update(asked=timezone.now() - timedelta(minutes=5))
    late = ChatTurn.objects.create(session=session, state=ChatTurn.State.WAITING)

    leaving.delete(session)

    request.refresh_from_db()
    assert request.status == ResearchRequest.Status.CANCELLED
    assert attend() == 0
    ResearchRequest.objects.filter(pk=request.pk).update(status="attached", idempotency_key=f"chat-{late.pk}")
    session.follows.all().delete()
    Remover().tick()  # it was begun for a question while its conversation was deleted
    request.refresh_from_db()
    assert request.status == ResearchRequest.Status.CANCELLED
    with pytest.raises(conversation.Refused, match="was deleted"):
        conversation.ask(session, "And now?")
