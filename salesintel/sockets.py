"""WebSockets: the handshake is a request like any other, and what a view then leaves is served until it is over.

A socket's address is a route of the URL map with a view behind it (`SocketView`). The handshake goes through all of
Django as a GET: hosts, HTTPS, session or key, scope, the view's own look for the row, problems with their status. Only
what a browser adds is checked besides: the page's origin. Where the view lets the caller in, it leaves a note, and here
the socket is opened: messages out as the note's work says them, `ping` answered, everything else refused; closed when
the work is over, when the caller is allowed no longer, or when the client is gone.

Nothing is queued: who reads slowly is waited for, and what it missed meanwhile is read from the tables.
"""

import asyncio
import io
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from salesintel.accounts.callers import DOORKEEPER, Caller
from salesintel.measuring import SOCKETS
from salesintel.problems import plain
from salesintel.racing import first_of

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Say = Callable[[str], Awaitable[None]]
Work = Callable[[Say], Coroutine[Any, Any, "End"]]
Application = Callable[[Message, Any, Any], Awaitable[None]]  # ASGI: scope, receive, send

NOTE = "salesintel.socket"
LARGEST_MESSAGE = 64 * 1024  # bytes
STUCK = 60.0  # seconds without taking a byte after which a client is given up
CLOSE_WITHIN = 5.0  # seconds that a client may take to hear that it is over
RETRY_AFTER = 30  # seconds


@dataclass(frozen=True, slots=True)
class End:
    """Why a socket is closed: a code of RFC 6455, or of ours from 4400 on, like the statuses of HTTP."""

    code: int
    reason: str


OVER = End(1000, "Everything was told.")
TOO_LARGE = End(1009, "A message may have at most 64 KiB.")
TRY_LATER = End(1013, "Connect again in a moment.")
FORBIDDEN = End(4401, "You are logged out, or your key was revoked.")


@dataclass(slots=True)
class Note:
    """What a view left: for whom the socket is, and what is served on it."""

    caller: Caller | None = None
    work: Work | None = None
    application: Application | None = None
    subprotocol: str | None = None


def open_talk(request: HttpRequest, *, caller: Caller, application: Application) -> bool:
    """Have a socket that is talked to served by an ASGI application, say a consumer of Channels.

    It hears `websocket.connect` first. Limits are kept here: it is closed when the caller is allowed no longer. False
    if the request is no handshake.
    """
    note = getattr(request, "scope", {}).get(NOTE)
    if note is None:
        return False
    note.caller, note.application = caller, application
    return True


def open_socket(request: HttpRequest, *, caller: Caller, work: Work, subprotocol: str | None) -> bool:
    """Have a socket opened when the view is through; False if the request is no handshake."""
    note = getattr(request, "scope", {}).get(NOTE)
    if note is None:
        return False
    note.caller, note.work, note.subprotocol = caller, work, subprotocol
    return True


class Answers(Protocol):
    """Django, as salesintel/handler.py has it."""

    async def answer(self, scope: Any, body: io.BytesIO) -> HttpResponseBase: ...


class Sockets:
    """The ASGI application of all WebSockets."""

    def __init__(self, django: Answers) -> None:
        self._django = django
        self._open: Counter[int] = Counter()  # user → sockets in this process

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        await receive()  # websocket.connect
        note = Note()
        response = await self._django.answer(_as_get(scope, note), io.BytesIO())
        if note.caller is None or (note.work is None and note.application is None):
            is_no_socket = response.status_code < HTTPStatus.MULTIPLE_CHOICES
            await _refuse(scope, send, plain(404, "There is no socket at this address.") if is_no_socket else response)
            return
        user = note.caller.user
        if self._open[user] >= settings.SOCKETS_PER_USER:
            await _refuse(scope, send, _too_many())
            return
        self._open[user] += 1
        SOCKETS.inc()
        try:
            if note.application is not None:
                await Talk(note.caller, receive, send).hold(note.application, scope)
            elif note.work is not None:
                await Socket(note.caller, note.work, receive, send).hold(note.subprotocol)
        finally:
            SOCKETS.dec()
            self._open[user] -= 1
            self._open += Counter()  # forgets who has none


def _as_get(scope: Message, note: Note) -> Message:
    scheme = {"ws": "http", "wss": "https"}[scope.get("scheme", "ws")]
    return {**scope, "type": "http", "method": "GET", "scheme": scheme, NOTE: note}


