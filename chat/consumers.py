"""`/ws/chat/{chatSessionId}/?after=N`: a conversation over a WebSocket; `chat/api/sockets.py` says who is let in.

Client messages: `{type: "question", question, clientId?}`, `{type: "action", action, payload, clientId?}`,
`{type: "ping"}`. What is said, by this client or another, comes back as the session's numbered events.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer  # type: ignore[import-untyped] # there are no stubs
from django.db import DatabaseError
from django.utils import timezone

from chat import conversation, watching
from chat.models import ChatSession
from enrichment.throttling import count_for
from salesintel import audit
from salesintel.accounts.callers import Caller, still_allowed
from salesintel.reading import Threads
from salesintel.sockets import TRY_LATER

asking = Threads(4, "asking")  # of this process: questions of all sockets
CALLS = "question, action and ping"


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc] # Channels has no types
    """One client of one session."""

    def __init__(self, *, session_id: UUID, caller: Caller, after: int, subprotocol: str | None) -> None:
        super().__init__()
        self._session, self._caller, self._after, self._subprotocol = session_id, caller, after, subprotocol
        self._telling: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.accept(self._subprotocol)
        self._telling = asyncio.create_task(self._tell())

    async def disconnect(self, code: int) -> None:
        if self._telling is not None:
            self._telling.cancel()
            with suppress(asyncio.CancelledError):
                await self._telling

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            said = json.loads(text_data if text_data is not None else bytes_data or b"")
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or said.get("type") not in ("question", "action", "ping"):
            await self._refuse(f"Say JSON with a `type`; there are {CALLS}.")
        elif said["type"] == "ping":
            await self.send(text_data='{"type": "pong"}')
        else:
            await self._take(said)

    async def _take(self, said: dict[str, Any]) -> None:
        """A question or a button: allowed, and counted, anew for each, since either may spend."""
        try:
            refusal = await asking(lambda: self._taken(said))
        except DatabaseError:
            refusal = f"{TRY_LATER.reason} Nothing was lost: send it again under the same clientId."
        if refusal:
            await self._refuse(refusal, said.get("clientId"))

    def _taken(self, said: dict[str, Any]) -> str:
        """Why it was not taken, in words; "" where it was."""
        caller = replace(self._caller, scope="enrich")
        if not still_allowed({caller}):
            return "Your key lacks the scope enrich, or may be used no longer."
        allowance = count_for(caller.user, caller.family, caller.scope, at=timezone.now())
        if allowance is not None and allowance.is_passed:
            return f"{allowance.requests} in {allowance.seconds} seconds are the most; ask in {allowance.resets_in}."
        session = ChatSession.objects.visible_to(self._caller.user).filter(pk=self._session).first()
        if session is None:
            return "This conversation is gone."
        calls: dict[str, Callable[[], Any]] = {
            "question": lambda: conversation.ask(session, _text(said, "question"), client_id=_client_id(said)),
            "action": lambda: conversation.act(
                session, _text(said, "action"), _payload(said), client_id=_client_id(said)
            ),
        }
        via = audit.Via.PAGE if caller.key is None else audit.Via.API
        try:
            with audit.acting(via, user=caller.user, key=caller.prefix):
                calls[said["type"]]()
        except conversation.Refused as error:
            return str(error)
        return ""

    async def _refuse(self, words: str, client_id: object = None) -> None:
        """To this client alone, and in no order with the session's events: it has no number."""
        told = {"type": "error", "chatSessionId": str(self._session), "data": {"content": words, "clientId": client_id}}
        await self.send(text_data=json.dumps(told))

    async def _tell(self) -> None:
        try:
            async with aclosing(watching.happenings(self._session, after=self._after)) as pages:
                async for page in pages:
                    for event in page:
                        await self.send(text_data=event.json.decode())
            await self.close(1000)
        except DatabaseError:
            await self.close(TRY_LATER.code)
        except OSError:  # the client left while it was told something; `disconnect` follows
            return


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise conversation.Refused(name, f"`{name}` is to be a text.")
    return value


def _payload(said: dict[str, Any]) -> dict[str, Any]:
    value = said.get("payload", {})
    if not isinstance(value, dict):
        raise conversation.Refused("payload", "`payload` is to be an object.")
    return value


def _client_id(said: dict[str, Any]) -> str | None:
    value = said.get("clientId")
    if value is not None and not (isinstance(value, str) and 0 < len(value) <= 64):
        raise conversation.Refused("clientId", "`clientId` has 1 to 64 characters.")
    return value
