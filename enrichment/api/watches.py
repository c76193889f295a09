"""Companies to keep an eye on: made, changed, looked at now, and what changed at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.asking import AMBIGUOUS
from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.summaries import candidate_out
from enrichment.api.watch_shapes import (
    DigestIn,
    DigestOut,
    WatchChangesOut,
    WatchCheckOut,
    WatchesIn,
    WatchesOut,
    WatchIn,
    WatchOut,
    WatchPatchIn,
    change_out,
    check_out,
    watch_out,
)
from enrichment.automation.watches import checks, digest, keeping
from enrichment.automation.watches.keeping import InvalidWatch, NotNow, WatchedAlready
from enrichment.companies import NEW, AmbiguousCompany
from enrichment.models import Digest, Watch, WatchChange
from salesintel.accounts.models import User
from salesintel.problems import Problem, invalid, problems

READS = problems(401, 403, 404, 503)


@contextmanager
def as_problems() -> Iterator[None]:
    """Tells what the floor below refuses in the API's words."""
    try:
        yield
    except InvalidWatch as error:
        raise invalid(error.errors) from error
    except WatchedAlready as error:
        raise Problem(409, str(error), watchId=str(error.watch.pk)) from error
    except NotNow as error:
        raise Problem(409, str(error)) from error
    except AmbiguousCompany as error:
        candidates = [candidate_out(candidate) for candidate in error.candidates]
        detail = f"Say which one you mean: send its domain, or # and its id; {NEW} where it is none of them."
        raise Problem(409, detail, kind=AMBIGUOUS, candidates=candidates) from error


def own_watch(request: Request, watch_id: UUID) -> Watch:
    """The caller's own watch. Raises `Http404`, for another's as for none."""
    rows = Watch.objects.visible_to(caller_of(request)).counted().defer("seen", "seen_sources")
    return get_object_or_404(rows, pk=watch_id)


class WatchesView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "enrich"}

    @extend_schema(
        operation_id="watches",
        tags=["watches"],
        parameters=[
            OpenApiParameter("paused", bool, description="Only those that rest, or only those that do not."),
            OpenApiParameter("company", str, description="Only its: a name, domain, URL, or # and its id."),
            *PAGE,
        ],
        responses={200: WatchesOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """The companies that you watch, newest first."""
        rows = Watch.objects.visible_to(caller_of(request)).filter(WatchesIn.parse(filters(request)).wanted())
        rows = rows.counted().defer("seen", "seen_sources")
        page = paged(request, rows)
        return Response(page.told([watch_out(watch) for watch in page.rows]))

    @extend_schema(
        operation_id="start_watch",
        tags=["watches"],
        request=WatchIn,
        responses={201: WatchOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Watch a company from now on. Its checks ask free sources alone, unless you say otherwise."""
        with as_problems():
            watch = keeping.keep_an_eye(WatchIn.parse(request.data).ask(), user=caller_of(request))
        where = {"Location": f"/api/v1/watches/{watch.pk}"}
        return Response(watch_out(own_watch(request, watch.pk)), status=201, headers=where)


class WatchView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"PATCH": "enrich", "DELETE": "enrich"}

    @extend_schema(operation_id="watch", tags=["watches"], responses={200: WatchOut, **READS})
    def get(self, request: Request, watch_id: UUID) -> Response:
        """One of your watches."""
        return Response(watch_out(own_watch(request, watch_id)))

    @extend_schema(
        operation_id="change_watch",
        tags=["watches"],
        request=WatchPatchIn,
        responses={200: WatchOut, **READS, **problems(400, 413, 415)},
    )
    def patch(self, request: Request, watch_id: UUID) -> Response:
        """Change how often it is checked, what that may cost, or whether it rests. What rested is not made up for."""
        watch, body = own_watch(request, watch_id), WatchPatchIn.parse(request.data)
        with as_problems():
            keeping.change(watch, body.given())
        return Response(watch_out(own_watch(request, watch_id)))

    @extend_schema(operation_id="end_watch", tags=["watches"], request=None, responses={204: None, **READS})
    def delete(self, request: Request, watch_id: UUID) -> Response:
        """Watch it no more; its changes go with it."""
        own_watch(request, watch_id).delete()
        return Response(status=204)


class CheckWatchView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="check_watch",
        tags=["watches"],
        request=None,
        responses={202: WatchCheckOut, **READS, **problems(409)},
    )
    def post(self, request: Request, watch_id: UUID) -> Response:
        """Look at once, besides the schedule, within the same limits."""
        with as_problems():
            check = checks.check_now(own_watch(request, watch_id))
        return Response(check_out(check), status=202, headers={"Location": f"/api/v1/watches/{watch_id}/changes"})


class ChangesOfWatchView(ScopedView):
    required_scope = "read"
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="watch_changes",
        tags=["watches"],
        parameters=PAGE,
        responses={200: WatchChangesOut, **READS, **problems(400)},
    )
    def get(self, request: Request, watch_id: UUID) -> Response:
        """What changed, newest first, each with both values, their evidence, and how much it matters to the role."""
        page = paged(request, WatchChange.objects.filter(watch=own_watch(request, watch_id)).order_by("-at", "-pk"))
        return Response(page.told([change_out(change) for change in page.rows]))


class DigestView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"PUT": "enrich"}

    @extend_schema(operation_id="digest", tags=["watches"], responses={200: DigestOut, **problems(401, 403, 503)})
    def get(self, request: Request) -> Response:
        """Whether you are mailed what changed."""
        return Response(_digest(caller_of(request)))

    @extend_schema(
        operation_id="change_digest",
        tags=["watches"],
        request=DigestIn,
        responses={200: DigestOut, **problems(400, 401, 403, 413, 415, 503)},
    )
    def put(self, request: Request) -> Response:
        """Be mailed what changed every day, every week, or never. Nothing is sent when nothing changed."""
        every = DigestIn.parse(request.data).validated_data["every"]
        with as_problems():
            digest.subscribe(caller_of(request), every)
        return Response(_digest(caller_of(request)))


def _digest(user: User) -> dict[str, Any]:
    row = Digest.objects.filter(user=user).first()
    return {
        "every": row.every if row else "never",
        "next": row.next_at.isoformat() if row and row.next_at else None,
    }
