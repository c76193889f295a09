"""The events of a run as a stream of server-sent events, for as long as the run goes on and the caller may see it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError
from django.utils import timezone
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from enrichment.api.base import caller_of
from enrichment.api.later import Held, Send
from enrichment.api.watch import Watch
from enrichment.models import ResearchRequest
from enrichment.workflow import answers
from salesintel.accounts.models import ApiKey, User
from salesintel.problems import CONTENT_TYPE

log = logging.getLogger(__name__)

QUIET = 15.0  # seconds after which a comment is sent, so that nobody between takes the connection for dead
RECHECK = 2.0  # seconds after which the caller's right to see it is looked at again
LONGEST = 1800.0  # seconds; the client then connects again where it was
PAGE = 500  # events


class EventStreamRenderer(BaseRenderer):
    """Events as text/event-stream; a problem stays JSON."""

    media_type = "text/event-stream"
    format = "event-stream"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.content_type == CONTENT_TYPE:
            return JSONRenderer().render(data)
        return as_stream(data or ())


def as_stream(events: Sequence[Mapping[str, Any]]) -> bytes:
    """The events in the form of the HTML standard: id, event and one line of data each."""
    return b"".join(
        b"id: %d\nevent: %s\ndata: %s\n\n" % (event["seq"], event["type"].encode(), JSONRenderer().render(event))
        for event in events
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """How a caller came in, so that it can be looked at again while a stream goes on."""

    user_id: int
    auth: object  # the key's row, or what else `request.auth` was
    session: SessionBase | None = None

    @classmethod
    def of(cls, request: Request) -> "Caller":
        with_session = request.auth is None
        return cls(caller_of(request).pk, request.auth, request.session if with_session else None)

    def may_still_see(self) -> bool:
        """Whether the key is still usable, the session not logged out, and the person's account active."""
        if isinstance(self.auth, ApiKey):
            return ApiKey.objects.usable(timezone.now()).filter(pk=self.auth.pk).exists()
        if self.session is not None and not self.session.exists(self.session.session_key or ""):
            return False
        return User.objects.filter(pk=self.user_id, is_active=True).exists()


@dataclass(slots=True)
class Following:
    """Sends what happens after `seen` as it happens, until the request has its answer."""

    request_id: UUID
    seen: int
    caller: Caller

    async def __call__(self, held: Held, send: Send, watch: Watch) -> None:
        headers = held.headers_without(b"content-length")
        await send({"type": "http.response.start", "status": held.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n" + held.body, "more_body": True})
        try:
            async with asyncio.timeout(LONGEST):
                await self._follow(send, watch)
        except TimeoutError:
            pass  # the client connects again
        except DatabaseError as error:
            log.warning("Stopped following %s: %s", self.request_id, type(error).__name__)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _follow(self, send: Send, watch: Watch) -> None:
        clock = asyncio.get_running_loop().time
        sent = checked = clock()
        while (mark := await watch.next_mark(self.request_id)) is not None:
            if clock() - checked > RECHECK:
                if not await watch.run(self.caller.may_still_see):
                    return
                checked = clock()
            news = await watch.run(self._news) if mark.last_seq > self.seen else b""
            if not (news or mark.waits):
                return
            if news or clock() - sent > QUIET:
                await send({"type": "http.response.body", "body": news or b": still here\n\n", "more_body": True})
                sent = clock()

    def _news(self) -> bytes:
        asked = ResearchRequest.objects.select_related("run").get(pk=self.request_id)
        happened = answers.events(asked, after=self.seen, limit=PAGE)
        if happened:
            self.seen = happened[-1]["seq"]
        return as_stream(happened)
