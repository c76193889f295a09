"""The events of a run over a WebSocket: who is let in, what is told, and how it ends."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from enrichment.models import ResearchRequest
from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import ApiKey, User
from salesintel.processes import any_free_port
from tests.serving import Server

pytestmark = pytest.mark.django_db(transaction=True)

BUSY = 5.0  # seconds that a busy machine may take longer; without the look it would be minutes
HOSTILE = [
    "https://evil.example",
    "null",
    "http://127.0.0.1",
    "http://127.0.0.1.evil.example",
    "http://evil.example@127.0.0.1",
    "file://",
]


@pytest.fixture
def asked(rules, user) -> ResearchRequest:
    return request_research(Ask(consumer="profile", company="acmecorp.com"), user=user)


@pytest.fixture
def opened(server, auth) -> Callable[..., ClientConnection]:
    """`opened(asked, after=3)`: `user`'s program connects; `headers` in place of its key."""

    @contextmanager
    def opened(asked: object, *, after: int | None = None, headers=auth, **more: object) -> Iterator[ClientConnection]:
        name = getattr(asked, "pk", asked)
        query = "" if after is None else f"?after={after}"
        url = f"{server.replace('http', 'ws')}/ws/runs/{name}/{query}"
        with connect(url, additional_headers=headers, proxy=None, open_timeout=20, **more) as socket:
            yield socket

    return opened


@pytest.fixture
def session(client, user) -> dict[str, str]:
    """The cookie of `user`'s browser."""
    client.force_login(user)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def heard(socket: ClientConnection, count: int) -> list[dict]:
    return [json.loads(socket.recv(timeout=20)) for _ in range(count)]


def code_of(socket: ClientConnection) -> int:
    """The code that the server closes with; what it says before is passed over."""
    try:
        while True:
            socket.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code


def refused(open_socket) -> tuple[int, dict]:
    with pytest.raises(InvalidStatus) as refusal, open_socket:
        pass
    return refusal.value.response.status_code, json.loads(refusal.value.response.body)


# --- What is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/health", "/login/", "/api/v1/health"])
def test_an_address_without_a_socket_has_none(server, auth, path):
    url = f"{server.replace('http', 'ws')}{path}"

    with pytest.raises(InvalidStatus) as refusal:
        connect(url, additional_headers=auth, proxy=None, open_timeout=20)

    assert refusal.value.response.status_code == 404


def test_every_event_comes_once_in_order_and_in_the_shape_of_the_page(opened, api_client, asked, happen):
    happen(asked.run, 2)

    with opened(asked) as socket:
        early = heard(socket, 2)
        happen(asked.run, 3)
        late = heard(socket, 3)

    assert early + late == api_client.get(f"/api/v1/runs/{asked.pk}/events").json()["results"]
    assert [event["seq"] for event in early + late] == [1, 2, 3, 4, 5]


def test_who_connects_again_is_told_what_is_new(opened, asked, happen):
    happen(asked.run, 5)

    with opened(asked, after=3) as socket:
        assert [event["seq"] for event in heard(socket, 2)] == [4, 5]


def test_a_finished_run_is_told_from_its_beginning_and_the_socket_is_closed(opened, asked, happen, finish):
    happen(asked.run, 3)
    finish(asked.run)

    with opened(asked) as socket:
        assert [event["seq"] for event in heard(socket, 3)] == [1, 2, 3]
        assert code_of(socket) == 1000


def test_the_answer_closes_the_socket_when_all_is_told(opened, asked, happen, finish):
    with opened(asked) as socket:
        happen(asked.run, 600)
        finish(asked.run)

        assert [event["seq"] for event in heard(socket, 600)] == list(range(1, 601))
        assert code_of(socket) == 1000


def test_a_joiner_whose_request_moves_to_a_run_of_its_own_is_told_on(opened, asked, happen):
    happen(asked.run, 2)

    with opened(asked) as socket:
        heard(socket, 2)
        run = asked.run
        moved = type(run).objects.create(
            **{
                field.attname: getattr(run, field.attname)
                for field in run._meta.concrete_fields
                if field.name not in ("id", "work_key", "last_seq")
            },
            work_key="another",
        )
        happen(moved, 3)
        ResearchRequest.objects.update(run=moved)

        assert [event["seq"] for event in heard(socket, 1)] == [3]


# --- What is said -----------------------------------------------------------------------------------------------------


def test_a_ping_is_answered(opened, asked):
    with opened(asked) as socket:
        socket.send('{"type": "ping"}')

        assert heard(socket, 1) == [{"type": "pong"}]


@pytest.mark.parametrize("said", ["", "hello", "[1]", '{"type": "question"}', b"\x00\xff", "[" * 60_000])
def test_anything_else_is_an_error_and_the_socket_stays(opened, asked, said):
    with opened(asked) as socket:
        socket.send(said)
        socket.send('{"type": "ping"}')

        answers = heard(socket, 2)

    assert [answer["type"] for answer in answers] == ["error", "pong"]


