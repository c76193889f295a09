"""`/mcp`: the Model Context Protocol over streamable HTTP, without sessions.

A call is a request like any other: hosts, keys, scopes, throttles and problems are the API's. Only then does the SDK
get it, outside Django, where waiting holds no thread. A key that is revoked meanwhile ends the answer within seconds.
"""

import asyncio
import json
import logging
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.later import Held, Send, go_on_later
from enrichment.api.sockets import OURS
from enrichment.mcp.acting import Acting
from salesintel.accounts.callers import DOORKEEPER, Caller
from salesintel.accounts.models import SCOPES
from salesintel.accounts.permissions import HasScope
from salesintel.problems import Problem

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

log = logging.getLogger(__name__)

ACTING = "salesintel.acting"  # key of the ASGI scope
LONGEST = 300.0  # seconds that one answer may take


class NoForeignPage(BasePermission):
    """A browser names the page that asks: a page of ours or of `CORS_ORIGIN` may, so a rebound name gets nowhere."""

    message = "Pages of this origin may not speak MCP here; CORS_ORIGIN names those that may."

    def has_permission(self, request: Request, view: APIView) -> bool:
        origin = request.headers.get("Origin")
        if origin is None or origin in settings.CORS_ALLOWED_ORIGINS:
            return True
        return OURS.are_ours(request._request)


class McpView(ScopedView):
    """One message of a client."""

    required_scope = "read"
    permission_classes = (HasScope, NoForeignPage)

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """Answer it, as JSON or as a stream; what a tool needs beyond the scope `read` it says itself."""
        if not isinstance(request.data, dict) or request.data.get("jsonrpc") != "2.0":
            raise Problem(400, 'This is no message of MCP: it needs "jsonrpc": "2.0".')
        scopes = SCOPES if request.auth is None else getattr(request.auth, "scopes", ())
        speaking = Speaking(
            acting=Acting(
                user=caller_of(request), scopes=frozenset(scopes), family=getattr(request.auth, "family", None)
            ),
            caller=Caller.of(request, scope=self.required_scope),
            scope=getattr(request._request, "scope", {}),
            body=json.dumps(request.data).encode(),
            server=_server(),
        )
        if not go_on_later(request._request, speaking):
            raise Problem(400, "This server cannot hold conversations: serve it with salesintel.asgi.")
        return Response(status=202)


@lru_cache(maxsize=1)
def _server() -> "Server[Any]":
    """Made when the first client comes: importing the SDK takes a second. On a thread, so that nobody waits for it."""
    from enrichment.mcp.server import Context, make_server

    async def acting(ctx: Context) -> Acting:
        request: Any = ctx.request
        found: Acting = request.scope[ACTING]
        return found

    return make_server(acting)


@dataclass(frozen=True, slots=True)
class Speaking:
    """Lets the SDK answer one message, for as long as the caller may."""

    acting: Acting
    caller: Caller
    scope: MutableMapping[str, Any]
    body: bytes
    server: "Server[Any]"

    async def __call__(self, held: Held, send: Send) -> None:
        begun = False

        async def tell(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": [*message["headers"], *_ours(held)]}
            await send(message)

        try:
            async with asyncio.timeout(LONGEST):
                if await DOORKEEPER.while_allowed(self.caller, self._answer(tell)):
                    return
        except TimeoutError:
            log.info("An answer over MCP took too long, and was given up.")
        except DatabaseError as error:
            log.warning("An answer over MCP was given up: %s", type(error).__name__)
        if not begun:
            await send({"type": "http.response.start", "status": 401, "headers": _ours(held)})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _answer(self, send: Send) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        manager = StreamableHTTPSessionManager(self.server, stateless=True)
        unread = [{"type": "http.request", "body": self.body, "more_body": False}]

        async def receive() -> MutableMapping[str, Any]:
            if unread:
                return unread.pop()
            await asyncio.Event().wait()  # who hangs up ends the whole answer (enrichment/api/later.py)
            raise AssertionError

        headers = [(name, value) for name, value in self.scope["headers"] if name != b"content-length"]
        scope = {**self.scope, "headers": headers, ACTING: self.acting}
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def _ours(held: Held) -> list[tuple[bytes, bytes]]:
    """What Django put on the answer and the SDK does not know of: the request's id, limits."""
    return held.headers_without(b"content-length", b"content-type", b"vary", b"allow", b"cache-control")
