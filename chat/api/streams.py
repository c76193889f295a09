"""The numbered events of a conversation: a page of JSON, or live as server-sent events where no socket gets through."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from chat import watching
from chat.api.shapes import ChatEventsOut
from chat.api.views import own_session
from chat.following import catch_up
from chat.saying import event_told, events_after
from enrichment.api.base import ScopedView
from enrichment.api.following import QUIET, EventStreamRenderer, Following
from enrichment.api.later import go_on_later
from enrichment.api.runs import PAGE, AfterIn
from enrichment.api.shapes import StreamedOut
from salesintel.accounts.callers import Caller
from salesintel.problems import problems


class ChatEventsView(ScopedView):
    required_scope = "read"
    cache_control = "private, no-store"
    renderer_classes = (JSONRenderer, EventStreamRenderer)

    @extend_schema(
        operation_id="chat_events",
        tags=["chat"],
        parameters=[OpenApiParameter("after", int, description="The last `seq` that you have; 0 for all.")],
        responses={
            (200, "application/json"): ChatEventsOut,
            (200, "text/event-stream"): StreamedOut,
            **problems(400, 401, 403, 404, 406, 503),
        },
    )
    def get(self, request: Request, session_id: UUID) -> Response:
        """The events after `after`: at most 500 of them, or with `Accept: text/event-stream` live from there on.

        A stream that is opened again with `Last-Event-ID` goes on after that number.
        """
        session = own_session(request, session_id)
        given: dict[str, Any] = {
            "after": request.query_params.get("after") or request.headers.get("Last-Event-ID") or 0
        }
        after = AfterIn.parse(given).validated_data["after"]
        catch_up(session.pk)
        happened = [event_told(row) for row in events_after(session.pk, after, limit=PAGE)]
        if not isinstance(request.accepted_renderer, EventStreamRenderer):
            more = len(happened) == PAGE
            later = request.build_absolute_uri(f"?after={happened[-1]['seq']}") if more else None
            return Response({"results": happened, "next": later, "previous": None})
        seen = happened[-1]["seq"] if happened else after
        pages = partial(watching.happenings, session.pk, after=seen, quiet=QUIET)
        follows = Following(pages, session.pk, Caller.of(request, scope=self.required_scope))
        go_on_later(request._request, follows)
        return Response(happened, headers={"X-Accel-Buffering": "no"})
