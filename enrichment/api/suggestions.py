"""What reports on prospects suggest for their vendor, and what a person decides on it."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.shapes import Shape
from enrichment.companies import canonical
from enrichment.models import Company, Origin
from enrichment.rules import live
from enrichment.workflow import suggestions
from enrichment.workflow.suggestions import Suggested
from salesintel.problems import problems

RIGHT = "enrichment.decide_suggestion"
MOST_SHOWN = 20  # prospects of one suggestion
ID = OpenApiParameter("company_id", int, "path", description="As look-up and search give it.")


class DecisionIn(Input):
    decision = serializers.ChoiceField(
        choices=tuple(suggestions.DECISIONS), help_text="`reopen` undoes either of the others."
    )


class MetItemOut(Shape):
    title = serializers.CharField()
    url = serializers.CharField()
    publisher = serializers.CharField()


class MetAtOut(Shape):
    company = serializers.CharField()
    companyDomain = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(help_text="When the report was written.")
    pointer = serializers.CharField(help_text="The statement in its body.")
    evidence = MetItemOut(many=True)


class SuggestionOut(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=("competitor", "focus"))
    name = serializers.CharField()
    words = serializers.CharField()
    met = serializers.IntegerField(help_text="Prospects that use it.")
    of = serializers.IntegerField(help_text="Prospects that there are reports on.")
    status = serializers.ChoiceField(choices=("open", "accepted", "dismissed"))
    decided = serializers.DateTimeField(allow_null=True)
    metAt = MetAtOut(many=True)


class SuggestionsOut(Shape):
    results = SuggestionOut(many=True)
    sandbox = serializers.BooleanField()


class SuggestionsView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="list_suggestions",
        tags=["companies"],
        parameters=[ID],
        responses={200: SuggestionsOut, **problems(401, 403, 404, 503)},
    )
    def get(self, request: Request, company_id: int) -> Response:
        """What reports on a vendor's prospects suggest for its context, open ones first, most often met first."""
        origin = live.origin()
        found = suggestions.suggested(_vendor(company_id, request), origin=origin)
        return Response({"results": [_shown(each) for each in found], "sandbox": origin == Origin.SANDBOX})


class SuggestionView(ScopedView):
    required_scope: ClassVar[str] = "admin"

    @extend_schema(
        operation_id="decide_suggestion",
        tags=["companies"],
        parameters=[ID, OpenApiParameter("suggestion_id", int, "path")],
        request=DecisionIn,
        responses={200: SuggestionOut, **problems(400, 401, 403, 404, 413, 415, 503)},
    )
    def post(self, request: Request, company_id: int, suggestion_id: int) -> Response:
        """Take it over into the vendor's context as a correction, dismiss it, or undo that."""
        if not caller_of(request).has_perm(RIGHT):
            raise PermissionDenied("You lack the right to decide on suggestions; an admin grants it.")
        vendor = _vendor(company_id, request)
        found = suggestions.find(vendor.pk, suggestion_id)
        if found is None:
            raise NotFound("There is no such suggestion for this company.")
        decision = DecisionIn.parse(request.data).validated_data["decision"]
        suggestions.DECISIONS[decision](found, by=caller_of(request))
        known = suggestions.suggested(vendor, origin=found.origin, only=found.pk)
        return Response(_shown(known[0]))


def _vendor(company_id: int, request: Request) -> Company:
    company = Company.objects.visible_to(caller_of(request)).select_related("merged_into").filter(pk=company_id).first()
    if company is None:
        raise NotFound("There is no such company.")
    return canonical(company)


def _shown(found: Suggested) -> dict[str, Any]:
    return {
        "id": found.row.pk,
        "kind": found.row.kind,
        "name": found.row.name,
        "words": found.words,
        "met": found.met,
        "of": found.of,
        "status": found.row.status,
        "decided": found.row.decided,
        "metAt": [
            {
                "company": seen.company.name,
                "companyDomain": seen.company.domain,
                "at": seen.at,
                "pointer": seen.pointer,
                "evidence": [
                    {name: item.get(name) or "" for name in ("title", "url", "publisher")}
                    for item in suggestions.evidence_of(seen)
                ],
            }
            for seen in found.sightings[:MOST_SHOWN]
        ],
    }
