"""Companies to keep an eye on: made, changed, looked at now, and what changed at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.asking import AMBIGUOUS
from enrichment.api.asks import DEAREST, company_field, domain_field, role_field
from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.cursors import CursorPages
from enrichment.api.shapes import Shape, Usd
from enrichment.api.summaries import candidate_out
from enrichment.automation.watches import checks, digest, keeping
from enrichment.automation.watches.keeping import InvalidWatch, NotNow, WatchAsk, WatchedAlready
from enrichment.companies import AmbiguousCompany
from enrichment.models import Digest, Watch, WatchChange, WatchCheck
from salesintel.accounts.models import User
from salesintel.problems import Problem, problems

READS = problems(401, 403, 404, 503)
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous`.")


def usd_field(what: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=16,
        decimal_places=9,
        min_value=Decimal(0),
        max_value=DEAREST,
        required=False,
        allow_null=True,
        coerce_to_string=False,
        help_text=f"USD that {what} may cost at most; null for no limit of its own.",
    )


class WatchChangesIn(Input):
    """What of a watch may be changed."""

    every = serializers.CharField(
        max_length=10, required=False, help_text="daily, weekly, monthly, or cron. At six o'clock, spread over an hour."
    )
    cron = serializers.CharField(max_length=100, required=False, help_text="Five fields; at most once an hour.")
    timeZone = serializers.CharField(max_length=60, required=False, help_text="Your own without it; say Europe/Berlin.")
    freeOnly = serializers.BooleanField(required=False, help_text="Ask free sources alone; so it is unless you say no.")
    maxCost = usd_field("one check")
    monthlyCost = usd_field("all checks of a month")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as `keeping` calls them."""
        names = {"timeZone": "time_zone", "freeOnly": "free_only", "maxCost": "max_cost", "monthlyCost": "monthly_cost"}
        return {names.get(name, name): value for name, value in self.validated_data.items()}


class WatchPatchIn(WatchChangesIn):
    """The same, and whether it rests."""

    paused = serializers.BooleanField(required=False)


class WatchIn(WatchChangesIn):
    """A company, for whom it is watched, and how often."""

    company = company_field()
    companyDomain = domain_field("company")
    consumer = serializers.SlugField(max_length=50, required=False, help_text="profile without it.")
    vendor = company_field(required=False, allow_null=True)
    vendorDomain = domain_field("vendor")
    role = role_field()

    def ask(self) -> WatchAsk:
        names = {"companyDomain": "company_domain", "vendorDomain": "vendor_domain"}
        return WatchAsk(**{names.get(name, name): value for name, value in self.given().items()})


class WatchedOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    domain = serializers.CharField(allow_null=True)


class WatchOut(Shape):
    """A watch."""

    id = serializers.UUIDField()
    company = WatchedOut()
    vendor = serializers.CharField(allow_null=True)
    consumer = serializers.CharField()
    role = serializers.CharField(allow_blank=True)
    every = serializers.CharField()
    cron = serializers.CharField(allow_blank=True)
    timeZone = serializers.CharField()
    freeOnly = serializers.BooleanField()
    maxCost = Usd(allow_null=True)
    monthlyCost = Usd(allow_null=True)
    paused = serializers.BooleanField()
    nextCheck = serializers.DateTimeField(allow_null=True, help_text="Null while it rests.")
    lastChecked = serializers.DateTimeField(allow_null=True)
    changes = serializers.IntegerField(help_text="That were found so far.")
    unread = serializers.IntegerField(help_text="Since you read them last, here or on the page.")
    changesEndpoint = serializers.CharField()


class WatchesOut(Shape):
    results = WatchOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class WatchCheckOut(Shape):
    """A check that was begun."""

    id = serializers.IntegerField()
    status = serializers.CharField(help_text="waiting, checked, failed or skipped.")
    reason = serializers.CharField(allow_blank=True)
    began = serializers.DateTimeField()
    requestId = serializers.UUIDField(allow_null=True)


class CitedOut(Shape):
    source = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    date = serializers.DateTimeField()


class BothCitedOut(Shape):
    old = CitedOut(many=True)
    new = CitedOut(many=True)


