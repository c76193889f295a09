"""How use and sources go from day to day, beside what they cost (usage.py)."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.shapes import Shape
from enrichment.api.usage import USUAL, UsageIn, query_of, scope_of
from enrichment.models import Source
from enrichment.workflow import trends
from enrichment.workflow.trends import Day
from enrichment.workflow.usage import Scope
from salesintel.declared import Declared
from salesintel.problems import problems

DATE = {"type": "string", "format": "date"}
TAKEN = ("from", "to", "whose", "timeZone", "origin")


class EndpointUseOut(Shape):
    route = serializers.CharField(help_text="As the URL map has it.")
    method = serializers.CharField()
    calls = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="Answered with 4xx.")
    failed = serializers.IntegerField(help_text="Answered with 5xx.")
    days = serializers.IntegerField(help_text="Days (UTC) on which it was asked.")


class SourceDayOut(Shape):
    day = serializers.DateField()
    calls = serializers.IntegerField()
    answered = serializers.IntegerField(help_text="With something, or that there is nothing.")
    share = serializers.FloatField(allow_null=True, help_text="Answered over calls, 0 to 1.")


class SourceTrendOut(Shape):
    source: Declared = serializers.CharField()
    label: Declared = serializers.CharField()
    days = SourceDayOut(many=True)


class RatingDayOut(Shape):
    day = serializers.DateField()
    ratings = serializers.IntegerField()
    stars = serializers.FloatField(allow_null=True, help_text="The mean, 1 to 5.")


class TrendsOut(Shape):
    endpoints = EndpointUseOut(many=True, help_text="Everybody's: counted without callers.")
    sources = SourceTrendOut(many=True, help_text="Everybody's calls.")
    ratings = RatingDayOut(many=True)
    sandbox = serializers.BooleanField()


class TrendsView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="usage_trends",
        tags=["money"],
        parameters=[
            OpenApiParameter(
                "from", {"type": "string", "format": "date"}, description=f"First day; {USUAL} days unless you say."
            ),
            OpenApiParameter("to", DATE, description="Last day, inclusive."),
            OpenApiParameter("timeZone", str, description="Whose days; yours unless you say."),
            OpenApiParameter("whose", str, description="Whose ratings.", enum=["me", "everybody"]),
            OpenApiParameter("origin", str, description="What runs now unless you say.", enum=["live", "sandbox"]),
        ],
        responses={200: TrendsOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Which operations are asked, how often each source answers, and how briefs are judged, day by day."""
        user = caller_of(request)
        query = {name: value for name, value in request.query_params.dict().items() if name in TAKEN}
        return Response(trends_told(scope_of(user, UsageIn.parse(query_of(query, user)).validated_data)))


def trends_told(scope: Scope) -> dict[str, Any]:
    """The trends in the wire's shape."""
    labels = dict(Source.objects.values_list("slug", "label"))
    return {
        "endpoints": [
            {
                "route": each.route,
                "method": each.method,
                "calls": each.counted.calls,
                "refused": each.counted.refused,
                "failed": each.counted.failed,
                "days": each.days,
            }
            for each in trends.routes(scope.first, scope.last)
        ],
        "sources": [
            {"source": source, "label": labels.get(source, source), "days": [_source_day(day) for day in days]}
            for source, days in trends.reliability(scope).items()
        ],
        "ratings": [{"day": day.day, "ratings": day.n, "stars": _share(day)} for day in trends.stars(scope)],
        "sandbox": scope.origin == "sandbox",
    }


def _source_day(day: Day) -> dict[str, Any]:
    return {"day": day.day, "calls": day.n, "answered": int(day.good), "share": _share(day)}


def _share(day: Day) -> float | None:
    return None if day.share is None else round(day.share, 4)
