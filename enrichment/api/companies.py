"""Which companies there are: look-up and search, local and free."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment import companies
from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.shapes import CompanySearchResultOut, LookupOut
from enrichment.api.summaries import summaries
from salesintel.logs import request_id
from salesintel.problems import problems

LOOKUP_LIMIT = 10


class LookupIn(Input):
    """What the address names."""

    domain = serializers.CharField(max_length=253)


class SearchIn(Input):
    query = serializers.CharField(max_length=253, help_text="A name, domain or URL in any spelling, or its beginning.")
    limit = serializers.IntegerField(min_value=1, max_value=50, default=10)


class CompanyLookupView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="lookup_company",
        tags=["companies"],
        parameters=[OpenApiParameter("domain", str, "path", description="A domain, name or URL; percent-encoded.")],
        responses={200: LookupOut, **problems(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request, domain: str) -> Response:
        """The companies that a domain, name or URL may mean, best first, with what is already known of them."""
        query = LookupIn.parse({"domain": domain}).validated_data["domain"]
        found = summaries(companies.search(query, by=caller_of(request), limit=LOOKUP_LIMIT), now=timezone.now())
        return Response(
            {
                "companies": found,
                "cached": bool(found) and all(company["freshness"] for company in found),
                "sandbox": any(company["sandbox"] for company in found),
                "requestId": request_id.get(),
            }
        )


class CompanySearchView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="search_companies",
        tags=["companies"],
        request=SearchIn,
        responses={200: CompanySearchResultOut(many=True), **problems(400, 401, 403, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """The same as a plain list, of at most `limit` companies."""
        given = SearchIn.parse(request.data).validated_data
        found = companies.search(given["query"], by=caller_of(request), limit=given["limit"])
        return Response(summaries(found, now=timezone.now()))
