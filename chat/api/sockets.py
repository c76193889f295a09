"""The handshake of `/ws/chat/{chatSessionId}/?after=N`."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.views import own_session
from chat.consumers import ChatConsumer
from enrichment.api.base import ScopedView
from enrichment.api.runs import AfterIn
from enrichment.api.sockets import SUBPROTOCOL, FromOwnPage, SocketKeyAuthentication, subprotocols
from salesintel.accounts.authentication import SessionOrThisMachine
from salesintel.accounts.callers import Caller
from salesintel.accounts.permissions import HasScope
from salesintel.problems import Problem
from salesintel.sockets import open_talk


class ChatSocketView(ScopedView):
    required_scope = "read"
    authentication_classes = (SocketKeyAuthentication, SessionOrThisMachine)
    permission_classes = (HasScope, FromOwnPage)

    def get(self, request: Request, session_id: UUID) -> Response:
        session = own_session(request, session_id)
        after = AfterIn.parse({"after": request.query_params.get("after") or 0}).validated_data["after"]
        consumer = ChatConsumer.as_asgi(
            session_id=session.pk,
            caller=Caller.of(request, scope=self.required_scope),
            after=after,
            subprotocol=SUBPROTOCOL if SUBPROTOCOL in subprotocols(request) else None,
        )
        caller = Caller.of(request, scope=self.required_scope)
        if not open_talk(request._request, caller=caller, application=consumer):
            raise Problem(426, "Connect with a WebSocket.", headers={"Upgrade": "websocket"})
        return Response(status=204)
