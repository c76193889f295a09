"""`/ws/runs/{requestId}/?after=N`: the events of a run over a WebSocket, for as long as the run goes on.

Who is let in, what is told and what it looks like is the same as at `/api/v1/runs/{requestId}/events`.
"""

from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from enrichment.api.base import ScopedView
from enrichment.api.runs import AfterIn, own_request
from enrichment.api.watch import WATCH
from salesintel.accounts.authentication import ApiKeyAuthentication, SessionOrThisMachine
from salesintel.accounts.callers import Caller
from salesintel.accounts.permissions import HasScope
from salesintel.problems import Problem
from salesintel.sockets import OVER, End, Say, open_socket

SUBPROTOCOL = "salesintel"
KEY = "key."  # what a page puts before its key, offered as a second subprotocol
QUIET = 3600.0  # seconds; the server's own pings tell who is gone


class SocketKeyAuthentication(ApiKeyAuthentication):
    """A key in the headers, or, as pages cannot set those, in `Sec-WebSocket-Protocol: salesintel, key.<key>`.

    Never in the address, which is written into logs. The server chooses `salesintel`; the key is not repeated.
    """

    def key_of(self, request: Request) -> str:
        keys = (offered.removeprefix(KEY) for offered in subprotocols(request) if offered.startswith(KEY))
        return super().key_of(request) or next(keys, "")


class FromOwnPage(BasePermission):
    """A browser sends cookies and an `Origin` with every handshake, whichever page asked: ours must have.

    A session needs an origin of ours, as forms do; a key may also come from the pages in `CORS_ORIGIN`, or from a
    program, which has no origin.
    """

    message = "Pages of this origin may not open sockets here."

    def has_permission(self, request: Request, view: APIView) -> bool:
        origin = request.headers.get("Origin")
        if origin is None:
            return request.auth is not None
        return OURS.are_ours(request._request) or (request.auth is not None and origin in settings.CORS_ALLOWED_ORIGINS)


class Origins(CsrfViewMiddleware):
    """Django's rule for forms: this very scheme, host and port, or one of `CSRF_TRUSTED_ORIGINS`."""

    def are_ours(self, request: HttpRequest) -> bool:
        verified: bool = self._origin_verified(request)  # type: ignore[attr-defined]
        return verified


OURS = Origins(lambda _: HttpResponse())


class RunSocketView(ScopedView):
    """The handshake."""

    required_scope = "read"
    authentication_classes = (SocketKeyAuthentication, SessionOrThisMachine)
    permission_classes = (HasScope, FromOwnPage)

    def get(self, request: Request, request_id: UUID) -> Response:
        asked = own_request(request, request_id)
        after = AfterIn.parse({"after": request.query_params.get("after") or 0}).validated_data["after"]
        caller = Caller.of(request, scope=self.required_scope)
        chosen = SUBPROTOCOL if SUBPROTOCOL in subprotocols(request) else None
        if not open_socket(request._request, caller=caller, work=Following(asked.pk, after), subprotocol=chosen):
            raise Problem(426, "Connect with a WebSocket.", headers={"Upgrade": "websocket"})
        return Response(status=204)


def subprotocols(request: Request) -> list[str]:
    """What the client offers, in its order."""
    return [offered.strip() for offered in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]


@dataclass(frozen=True, slots=True)
class Following:
    """Says every event above `after` as it happens, until the request has its answer and all is told."""

    request_id: UUID
    after: int

    async def __call__(self, say: Say) -> End:
        async with aclosing(WATCH.happenings(self.request_id, after=self.after, quiet=QUIET)) as pages:
            async for page in pages:
                for event in page:
                    await say(event.json.decode())
        return OVER
