"""How use and sources go from day to day: a page of drawings beside their figures."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError

from enrichment.api.trends import TAKEN, trends_told
from enrichment.api.usage import UsageIn, may_see_all, query_of, scope_of
from enrichment.pages.page import Page, user_of
from enrichment.pages.words import percent

WIDTH, HEIGHT = 120.0, 24.0  # of one drawing
MOST = 40  # operations


class TrendsPage(Page):
    """Operations, sources and ratings of a range of days."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, refused = user_of(request), False
        given = {name: value for name, value in request.GET.items() if name in TAKEN and isinstance(value, str)}
        try:
            asked = UsageIn.parse(query_of(given, user)).validated_data
        except ValidationError:
            refused = True
            asked = UsageIn.parse(query_of({}, user)).validated_data
        scope = scope_of(user, asked)
        told = trends_told(scope)
        context = {
            "scope": scope,
            "refused": refused,
            "may_see_all": may_see_all(user),
            "endpoints": told["endpoints"][:MOST],
            "sources": [_source(each, len(scope.days), str(scope.first)) for each in told["sources"]],
            "ratings": told["ratings"],
            "width": WIDTH,
            "height": HEIGHT,
            "sandbox": told["sandbox"],
        }
        return self.shown("enrichment/trends.html", context, status=400 if refused else 200)


def _source(told: dict[str, Any], days: int, first: str) -> dict[str, Any]:
    """One source's row: its share in all, and its line over the days, high where it answers."""
    calls = sum(day["calls"] for day in told["days"])
    answered = sum(day["answered"] for day in told["days"])
    begun = date.fromisoformat(first)
    points = [
        (WIDTH * (date.fromisoformat(day["day"]) - begun).days / max(days - 1, 1), HEIGHT * (1 - (day["share"] or 0)))
        for day in told["days"]
    ]
    return {
        "label": told["label"],
        "calls": calls,
        "share": percent(answered / calls) if calls else "–",
        "line": " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        "dots": [(f"{x:.1f}", f"{y:.1f}") for x, y in points],
        "days": [{**day, "percent": percent(day["share"] or 0)} for day in told["days"]],
    }
