"""A request under way: how far it is, what it did, what happened, and stopping it. Others' requests do not exist."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, QuerySet, UUIDField
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.following import QUIET, EventStreamRenderer, Following
from enrichment.api.later import go_on_later
from enrichment.api.shapes import EventsOut, RunOut, SpanOut, StatusOut, StreamedOut
from enrichment.api.telling import headers_of
from enrichment.api.watch import WATCH
from enrichment.models import ResearchRequest
from enrichment.workflow import answers
from enrichment.workflow.rendering import LARGE
from enrichment.workflow.requests import cancel
from salesintel.accounts.callers import Caller
from salesintel.prepared import Gap, Prepared
from salesintel.problems import problems

PAGE = 500  # events
LARGEST_SEQ = 2**31 - 1
READS = problems(401, 403, 404, 503)


def own_request(request: Request, request_id: UUID) -> ResearchRequest:
    """The caller's own request. Raises `Http404`, for another's as for none."""
    found = OWN.first(user=caller_of(request).pk, pk=request_id)
    if found is None:
        raise Http404
    return found


def _own() -> "QuerySet[ResearchRequest]":
    rows = ResearchRequest.objects.visible_to(Gap("user", BigIntegerField())).filter(pk=Gap("pk", UUIDField()))
    rows = rows.select_related("run", "company", "vendor", "report__entry")
    return rows.defer("run__plan_input", *(f"report__{name}" for name in LARGE))


OWN = Prepared(_own)


class StatusView(ScopedView):
    required_scope = "read"

    @extend_schema(operation_id="analysis_status", tags=["research"], responses={200: StatusOut, **READS})
    def get(self, request: Request, request_id: UUID) -> Response:
        """processing, completed (with gaps where some are left) or failed; the whole answer once completed."""
        asked = own_request(request, request_id)
        return Response(answers.status_json(asked), headers=headers_of(asked))


class RunView(ScopedView):
    required_scope = "read"

    @extend_schema(operation_id="run", tags=["runs"], responses={200: RunOut, **READS})
    def get(self, request: Request, request_id: UUID) -> Response:
        """State, progress, estimate and your own costs."""
        asked = own_request(request, request_id)
        return Response(answers.run_state(asked), headers=headers_of(asked))


class TraceView(ScopedView):
    required_scope = "read"

    @extend_schema(operation_id="run_trace", tags=["runs"], responses={200: SpanOut, **READS})
    def get(self, request: Request, request_id: UUID) -> Response:
        """What was done, as a tree of timed and priced spans."""
        return Response(answers.trace(own_request(request, request_id)))


class CancelView(ScopedView):
    required_scope = "enrich"

    @extend_schema(operation_id="cancel_run", tags=["runs"], request=None, responses={200: RunOut, **READS})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Detach this request. Work that nobody wants any more stops before its next paid call."""
        asked = own_request(request, request_id)
        cancel(asked)
        return Response(answers.run_state(own_request(request, request_id)))


class AfterIn(Input):
    """From where on to tell the events."""

    after = serializers.IntegerField(min_value=0, max_value=LARGEST_SEQ, default=0)


class EventsView(ScopedView):
    required_scope = "read"
    renderer_classes = (JSONRenderer, EventStreamRenderer)

    @extend_schema(
        operation_id="run_events",
        tags=["runs"],
        parameters=[OpenApiParameter("after", int, description="The last `seq` that you have; 0 for all.")],
        responses={
            (200, "application/json"): EventsOut,
            (200, "text/event-stream"): StreamedOut,
            204: None,
            **problems(400, 401, 403, 404, 406, 503),
        },
    )
    def get(self, request: Request, request_id: UUID) -> Response:
        """The numbered events after `after`: a page of JSON, or with `Accept: text/event-stream` live until the end.

        A stream that is opened again with `Last-Event-ID` goes on after that number; 204 says that nothing will follow.
        """
        asked = own_request(request, request_id)
        given: dict[str, Any] = {
            "after": request.query_params.get("after") or request.headers.get("Last-Event-ID") or 0
        }
        after = AfterIn.parse(given).validated_data["after"]
        happened = answers.events(asked, after=after, limit=PAGE)
        if isinstance(request.accepted_renderer, EventStreamRenderer):
            return self._stream(request, asked, after, happened)
        more = len(happened) == PAGE
        later = request.build_absolute_uri(f"?after={happened[-1]['seq']}") if more else None
        return Response({"results": happened, "next": later, "previous": None})

    def _stream(self, request: Request, asked: ResearchRequest, after: int, happened: list[dict[str, Any]]) -> Response:
        if not happened and asked.status != ResearchRequest.Status.ATTACHED:
            return Response(status=204)
        seen = happened[-1]["seq"] if happened else after
        caller = Caller.of(request, scope=self.required_scope)
        later = Following(partial(WATCH.happenings, asked.pk, after=seen, quiet=QUIET), asked.pk, caller)
        go_on_later(request._request, later)
        return Response(happened, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