class WatchChangeOut(Shape):
    """Something that was otherwise than at the check before."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text=f"One of {', '.join(WatchChange.Kind.values)}.")
    dataset = serializers.CharField()
    what = serializers.CharField(help_text="In one line.")
    old = serializers.JSONField(allow_null=True, help_text="As docs/datasets.md has it; null where it is new.")
    new = serializers.JSONField(allow_null=True, help_text="Null where it is gone.")
    evidence = BothCitedOut(help_text="What both were read in.")
    score = serializers.FloatField(help_text="How much it matters to the watch's role, 0 to 1.")
    at = serializers.DateTimeField(help_text="When it was noticed.")
    sandbox = serializers.BooleanField()


class WatchChangesOut(Shape):
    results = WatchChangeOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DigestIn(Input):
    every = serializers.ChoiceField(Digest.Every.values, help_text="never, daily or weekly.")


class DigestOut(Shape):
    """When you are mailed what changed."""

    every = serializers.CharField(help_text="never, daily or weekly.")
    next = serializers.DateTimeField(allow_null=True)


class Newest(CursorPages):
    page_size = 50
    ordering = ("-created", "-pk")


class Latest(CursorPages):
    page_size = 50
    ordering = ("-at", "-pk")


@contextmanager
def as_problems() -> Iterator[None]:
    """Tells what the floor below refuses in the API's words."""
    try:
        yield
    except InvalidWatch as error:
        raise Problem(400, f"Not valid: {', '.join(error.errors)}.", errors=error.errors) from error
    except WatchedAlready as error:
        raise Problem(409, str(error), watchId=str(error.watch.pk)) from error
    except NotNow as error:
        raise Problem(409, str(error)) from error
    except AmbiguousCompany as error:
        candidates = [candidate_out(candidate) for candidate in error.candidates]
        detail = "Say which one you mean: send its domain, or # and its id."
        raise Problem(409, detail, kind=AMBIGUOUS, candidates=candidates) from error


def counted(watches: QuerySet[Watch]) -> QuerySet[Watch]:
    """With how many changes each has, and how many its owner has not read."""
    unread = Q(changes__at__gt=F("looked_at")) | Q(looked_at=None)
    return watches.select_related("company", "vendor").annotate(
        found=Count("changes"), unread=Count("changes", filter=unread)
    )


def own_watch(request: Request, watch_id: UUID) -> Watch:
    """The caller's own watch. Raises `Http404`, for another's as for none."""
    rows = counted(Watch.objects.visible_to(caller_of(request))).defer("seen", "seen_sources")
    return get_object_or_404(rows, pk=watch_id)


def watch_out(watch: Watch) -> dict[str, Any]:
    company = watch.company
    return {
        "id": str(watch.pk),
        "company": {"id": company.pk, "name": company.name, "domain": company.domain},
        "vendor": watch.vendor.name if watch.vendor else None,
        "consumer": watch.consumer,
        "role": watch.role,
        "every": watch.every,
        "cron": watch.cron,
        "timeZone": watch.time_zone,
        "freeOnly": watch.free_only,
        "maxCost": None if watch.max_cost is None else float(watch.max_cost),
        "monthlyCost": None if watch.monthly_cost is None else float(watch.monthly_cost),
        "paused": watch.paused,
        "nextCheck": None if watch.paused else watch.next_at.isoformat(),
        "lastChecked": watch.last_checked.isoformat() if watch.last_checked else None,
        "changes": getattr(watch, "found", 0),
        "unread": getattr(watch, "unread", 0),
        "changesEndpoint": f"/api/v1/watches/{watch.pk}/changes",
    }


def change_out(change: WatchChange) -> dict[str, Any]:
    return {
        "id": change.pk,
        "kind": change.kind,
        "dataset": change.dataset,
        "what": change.what,
        "old": change.old,
        "new": change.new,
        "evidence": change.evidence,
        "score": change.score,
        "at": change.at.isoformat(),
        "sandbox": change.origin == "sandbox",
    }


def check_out(check: WatchCheck) -> dict[str, Any]:
    return {
        "id": check.pk,
        "status": check.status,
        "reason": check.reason,
        "began": check.began.isoformat(),
        "requestId": str(check.request_id) if check.request_id else None,
    }


class WatchesView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "enrich"}

    @extend_schema(operation_id="watches", tags=["watches"], parameters=[CURSOR], responses={200: WatchesOut, **READS})
    def get(self, request: Request) -> Response:
        """The companies that you watch, newest first."""
        pages = Newest()
        rows = counted(Watch.objects.visible_to(caller_of(request))).defer("seen", "seen_sources")
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([watch_out(watch) for watch in page])

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
        parameters=[CURSOR],
        responses={200: WatchChangesOut, **READS},
    )
    def get(self, request: Request, watch_id: UUID) -> Response:
        """What changed, newest first, each with both values, their evidence, and how much it matters to the role."""
        watch, pages = own_watch(request, watch_id), Latest()
        page = pages.paginate_queryset(WatchChange.objects.filter(watch=watch), request, view=self) or []
        return pages.get_paginated_response([change_out(change) for change in page])


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
        digest.subscribe(caller_of(request), every)
        return Response(_digest(caller_of(request)))


def _digest(user: User) -> dict[str, Any]:
    row = Digest.objects.filter(user=user).first()
    return {
        "every": row.every if row else "never",
        "next": row.next_at.isoformat() if row and row.next_at else None,
    }
