"""Numbered events as a stream of server-sent events, for as long as there are any and the caller may see them."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import DatabaseError
from rest_framework.renderers import BaseRenderer, JSONRenderer

from enrichment.api.later import Held, Send
from salesintel.accounts.callers import DOORKEEPER, Caller
from salesintel.problems import CONTENT_TYPE

log = logging.getLogger(__name__)

QUIET = 15.0  # seconds after which a comment is sent, so that nobody between takes the connection for dead
COMMENT = b": still here\n\n"  # also while nothing is new: an empty body would lose its content type
LONGEST = 1800.0  # seconds; the client then connects again where it was


class EventStreamRenderer(BaseRenderer):
    """Events as text/event-stream; a problem stays JSON."""

    media_type = "text/event-stream"
    format = "event-stream"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.content_type == CONTENT_TYPE:
            return JSONRenderer().render(data)
        return b"" if data is None else as_stream(data) or COMMENT


def as_stream(events: Sequence[Mapping[str, Any]]) -> bytes:
    """The events in the form of the HTML standard."""
    return b"".join(line(event["seq"], event["type"], JSONRenderer().render(event)) for event in events)


def line(seq: int, kind: str, data: bytes) -> bytes:
    """One event: id, event and one line of data; one without a number (0) leaves the client's last id as it is."""
    numbered = b"id: %d\n" % seq if seq else b""
    return b"%sevent: %s\ndata: %s\n\n" % (numbered, kind.encode(), data)


class Event(Protocol):
    """One event as it is sent."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def json(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Following:
    """Sends what happens as it happens, until `pages` ends: an empty page stands for `QUIET` seconds of silence.

    `what` names in logs what is followed.
    """

    pages: Callable[[], AsyncGenerator[Sequence[Event], None]]
    what: UUID
    caller: Caller

    async def __call__(self, held: Held, send: Send) -> None:
        headers = held.headers_without(b"content-length")
        await send({"type": "http.response.start", "status": held.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n" + held.body, "more_body": True})
        try:
            async with asyncio.timeout(LONGEST):
                await DOORKEEPER.while_allowed(self.caller, self._follow(send))
        except TimeoutError:
            pass  # the client connects again
        except DatabaseError as error:
            log.warning("Stopped following %s: %s", self.what, type(error).__name__)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _follow(self, send: Send) -> None:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                news = b"".join(line(event.seq, event.kind, event.json) for event in page) or COMMENT
                await send({"type": "http.response.body", "body": news, "more_body": True})
