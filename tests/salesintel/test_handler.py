"""The web process's handler: whole requests on a few threads, which no client can hold."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from salesintel.handler import THREADS, Handler
from salesintel.logs import request_id

Send = Callable[[dict], Awaitable[None]]


def thread(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(part for part in (b"one ", b"two"))


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body, headers={"X-Inside": request_id.get()})


urlpatterns = [path("thread", thread), path("stream", stream), path("echo", echo)]


@pytest.fixture
def handler(settings) -> Handler:
    settings.ROOT_URLCONF = __name__
    return Handler()


async def asked(handler: Handler, address: str, *, body: bytes = b"", send: Send | None = None) -> list[dict]:
    """What the handler sends to a client that sends `body` at once; `send` takes the place of a quick reader."""
    sent: list[dict] = []
    headers = [(b"host", b"localhost"), (b"x-request-id", b"named-by-caller")]
    scope = {"type": "http", "method": "GET", "path": address, "query_string": b"", "headers": headers}

    async def receive() -> dict:
        return {"type": "http.request", "body": body}

    async def keep(message: dict) -> None:
        sent.append(message)

    await handler(scope, receive, send or keep)
    return sent


def content(sent: list[dict]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


async def test_many_requests_are_answered_by_a_few_threads_that_last(handler):
    names = {content(await asked(handler, "/thread")) for _ in range(5 * THREADS)}

    assert 1 <= len(names) <= THREADS


async def test_a_body_and_the_callers_name_for_the_request_reach_the_view(handler):
    sent = await asked(handler, "/echo", body=b"hello")

    assert (sent[0]["status"], content(sent)) == (200, b"hello")
    assert dict(sent[0]["headers"])[b"X-Inside"] == b"named-by-caller"


async def test_a_stream_arrives_whole(handler):
    sent = await asked(handler, "/stream")

    assert content(sent) == b"one two"
    assert sent[-1].get("more_body", False) is False


async def test_clients_that_do_not_read_hold_no_thread(handler):
    stuck = asyncio.Event()

    async def never(message: dict) -> None:
        await stuck.wait()

    slow = [asyncio.create_task(asked(handler, "/thread", send=never)) for _ in range(THREADS + 1)]
    async with asyncio.timeout(5):
        sent = await asked(handler, "/thread")
    stuck.set()
    await asyncio.gather(*slow)

    assert sent[0]["status"] == 200


async def test_a_client_that_leaves_while_sending_is_not_answered(handler):
    sent = []

    async def left() -> dict:
        return {"type": "http.disconnect"}

    async def keep(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/thread", "query_string": b"", "headers": []}
    await handler(scope, left, keep)

    assert sent == []
