"""A reader's stars for a report, and how reports are judged in sum."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, JsonRenderer, ScopedView, caller_of
from enrichment.api.runs import own_request
from enrichment.api.shapes import Shape
from enrichment.api.tables import CsvRenderer
from enrichment.api.usage import UsageIn, query_of, scope_of
from enrichment.models import Rating
from enrichment.models.ratings import BEST, LONGEST_REASON, WORST
from enrichment.workflow.judgements import By, Judged, judged
from enrichment.workflow.rating import NoReport, rate, rating_of, unrate
from salesintel.problems import Problem, problems


class RatingIn(Input):
    """Stars, and why."""

    stars = serializers.IntegerField(min_value=WORST, max_value=BEST, help_text="1: of no use, to 5: just what I need.")
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True, default="")


class RatingOut(Shape):
    requestId = serializers.CharField()
    stars = serializers.IntegerField(allow_null=True, help_text="Null where you have not rated it.")
    reason = serializers.CharField(allow_blank=True)
    ratedAt = serializers.DateTimeField(allow_null=True)


class RatingView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"PUT": "enrich", "DELETE": "enrich"}

    @extend_schema(
        operation_id="get_rating", tags=["runs"], responses={200: RatingOut, **problems(400, 401, 403, 404, 503)}
    )
    def get(self, request: Request, request_id: UUID) -> Response:
        """Your stars for the request's report. They are yours alone: others who read the same report have their own."""
        asked = own_request(request, request_id)
        return Response(_told(request_id, rating_of(asked, caller_of(request))))

    @extend_schema(
        operation_id="rate_report",
        tags=["runs"],
        request=RatingIn,
        responses={200: RatingOut, **problems(400, 401, 403, 404, 409, 413, 415, 503)},
    )
    def put(self, request: Request, request_id: UUID) -> Response:
        """Rate the request's report, in place of your stars of before. 409 while there is no report."""
        asked, given = own_request(request, request_id), RatingIn.parse(request.data).validated_data
        try:
            row = rate(asked, caller_of(request), stars=given["stars"], reason=given["reason"])
        except NoReport as error:
            raise Problem(409, str(error)) from error
        return Response(_told(request_id, row))

    @extend_schema(
        operation_id="unrate_report", tags=["runs"], responses={204: None, **problems(400, 401, 403, 404, 503)}
    )
    def delete(self, request: Request, request_id: UUID) -> Response:
        """Take your stars back; where there are none, nothing happens."""
        unrate(own_request(request, request_id), caller_of(request))
        return Response(status=204)


def _told(request_id: UUID, row: Rating | None) -> dict[str, Any]:
    return {
        "requestId": str(request_id),
        "stars": row.stars if row else None,
        "reason": row.reason if row else "",
        "ratedAt": row.updated if row else None,
    }


# --- In sum -----------------------------------------------------------------------------------------------------------


class JudgedIn(UsageIn):
    by = serializers.ChoiceField([str(by) for by in By], default="consumer")


class JudgedLineOut(Shape):
    key = serializers.CharField(allow_blank=True, help_text="Role, consumer, engine, prompt version or section.")
    ratings = serializers.IntegerField(help_text="None by section.")
    stars = serializers.FloatField(allow_null=True, help_text="The mean; null without ratings.")
    liked = serializers.IntegerField(help_text="Of 4 or 5 stars.")
    disliked = serializers.IntegerField(help_text="Of 1 or 2 stars.")
    shown = serializers.IntegerField(allow_null=True, help_text="Times a brief was opened. Null of your own alone.")
    evidence = serializers.IntegerField(allow_null=True, help_text="Readings that opened the evidence of a section.")
    more = serializers.IntegerField(allow_null=True, help_text="Readings that asked for more of a section.")
    copied = serializers.IntegerField(allow_null=True, help_text="Readings that copied from a section.")
    exported = serializers.IntegerField(allow_null=True, help_text="Briefs that were downloaded.")


class JudgedOut(Shape):
    by = serializers.ChoiceField([str(by) for by in By])
    whose = serializers.ChoiceField(("me", "everybody"))
    timeZone = serializers.CharField()
    results = JudgedLineOut(many=True, help_text="The most rated first.")
    sandbox = serializers.BooleanField()


def _parameter(name: str, kind: Any, words: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words, **more)


class JudgementsView(ScopedView):
    required_scope = "read"
    renderer_classes = (JsonRenderer, CsvRenderer)

    @extend_schema(
        operation_id="usage_ratings",
        tags=["money"],
        parameters=[
            _parameter("by", str, "What to add up by; consumer unless you say.", enum=[str(by) for by in By]),
            _parameter("from", {"type": "string", "format": "date"}, "First day; 30 days unless you say."),
            _parameter("to", {"type": "string", "format": "date"}, "Last day, inclusive; today unless you say."),
            _parameter("timeZone", str, "Whose days; yours unless you say. The use of sections is by days of UTC."),
            _parameter("whose", str, "Everybody's only for those who may see it.", enum=["me", "everybody"]),
            _parameter("origin", str, "live or sandbox; what runs now unless you say.", enum=["live", "sandbox"]),
            _parameter("limit", int, "Lines, 1 to 1,000; 100 unless you say."),
        ],
        responses={(200, "application/json"): JudgedOut, (200, "text/csv"): str, **problems(400, 401, 403, 406, 503)},
    )
    def get(self, request: Request) -> Response:
        """Stars and the use of sections by role, consumer, engine, prompt or section; as CSV with `Accept: text/csv`.

        Your own stars, or everybody's where you may see what everybody's work cost. Of use there are only everybody's
        counts: who read what is not kept.
        """
        user = caller_of(request)
        given = JudgedIn.parse(query_of(request.query_params.dict(), user)).validated_data
        scope, by = scope_of(user, given), By(given["by"])
        everybody = scope.whose is None
        results = [_line(each, everybody=everybody) for each in judged(scope, [by])[by]]
        return Response(
            {
                "by": given["by"],
                "whose": "everybody" if everybody else "me",
                "timeZone": scope.zone.key,
                "results": results[given["offset"] : given["offset"] + given["limit"]],
                "sandbox": scope.origin == "sandbox",
            }
        )


def _line(each: Judged, *, everybody: bool) -> dict[str, Any]:
    used = {name: getattr(each, name) if everybody else None for name in USED}
    stars = None if each.stars is None else round(each.stars, 2)
    rated = {"ratings": each.ratings, "stars": stars, "liked": each.liked, "disliked": each.disliked}
    return {"key": each.key, **rated, **used}


USED = ("shown", "evidence", "more", "copied", "exported")
