"""Personas of many contacts: quoted, started, watched, paused, cancelled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, paged
from personas.api.batch_shapes import PersonaBatchesOut, PersonaBatchIn, PersonaBatchLinesOut, PersonaBatchOut
from personas.api.once import KEY, once
from personas.api.reaching import CHANGES, READS, SCOPE
from personas.batches import steering, telling
from personas.batches.choosing import BatchRefused, quoted
from personas.models import PersonaBatch, PersonaBatchLine
from salesintel.problems import Problem, invalid, problems


class BatchView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"


class PersonaBatchesView(BatchView):
    @extend_schema(
        operation_id="list_persona_batches",
        tags=["contacts"],
        parameters=PAGE,
        responses={200: PersonaBatchesOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your batches, the latest first."""
        page = paged(request, PersonaBatch.objects.filter(owner=caller_of(request)).order_by("-created", "-pk"))
        return Response(page.told(telling.told(page.rows)))

    @extend_schema(
        operation_id="quote_persona_batch",
        tags=["contacts"],
        parameters=[KEY],
        request=PersonaBatchIn,
        responses={201: PersonaBatchOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Choose contacts of yours, and be told how many that are and what they cost at most. Nothing is made yet."""
        choice = PersonaBatchIn.parse(request.data)

        def make() -> tuple[UUID, int]:
            try:
                return quoted(choice.choice(), owner=caller_of(request)).pk, 201
            except BatchRefused as error:
                raise invalid({error.field: [str(error)]}) from error

        made, status = once(request, make)
        row = own_batch(request, made)
        return Response(telling.told([row])[0], status=status, headers={"Location": f"/api/v1/persona-batches/{made}"})


class PersonaBatchView(BatchView):
    @extend_schema(operation_id="persona_batch", tags=["contacts"], responses={200: PersonaBatchOut, **READS})
    def get(self, request: Request, batch_id: UUID) -> Response:
        """How far it is, and what it cost."""
        return Response(telling.told([own_batch(request, batch_id)])[0])


class PersonaBatchLinesView(BatchView):
    @extend_schema(
        operation_id="persona_batch_lines",
        tags=["contacts"],
        parameters=[
            *PAGE,
            OpenApiParameter("state", str, enum=PersonaBatchLine.State.values, description="Only those."),
        ],
        responses={200: PersonaBatchLinesOut, **READS, **problems(400)},
    )
    def get(self, request: Request, batch_id: UUID) -> Response:
        """What became of each contact, and why."""
        rows = own_batch(request, batch_id).lines.select_related("contact").order_by("place")
        state = request.query_params.get("state", "")
        if state and state not in PersonaBatchLine.State.values:
            words = f"There is no state “{state[:20]}”; use one of {', '.join(PersonaBatchLine.State.values)}."
            raise invalid({"state": [words]})
        page = paged(request, rows.filter(state=state) if state else rows)
        return Response(page.told([telling.line_told(line) for line in page.rows]))


class SteerBatchView(BatchView):
    """POST that changes a batch's state; the answer is the batch as it is then."""

    def done(self, request: Request, batch_id: UUID, step: Callable[[PersonaBatch], PersonaBatch]) -> Response:
        try:
            return Response(telling.told([step(own_batch(request, batch_id))])[0])
        except steering.NotNow as error:
            raise Problem(409, str(error)) from error


def _steers(operation: str) -> Callable[..., Callable[..., Response]]:
    answers: dict[Any, Any] = {200: PersonaBatchOut, **CHANGES}
    return extend_schema(operation_id=operation, tags=["contacts"], request=None, responses=answers)


class StartPersonaBatchView(SteerBatchView):
    @_steers("start_persona_batch")
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Make them, in the background and within the budget."""
        return self.done(request, batch_id, steering.start)


class PausePersonaBatchView(SteerBatchView):
    @_steers("pause_persona_batch")
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Begin no further contact; what is being written is finished."""
        return self.done(request, batch_id, steering.pause)


class ResumePersonaBatchView(SteerBatchView):
    @_steers("resume_persona_batch")
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Go on with a paused one."""
        return self.done(request, batch_id, steering.resume)


class CancelPersonaBatchView(SteerBatchView):
    @_steers("cancel_persona_batch")
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Begin nothing more. What was made stays."""
        return self.done(request, batch_id, steering.cancel)


def own_batch(request: Request, batch_id: UUID) -> PersonaBatch:
    """The caller's own batch: a grant does not reach it. Raises `Http404`, for another's as for none."""
    rows = PersonaBatch.objects.filter(owner=caller_of(request)).select_related("owner")
    found: PersonaBatch = get_object_or_404(rows, pk=batch_id)
    return found
