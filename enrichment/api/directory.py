"""The companies that are known here: the list, and one of them with all that leads to it."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.shapes import CompanyOut, EmployeesOut, FreshnessOut, Shape
from enrichment.api.summaries import known_of
from enrichment.models import Company, CompanyMerge, Origin, Report
from enrichment.workflow import directory
from enrichment.workflow.directory import Order, Profile, Wanted
from salesintel.problems import problems

ID = OpenApiParameter("company_id", int, "path", description="As the list, look-up and search give it.")


class CompaniesIn(Input):
    """The filters of the list; all that is given has to hold."""

    q = serializers.CharField(max_length=253, required=False)
    industry = serializers.CharField(max_length=100, required=False)
    country = serializers.CharField(max_length=60, required=False)
    updatedSince = serializers.DateTimeField(required=False)
    hasReport = serializers.BooleanField(required=False, allow_null=True, default=None)
    ordering = serializers.ChoiceField([str(order) for order in Order], required=False)

    def wanted(self) -> Wanted:
        given = self.validated_data
        return Wanted(
            q=given.get("q", ""),
            industry=given.get("industry", ""),
            country=given.get("country", ""),
            updated_since=given.get("updatedSince"),
            has_report=given["hasReport"],
            order=Order(given["ordering"]) if "ordering" in given else None,
        )


class ListedOut(CompanyOut):
    """A company of the list, with what is already known of it; null is unknown."""

    industry = serializers.CharField(allow_null=True)
    employeeCount = EmployeesOut(allow_null=True)
    location = serializers.CharField(allow_null=True)
    freshness = FreshnessOut(allow_null=True)
    provisional = serializers.BooleanField(help_text="Its domain is unknown.")
    unconfirmed = serializers.BooleanField(help_text="One user alone gave its name and domain together.")
    createdAt = serializers.DateTimeField()
    sandbox = serializers.BooleanField(help_text="A value that is shown came from the sandbox.")


class CompaniesOut(Shape):
    results = ListedOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    previous = serializers.CharField(allow_null=True, help_text="Address of the page before.")
    sandbox = serializers.BooleanField()


class AliasOut(Shape):
    value = serializers.CharField()
    learnedFrom = serializers.CharField(allow_blank=True, help_text="Who said so: a source, person, seed, request.")


class MergedFromOut(CompanyOut):
    mergedAt = serializers.DateTimeField()
    learnedFrom = serializers.CharField(help_text="person, or the source that said so.")
    reason = serializers.CharField(allow_blank=True)


class LatestReportOut(Shape):
    id = serializers.CharField()
    consumer = serializers.CharField()
    role = serializers.CharField(allow_blank=True)
    vendor = serializers.CharField(allow_null=True)
    generatedAt = serializers.DateTimeField()
    quality = serializers.FloatField(allow_null=True, help_text="Overall, 0 to 1.")
    sandbox = serializers.BooleanField()


class ProfileOut(ListedOut):
    """Who it is and by what it is found; what was written about it last, by consumer and role."""

    aliases = AliasOut(many=True)
    domains = AliasOut(many=True)
    tickers = AliasOut(many=True)
    mergedFrom = MergedFromOut(many=True, help_text="Companies that are part of it, and can be split off again.")
    reports = LatestReportOut(many=True)


def _filter(name: str, kind: Any, words: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words, **more)


class CompaniesView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="list_companies",
        tags=["companies"],
        parameters=[
            _filter("q", str, "A name, domain or ticker in any spelling, or its beginning; best match first."),
            _filter("industry", str, "A part of the industry."),
            _filter("country", str, "Of its headquarters: ISO 3166-1 code or English name."),
            _filter("updatedSince", {"type": "string", "format": "date-time"}, "A fact of it changed then or later."),
            _filter("hasReport", bool, "Whether a report was written on it."),
            _filter("ordering", str, "By name unless you say, or give q.", enum=[str(order) for order in Order]),
            *PAGE,
        ],
        responses={200: CompaniesOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """The companies that are known here, with what is known of them. Buys nothing."""
        page = paged(request, directory.listed(CompaniesIn.parse(filters(request)).wanted(), by=caller_of(request)))
        results = _listed(page.rows)
        return Response(page.told(results, sandbox=any(each["sandbox"] for each in results)))


class CompanyView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="get_company",
        tags=["companies"],
        parameters=[ID],
        responses={200: ProfileOut, **problems(401, 403, 404, 503)},
    )
    def get(self, request: Request, company_id: int) -> Response:
        """One company. The number of one that is part of another by now leads to that one."""
        return Response(_profile(directory.profile(company_of(company_id, request))))


def company_of(number: int, request: Request) -> Company:
    """The company of that number, or what it is part of, if the caller may know of it. Raises `NotFound`."""
    company = directory.one(number, by=caller_of(request)) if number < 2**63 else None
    if company is None:
        raise NotFound("There is no such company.")
    return company


def company_out(company: Company) -> dict[str, Any]:
    return {"id": company.pk, "name": company.name, "domain": company.domain}


def _listed(rows: Iterable[Company]) -> list[dict[str, Any]]:
    companies = list(rows)
    known = known_of(companies, now=timezone.now())
    return [
        company_out(row)
        | facts
        | {"provisional": row.is_provisional, "unconfirmed": row.unconfirmed, "createdAt": row.created}
        for row, facts in zip(companies, known, strict=True)
    ]


def _profile(found: Profile) -> dict[str, Any]:
    [own] = _listed([found.company])
    names = {"name": "aliases", "domain": "domains", "ticker": "tickers"}
    told: dict[str, Any] = {field: [] for field in names.values()}
    for alias in found.aliases:
        told[names[alias.kind]].append({"value": alias.value, "learnedFrom": alias.learned_from})
    reports = [_report(row) for row in found.reports]
    return (
        own
        | told
        | {
            "mergedFrom": [_merged(row) for row in found.merges],
            "reports": reports,
            "sandbox": own["sandbox"] or any(each["sandbox"] for each in reports),
        }
    )


def _merged(row: CompanyMerge) -> dict[str, Any]:
    return company_out(row.absorbed) | {
        "mergedAt": row.created,
        "learnedFrom": row.learned_from,
        "reason": row.reason,
    }


def _report(row: Report) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "consumer": row.consumer,
        "role": row.role,
        "vendor": row.vendor.name if row.vendor else None,
        "generatedAt": row.generated_at,
        "quality": row.quality.get("overall"),
        "sandbox": row.origin == Origin.SANDBOX,
    }
