"""The conversation over a real WebSocket: what is told, what is taken, and who is let in."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from chat import conversation
from enrichment.models import RequestLimit
from salesintel.accounts.models import ApiKey, User
from salesintel.audit.models import Entry
from tests.driving import drive_on
from tests.serving import served

Opened = Callable[..., Any]


@pytest.fixture
def url(house) -> Iterator[str]:
    with served() as address:
        yield address.replace("http", "ws")


@pytest.fixture
def opened(url, rep) -> Opened:
    """`opened(session, after=3)`: the rep's program connects; `key` in place of its own."""
    _, own = ApiKey.issue(user=rep, name="tests", scopes=["read", "enrich"])

    @contextmanager
    def opened(session: Any, *, after: int = 0, key: str = own, **headers: str) -> Iterator[ClientConnection]:
        asks = {"Authorization": f"Bearer {key}", **headers}
        where = f"{url}/ws/chat/{session.pk}/?after={after}"
        with connect(where, additional_headers=asks, proxy=None, open_timeout=20) as socket:
            yield socket

    return opened


def hear(socket: ClientConnection, *, until: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Every message up to the one that fulfils `until`."""
    heard: list[dict[str, Any]] = []
    while not heard or not until(heard[-1]):
        heard.append(json.loads(socket.recv(timeout=30)))
    return heard


def says(text: str) -> Callable[[dict[str, Any]], bool]:
    return lambda message: text in message.get("data", {}).get("content", "")


def test_the_dialogue_of_the_document(opened, session):
    with opened(session) as socket:
        socket.send(json.dumps({"type": "question", "question": "Help me prepare for my meeting with Acme"}))
        *_, choice = hear(socket, until=says("Found"))
        acme = next(each for each in choice["data"]["actions"] if "acmecorp.com" in each["label"])
        socket.send(json.dumps({"type": "action", "action": acme["action"], "payload": acme["payload"]}))
        chosen = hear(socket, until=lambda message: message["type"] == "partial_results")
        drive_on()
        done = hear(socket, until=says("complete analysis of Acme Corp is ready"))
        socket.send(json.dumps({"type": "question", "question": "What's their technology stack?"}))
        *_, answer = hear(socket, until=says("AWS"))

    heard = [choice, *chosen, *done, answer]
    assert [message["seq"] for message in heard] == sorted(message["seq"] for message in heard)
    assert {message["type"] for message in done} >= {"source_update", "partial_results", "workflow_progress"}
    assert answer["type"] == "question_response"
    assert {"name", "confidence", "lastUpdated", "url"} <= answer["data"]["sources"][0].keys()


def test_who_connects_again_is_told_what_is_new_once(opened, session):
    conversation.ask(session, "Help me prepare for my meeting with Acme")

    with opened(session) as socket:
        first, second = (json.loads(socket.recv(timeout=20)) for _ in range(2))
    with opened(session, after=first["seq"]) as socket:
        again = json.loads(socket.recv(timeout=20))

    assert (first["seq"], again) == (1, second)


def test_two_clients_of_one_session_hear_the_same(opened, session):
    with opened(session) as one, opened(session) as other:
        one.send(json.dumps({"type": "question", "question": "Help me prepare for my meeting with Acme"}))

        assert hear(one, until=says("Found")) == hear(other, until=says("Found"))


@pytest.mark.parametrize(
    "said", ["", "[]", '{"type": "shout"}', '{"type": "question"}', '{"type": "action"}', "{" * 999]
)
def test_what_is_no_message_is_told_so_and_the_socket_stays(opened, session, said):
    with opened(session) as socket:
        socket.send(said)
        error = json.loads(socket.recv(timeout=20))
        socket.send('{"type": "ping"}')
        pong = json.loads(socket.recv(timeout=20))

    assert error["type"] == "error"
    assert pong == {"type": "pong"}


def test_a_key_that_may_only_read_hears_and_asks_nothing(opened, session, rep):
    _, key = ApiKey.issue(user=rep, name="reads", scopes=["read"])

    with opened(session, key=key) as socket:
        socket.send(json.dumps({"type": "question", "question": "Who decides?"}))
        error = json.loads(socket.recv(timeout=20))

    assert "enrich" in error["data"]["content"]
    assert session.messages.count() == 0


def test_who_asks_over_a_socket_stands_in_the_audit_log(opened, session, rep):
    with opened(session) as socket:
        choice = {"type": "action", "action": "select_customer", "payload": {"reference": "acmecorp.com"}}
        socket.send(json.dumps(choice))
        hear(socket, until=says("Researching"))

    entry = Entry.objects.get(model="enrichment.ResearchRequest", action="create")
    prefix = ApiKey.objects.get(name="tests").prefix
    assert (entry.via, entry.actor, entry.key_prefix) == ("api", rep.pk, prefix)


def test_questions_over_sockets_are_counted_as_requests_are(opened, session):
    RequestLimit.objects.filter(scope="enrich").update(requests=1)

    with opened(session) as socket:
        for _ in range(2):
            socket.send(json.dumps({"type": "question", "question": "Help me prepare for my meeting with Acme"}))
        *_, refused = hear(socket, until=lambda message: message["type"] == "error")

    assert "1 in 60 seconds" in refused["data"]["content"]
    assert session.turns.count() == 1


def test_anothers_conversation_does_not_exist(opened, session, house):
    stranger = User.objects.create_user("stranger", "s@example.com", "correct horse")
    _, key = ApiKey.issue(user=stranger, name="theirs", scopes=["read", "enrich"])

    with pytest.raises(InvalidStatus) as refusal, opened(session, key=key):
        pass

    assert refusal.value.response.status_code == 404


def test_a_revoked_key_is_closed_out_within_five_seconds(opened, session, rep):
    row, key = ApiKey.issue(user=rep, name="soon gone", scopes=["read", "enrich"])
    with opened(session, key=key) as socket:
        ApiKey.objects.filter(pk=row.pk).delete()

        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_too_much_at_once_closes_the_socket(opened, session):
    with opened(session) as socket:
        socket.send("x" * 65_537)

        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=20)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
