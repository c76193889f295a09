"""Answers that take their time, given after Django has finished with the request.

A view that wants to go on later (wait for a run, follow its events) leaves a note on the request and returns what can
be said now. Django then ends the request as ever, so its thread and its database connection are free; only then is the
note's coroutine run, which holds nothing but the client's socket. Without this shell around Django (another server, a
test client) the first answer is the whole answer, and it is a true one.

The shell also bounds what the API is sent (address, header, body), before Django reads it or writes it to a file.
"""

import json
import uuid
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from salesintel.problems import API_PATHS, CONTENT_TYPE, body
from salesintel.racing import first_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

NOTE = "salesintel.later"
LARGEST_UPLOAD = 16 * 1024 * 1024  # bytes: a list as a file, a file of rules
LONGEST_ADDRESS = 8_192  # bytes, the query included
LARGEST_HEADER = 32_768  # bytes of all names and values


@dataclass(slots=True)
class Held:
    """What Django answered, kept back."""

    status: int = 200
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")

    def headers_without(self, *names: bytes) -> Headers:
        return [(name, value) for name, value in self.headers if name.lower() not in names]


Work = Callable[[Held, Send], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Note:
    """What a view left to be done later."""

    work: Work | None = None


def go_on_later(request: HttpRequest, work: Work) -> bool:
    """Leave `work` to be done with the answer after Django is through; False where nobody will do it."""
    note = getattr(request, "scope", {}).get(NOTE)
    if note is None:
        return False
    note.work = work
    return True


async def send_whole(send: Send, status: int, headers: Headers, content: bytes) -> None:
    """One complete answer."""
    headers = [*headers, (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class Shell:
    """The ASGI application around Django's; `sockets` is the one that WebSockets are given to."""

    def __init__(self, app: App, *, sockets: App) -> None:
        self.app = app
        self.sockets = sockets

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await (self.sockets if scope["type"] == "websocket" else self.app)(scope, receive, send)
            return
        if refusal := _oversized(scope):
            await _refuse(send, *refusal)
            return
        note, held = Note(), Held()

        async def send_or_hold(message: Message) -> None:
            if note.work is None:
                await send(message)
            else:
                held.take(message)

        bounded = Bounded(receive, limit=_limit(scope))
        await self.app({**scope, NOTE: note}, bounded, send_or_hold)
        if bounded.overrun:
            await _refuse(send, 413, f"A request may have at most {bounded.limit} bytes.")
        if note.work is not None:
            await _unless_gone(receive, note.work(held, send))


async def _unless_gone(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """`work`, given up as soon as the client hangs up."""

    async def hung_up() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    await first_of(work, hung_up())


# --- Size -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Bounded:
    """`receive`, which tells the application that the client is gone once it has sent more than `limit` bytes.

    The application then forgets the request and answers nothing, so that we can.
    """

    receive: Receive
    limit: int
    received: int = 0

    @property
    def overrun(self) -> bool:
        return self.received > self.limit

    async def __call__(self) -> Message:
        message = await self.receive()
        self.received += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.overrun else message


def _limit(scope: MutableMapping[str, Any]) -> int:
    """Bytes that a body may have. Django keeps what pages are sent on the disk before anything looks at it."""
    if scope["path"] in settings.LARGE_BODIES:
        return int(settings.LARGE_BODIES[scope["path"]])
    of_the_api = scope["path"].startswith(API_PATHS)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if of_the_api else LARGEST_UPLOAD


def _oversized(scope: MutableMapping[str, Any]) -> tuple[int, str] | None:
    """The refusal of an address or of headers that are too long, before anything is done with them."""
    if not scope["path"].startswith(API_PATHS):
        return None
    address = len(scope.get("raw_path") or scope["path"].encode()) + len(scope.get("query_string", b""))
    if address > LONGEST_ADDRESS:
        return 414, f"An address may have at most {LONGEST_ADDRESS} bytes; this one has {address}."
    fields = sum(len(name) + len(value) for name, value in scope["headers"])
    if fields > LARGEST_HEADER:
        return 431, f"The header may have at most {LARGEST_HEADER} bytes; this one has {fields}."
    return None


async def _refuse(send: Send, status: int, detail: str) -> None:
    problem = body(status, detail)
    problem["requestId"] = uuid.uuid4().hex  # no middleware was reached that would have given one
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"x-request-id", problem["requestId"].encode()),
        (b"cache-control", b"no-store"),
    ]
    # What is left of the request is not read, so the connection cannot be used again.
    await send_whole(send, status, [*headers, (b"connection", b"close")], json.dumps(problem).encode())
