"""What was called, what it cost and what reuse saved: one's own, or everybody's for those who may see it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, JsonRenderer, ScopedView, caller_of
from enrichment.api.shapes import Shape, Usd
from enrichment.api.tables import CsvRenderer
from enrichment.rules import live
from enrichment.workflow import usage
from enrichment.workflow.answers import number
from enrichment.workflow.days import zone_named
from enrichment.workflow.usage import By, Line, Reuse, Scope
from salesintel.accounts.models import User
from salesintel.problems import problems

LONGEST = 366  # days
USUAL = 30
CACHE = "cache"
BREAKDOWNS = (*(str(by) for by in By), CACHE)


class UsageIn(Input):
    """What to add up."""

    first = serializers.DateField(required=False, source="first")
    last = serializers.DateField(required=False, source="last")
    by = serializers.ChoiceField(BREAKDOWNS, default="day")
    timeZone = serializers.CharField(max_length=60, required=False)
    whose = serializers.ChoiceField(("me", "everybody"), required=False)
    origin = serializers.ChoiceField(("live", "sandbox"), required=False)
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100)
    offset = serializers.IntegerField(min_value=0, max_value=10**6, default=0)

    def get_fields(self) -> dict[str, Any]:
        """Under the names of the wire, of which `from` is none that Python lets a field have."""
        wire = {"first": "from", "last": "to"}
        return {wire.get(name, name): field for name, field in super().get_fields().items()}

    def validate_timeZone(self, name: str) -> ZoneInfo:  # noqa: N802 - as DRF finds it
        zone = zone_named(name)
        if zone is None:
            raise serializers.ValidationError(f"“{name}” is no time zone; say Europe/Berlin or UTC.")
        return zone

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        zone = attrs.get("timeZone") or ZoneInfo("UTC")
        last = attrs.get("last") or timezone.now().astimezone(zone).date()
        first = attrs.get("first") or last - timedelta(days=USUAL - 1)
        if not timedelta(0) <= last - first < timedelta(days=LONGEST):
            raise serializers.ValidationError({"from": [f"Give a day before `to`, at most {LONGEST} days."]})
        return {**attrs, "first": first, "last": last}


class UsageLineOut(Shape):
    """Of the cache: `key`, `hits`, `misses`, `rate`, `saved`."""

    key = serializers.CharField(allow_blank=True, help_text="Day, source, consumer, user or cache type.")
    calls = serializers.IntegerField(required=False)
    cost = Usd(required=False, help_text="USD.")
    unpriced = serializers.IntegerField(required=False, help_text="Calls whose price is unknown; they are in no sum.")
    requests = serializers.IntegerField(required=False, help_text="Answered; none by source.")
    saved = Usd(help_text="USD really paid, before or by others, for what was reused.")
    hits = serializers.IntegerField(required=False, help_text="Answers that were there when they were needed.")
    misses = serializers.IntegerField(required=False)
    rate = serializers.FloatField(required=False, allow_null=True, help_text="Hits over all, 0 to 1.")


class UsageOut(Shape):
    """A page of a breakdown; `total` is that of all pages."""

    by = serializers.ChoiceField(BREAKDOWNS)
    whose = serializers.ChoiceField(("me", "everybody"))
    timeZone = serializers.CharField()
    total = UsageLineOut(allow_null=True, help_text="Null by cache.")
    results = UsageLineOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    sandbox = serializers.BooleanField(help_text="It is the sandbox's play money.")


def _parameter(name: str, kind: Any, words: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words, **more)


class UsageView(ScopedView):
    required_scope = "read"
    renderer_classes = (JsonRenderer, CsvRenderer)

    @extend_schema(
        operation_id="usage",
        tags=["money"],
        parameters=[
            _parameter("by", str, "What to add up by; day unless you say otherwise.", enum=BREAKDOWNS),
            _parameter("from", {"type": "string", "format": "date"}, f"First day; {USUAL} days unless you say."),
            _parameter("to", {"type": "string", "format": "date"}, "Last day, inclusive; today unless you say."),
            _parameter("timeZone", str, "Whose days; yours unless you say, say Europe/Berlin."),
            _parameter("whose", str, "Everybody's only for those who may see it.", enum=["me", "everybody"]),
            _parameter("origin", str, "live or sandbox; what runs now unless you say.", enum=["live", "sandbox"]),
            _parameter("limit", int, "Lines of a page, 1 to 1,000; 100 unless you say."),
            _parameter("offset", int, "Lines to leave out."),
        ],
        responses={
            (200, "application/json"): UsageOut,
            (200, "text/csv"): str,
            **problems(400, 401, 403, 406, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """Calls, costs and savings by day, source, consumer, user or cache type; as CSV with `Accept: text/csv`.

        Your own, or everybody's where you may see what everybody's work cost.
        """
        user = caller_of(request)
        given = UsageIn.parse(query_of(request.query_params.dict(), user)).validated_data
        scope = scope_of(user, given)
        everything, results = _lines(scope, given["by"])
        begin, end = given["offset"], given["offset"] + given["limit"]
        return Response(
            {
                "by": given["by"],
                "whose": "everybody" if scope.whose is None else "me",
                "timeZone": scope.zone.key,
                "total": everything,
                "results": results[begin:end],
                "next": _page(request, end) if end < len(results) else None,
                "previous": _page(request, max(begin - given["limit"], 0)) if begin else None,
                "sandbox": scope.origin == "sandbox",
            }
        )


def query_of(given: Mapping[str, str], user: User) -> dict[str, str]:
    """An address's parameters as `UsageIn` takes them: the person's own time zone where none is named."""
    named = {name: value for name, value in given.items() if name != "format" and value}
    own = user.time_zone if user.time_zone and zone_named(user.time_zone) else "UTC"
    return {"timeZone": own, **named}


def may_see_all(user: User) -> bool:
    """Whether the person may see what everybody's work cost."""
    return user.has_perm("enrichment.see_costs")


def scope_of(user: User, given: dict[str, Any]) -> Scope:
    """What the person may look at of what is asked for."""
    everybody = may_see_all(user) and given.get("whose") != "me"
    return Scope(
        first=given["first"],
        last=given["last"],
        zone=given["timeZone"],
        origin=given.get("origin") or live.origin(),
        whose=None if everybody else user,
    )


def _lines(scope: Scope, by: str) -> tuple[dict[str, Any] | None, Sequence[dict[str, Any]]]:
    """The total and all lines."""
    if by == CACHE:
        return None, [_reuse_told(line) for line in usage.reuse(scope)]
    found = usage.usage(scope, [By(by)])
    return _told(usage.total(found[By.DAY])), [_told(line) for line in found[By(by)]]


def _told(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "calls": line.calls,
        "cost": number(line.cost),
        "unpriced": line.unpriced,
        "requests": line.requests,
        "saved": number(line.saved),
    }


def _reuse_told(line: Reuse) -> dict[str, Any]:
    rate = None if line.rate is None else round(line.rate, 4)
    return {
        "key": line.cache_type,
        "hits": line.hits,
        "misses": line.misses,
        "rate": rate,
        "saved": number(line.saved),
    }


def _page(request: Request, offset: int) -> str:
    query = request.query_params.copy()
    query["offset"] = str(offset)
    return request.build_absolute_uri(f"?{query.urlencode()}")