@pytest.mark.parametrize("said", ["x" * 65_537, "ä" * 40_000, b"x" * 65_537], ids=["text", "utf-8", "bytes"])
def test_a_message_above_64_kib_closes_the_socket(opened, asked, said):
    with opened(asked) as socket:
        socket.send(said)

        assert code_of(socket) == 1009


# --- Who is let in ----------------------------------------------------------------------------------------------------


def test_a_session_is_let_in_from_its_own_page(opened, server, asked, session, happen):
    happen(asked.run, 1)

    with opened(asked, headers=session, origin=server) as socket:
        assert len(heard(socket, 1)) == 1


def test_a_page_offers_its_key_as_a_subprotocol_which_is_not_repeated(opened, asked, auth, settings, happen):
    settings.CORS_ALLOWED_ORIGINS = ["https://crm.example.com"]
    key = auth["Authorization"].removeprefix("Bearer ")
    happen(asked.run, 1)

    offered = ["salesintel", f"key.{key}"]
    with opened(asked, headers={}, subprotocols=offered, origin="https://crm.example.com") as socket:
        assert socket.subprotocol == "salesintel"
        assert len(heard(socket, 1)) == 1


def test_a_key_in_the_address_is_none(opened, asked, auth):
    key = auth["Authorization"].removeprefix("Bearer ")

    assert refused(opened(asked, after=f"0&key={key}", headers={}))[0] == 401


@pytest.mark.parametrize("origin", HOSTILE)
@pytest.mark.parametrize("by", ["session", "key"])
def test_pages_of_other_origins_are_refused(opened, asked, auth, session, by, origin):
    status, problem = refused(opened(asked, headers=session if by == "session" else auth, origin=origin))

    assert (status, problem["type"]) == (403, "forbidden")


def test_a_session_is_refused_without_an_origin_and_from_pages_that_may_only_bring_keys(
    opened, asked, session, settings
):
    settings.CORS_ALLOWED_ORIGINS = ["https://crm.example.com"]

    assert refused(opened(asked, headers=session))[0] == 403
    assert refused(opened(asked, headers=session, origin="https://crm.example.com"))[0] == 403


def test_anothers_run_cannot_be_told_from_one_that_does_not_exist(opened, rules, asked):
    other = User.objects.create_user("other")
    theirs = request_research(Ask(consumer="profile", company="acmecorp.com"), user=other)

    answers = [refused(opened(name)) for name in (theirs.pk, uuid4())]

    assert [status for status, _ in answers] == [404, 404]
    assert len({json.dumps(problem | {"requestId": ""}) for _, problem in answers}) == 1


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30])
def test_a_bad_number_is_told(opened, asked, after):
    status, problem = refused(opened(asked, after=after))

    assert (status, list(problem["errors"])) == (400, ["after"])


def test_a_request_that_is_no_handshake_is_told_so(api_client, asked):
    answer = api_client.get(f"/ws/runs/{asked.pk}/")

    assert (answer.status_code, answer["Upgrade"]) == (426, "websocket")


def test_an_unknown_address_is_refused(opened):
    assert refused(opened("no-run"))[0] == 404


def test_only_so_many_sockets_are_open_for_one_user(opened, asked, settings):
    settings.SOCKETS_PER_USER = 1

    with opened(asked):
        assert refused(opened(asked))[0] == 429
    time.sleep(0.5)
    with opened(asked) as socket:
        socket.send('{"type": "ping"}')
        assert heard(socket, 1) == [{"type": "pong"}]


# --- Who is let in no longer ------------------------------------------------------------------------------------------


def within_five_seconds(socket: ClientConnection) -> bool:
    begun = time.monotonic()
    return code_of(socket) == 4401 and time.monotonic() - begun < 5 + BUSY


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()}, {"scopes": ["enrich"]}], ids=["revoked", "scope"])
def test_a_key_that_may_no_longer_read_closes_its_socket(opened, asked, change):
    with opened(asked) as socket:
        ApiKey.objects.update(**change)

        assert within_five_seconds(socket)


@pytest.mark.parametrize("how", ["logout", "password", "account"])
def test_the_end_of_a_session_closes_its_socket(opened, server, client, user, asked, session, how):
    with opened(asked, headers=session, origin=server) as socket:
        if how == "logout":
            client.logout()
        elif how == "password":
            user.set_password("another horse")
            user.save()
        else:
            User.objects.filter(pk=user.pk).update(is_active=False)

        assert within_five_seconds(socket)


# --- When the server stops --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_server_that_stops_says_that_it_comes_back(product_env, asked, auth):
    server = Server(any_free_port(), product_env)
    server.start()
    try:
        url = f"{server.url.replace('http', 'ws')}/ws/runs/{asked.pk}/"
        with connect(url, additional_headers=auth, proxy=None) as socket:
            begun = time.monotonic()
            server.process.terminate()

            assert code_of(socket) == 1012
        server.process.wait(20)
        assert time.monotonic() - begun < 20
    finally:
        server.stop()