def _too_many() -> HttpResponseBase:
    detail = f"You have {settings.SOCKETS_PER_USER} sockets open, which is as many as there may be."
    response = plain(429, detail)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


async def _refuse(scope: Message, send: Any, response: HttpResponseBase) -> None:
    """Answer the handshake as the request that it was; with a bare 403 where the server cannot."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    content = getattr(response, "content", b"")
    await send({"type": "websocket.http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": content})


class Socket:
    """One socket, from its opening to its end."""

    def __init__(self, caller: Caller, work: Work, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        self._caller, self._work = caller, work
        self._receive, self._send = receive, send

    async def hold(self, subprotocol: str | None) -> None:
        """Serve until it is over, and say why it is."""
        try:
            await self._send({"type": "websocket.accept", "subprotocol": subprotocol})
            end = await first_of(self._served(), self._heard())
            if end is not None:
                async with asyncio.timeout(CLOSE_WITHIN):
                    await self._send({"type": "websocket.close", "code": end.code, "reason": end.reason})
        except (OSError, TimeoutError):
            return  # the client is gone, or as good as gone

    async def _served(self) -> End | None:
        ends: list[End] = []

        async def work() -> None:
            ends.append(await self._work(self._say))

        try:
            allowed = await DOORKEEPER.while_allowed(self._caller, work())
        except Error as error:
            log.warning("A socket is closed for the moment: %s", type(error).__name__)
            return TRY_LATER
        return ends[0] if allowed else FORBIDDEN

    async def _say(self, text: str) -> None:
        async with asyncio.timeout(STUCK):
            await self._send({"type": "websocket.send", "text": text})

    async def _heard(self) -> End | None:
        """Answer what the client says, until it is gone (None) or says too much."""
        while (message := await self._receive())["type"] != "websocket.disconnect":
            said = message.get("text") or message.get("bytes") or ""
            if len(said) > LARGEST_MESSAGE or len(said.encode() if isinstance(said, str) else said) > LARGEST_MESSAGE:
                return TOO_LARGE
            await self._say(_answer_to(said))
        return None


class Talk:
    """One socket that is talked to: what the application on it hears is bounded, and who is slow is given up."""

    def __init__(self, caller: Caller, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        self._caller, self._receive, self._send = caller, receive, send
        self._begins = True
        self._is_over = False

    async def hold(self, application: Application, scope: Message) -> None:
        """Serve until it is over, or the caller is allowed no longer."""
        try:
            allowed = await DOORKEEPER.while_allowed(self._caller, _run(application, scope, self._hear, self._say))
            await self._close(OVER if allowed else FORBIDDEN)
        except TooLarge:
            await self._close(TOO_LARGE)
        except Error as error:
            log.warning("A conversation's socket is closed for the moment: %s", type(error).__name__)
            await self._close(TRY_LATER)
        except (OSError, TimeoutError):
            return  # the client is gone, or as good as gone

    async def _hear(self) -> Message:
        if self._begins:  # what the handshake took
            self._begins = False
            return {"type": "websocket.connect"}
        message = await self._receive()
        self._is_over = self._is_over or message["type"] == "websocket.disconnect"
        said = message.get("text") or message.get("bytes") or ""
        if len(said) > LARGEST_MESSAGE or len(said.encode() if isinstance(said, str) else said) > LARGEST_MESSAGE:
            raise TooLarge
        return message

    async def _say(self, message: Message) -> None:
        self._is_over = self._is_over or message["type"] == "websocket.close"
        async with asyncio.timeout(STUCK):
            await self._send(message)

    async def _close(self, end: End) -> None:
        if not self._is_over:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._send({"type": "websocket.close", "code": end.code, "reason": end.reason})


class TooLarge(Exception):
    """The client said too much at once."""


async def _run(application: Application, scope: Message, hear: Any, say: Any) -> None:
    await application(scope, hear, say)


def _answer_to(said: str | bytes) -> str:
    try:
        message = json.loads(said)
    except (ValueError, RecursionError):
        message = None
    if isinstance(message, dict) and message.get("type") == "ping":
        return json.dumps({"type": "pong"})
    return json.dumps({"type": "error", "detail": 'There is only {"type": "ping"} to say here.'})
