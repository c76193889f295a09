"""What is known of a company, who says so, and what people pinned instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment import rules
from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.directory import ID, company_of
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.shapes import ConflictOut, Shape
from enrichment.models import Correction
from enrichment.rules import Rules
from enrichment.workflow import correcting, known_facts
from enrichment.workflow.known_facts import KnownFact, band
from salesintel.declared import Declared
from salesintel.problems import Problem, problems

RIGHT = "enrichment.correct_facts"
DATASET = OpenApiParameter("dataset", str, "path", description="Slug of the dataset.")


class FactsIn(Input):
    dataset = serializers.SlugField(max_length=50, required=False)


class ItemOut(Shape):
    id = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    publisher = serializers.CharField(allow_blank=True)
    source: Declared = serializers.CharField()
    publishedAt = serializers.DateTimeField(allow_null=True)


class FactOut(Shape):
    dataset = serializers.CharField()
    label: Declared = serializers.CharField()
    value = serializers.JSONField(help_text="In the shape of the dataset.")
    sources = serializers.ListField(child=serializers.CharField(), help_text="Slugs; “correction” where pinned.")
    observedAt = serializers.DateTimeField()
    ageSeconds = serializers.IntegerField()
    reliability = serializers.FloatField(help_text="0 to 1.")
    band = serializers.ChoiceField(
        ("reliable", "fair", "weak"), help_text="Reliable from the dataset's threshold on, weak below half of it."
    )
    threshold = serializers.FloatField(allow_null=True)
    why = serializers.CharField(help_text="Why this value won.")
    corrected = serializers.BooleanField(help_text="A person pinned it.")
    conflicts = ConflictOut(many=True, help_text="What others say instead.")
    evidence = ItemOut(many=True, help_text="The items behind it and behind its conflicts.")
    updatedAt = serializers.DateTimeField()
    sandbox = serializers.BooleanField()


class FactsOut(Shape):
    results = FactOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    sandbox = serializers.BooleanField()


class CorrectionIn(Input):
    """A value that holds whatever sources say."""

    dataset = serializers.SlugField(max_length=50)
    value = serializers.JSONField(help_text="In the shape of the dataset.")
    reason = serializers.CharField(max_length=300)
    evidenceUrl = serializers.URLField(max_length=1000, required=False, allow_blank=True, default="")

    def validate_evidenceUrl(self, url: str) -> str:  # noqa: N802 - as the field is called
        if url and not url.startswith(("https://", "http://")):
            raise serializers.ValidationError("Give an address that begins with https://.")
        return url

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            correcting.check(attrs["dataset"], attrs["value"])
        except KeyError as error:
            raise serializers.ValidationError({"dataset": ["There is no such dataset."]}) from error
        except correcting.NotAValue as error:
            raise serializers.ValidationError({"value": [str(error)]}) from error
        return attrs


class CorrectionOut(Shape):
    dataset = serializers.CharField()
    value = serializers.JSONField()
    reason = serializers.CharField(allow_blank=True)
    evidenceUrl = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_null=True, help_text="Who pinned it; null where their account is gone.")
    createdAt = serializers.DateTimeField()


class CorrectionsOut(Shape):
    results = CorrectionOut(many=True)
    sandbox = serializers.BooleanField(help_text="False: people pin them.")


class FactsView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="list_facts",
        tags=["companies"],
        parameters=[ID, OpenApiParameter("dataset", str, description="Of this dataset alone."), *PAGE],
        responses={200: FactsOut, **problems(400, 401, 403, 404, 503)},
    )
    def get(self, request: Request, company_id: int) -> Response:
        """What is known of a company, by dataset: value, sources, age, reliability, conflicts and evidence."""
        company, today, now = company_of(company_id, request), rules.current().rules, timezone.now()
        rows = known_facts.of(company, dataset=FactsIn.parse(filters(request)).validated_data.get("dataset"))
        page = paged(request, rows)
        found = known_facts.explained(company, page.rows, rules=today, at=now)
        results = [_fact(each, today, now) for each in found]
        return Response(page.told(results, sandbox=any(each["sandbox"] for each in results)))


class CorrectionsView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "admin"}

    @extend_schema(
        operation_id="list_corrections",
        tags=["companies"],
        parameters=[ID],
        responses={200: CorrectionsOut, **problems(401, 403, 404, 503)},
    )
    def get(self, request: Request, company_id: int) -> Response:
        """The values that people pinned, by dataset."""
        rows = Correction.objects.filter(company=company_of(company_id, request), withdrawn=None).select_related("user")
        return Response({"results": [_correction(row) for row in rows.order_by("dataset")], "sandbox": False})

    @extend_schema(
        operation_id="correct_fact",
        tags=["companies"],
        parameters=[ID],
        request=CorrectionIn,
        responses={200: CorrectionOut, **problems(400, 401, 403, 404, 409, 413, 415, 503)},
    )
    def post(self, request: Request, company_id: int) -> Response:
        """Pin a value: no source overwrites it, and what was made from another one is made anew."""
        company = _editable(request, company_id)
        given = CorrectionIn.parse(request.data).validated_data
        try:
            row = correcting.pin(
                company,
                given["dataset"],
                given["value"],
                reason=given["reason"],
                by=caller_of(request),
                evidence_url=given["evidenceUrl"],
            )
        except correcting.Erased as error:
            raise Problem(409, str(error)) from error
        return Response(_correction(row))


class CorrectionView(ScopedView):
    required_scope: ClassVar[str] = "admin"

    @extend_schema(
        operation_id="withdraw_correction",
        tags=["companies"],
        parameters=[ID, DATASET],
        responses={204: None, **problems(401, 403, 404, 503)},
    )
    def delete(self, request: Request, company_id: int, dataset: str) -> Response:
        """Un-pin: the sources speak again."""
        if not correcting.withdraw(_editable(request, company_id), dataset):
            raise NotFound("Nothing is pinned for this dataset.")
        return Response(status=204)


def _editable(request: Request, number: int) -> Any:
    if not caller_of(request).has_perm(RIGHT):
        raise PermissionDenied("You lack the right to correct facts; an admin grants it.")
    return company_of(number, request)


def _fact(each: KnownFact, today: Rules, now: datetime) -> dict[str, Any]:
    row, rule = each.fact, today.datasets.get(each.fact.dataset)
    return {
        "dataset": row.dataset,
        "label": rule.label if rule else row.dataset,
        "value": row.value,
        "sources": row.sources,
        "observedAt": row.observed_at,
        "ageSeconds": max(0, int((now - row.observed_at).total_seconds())),
        "reliability": round(row.reliability, 4),
        "band": band(row.reliability, rule.threshold if rule else None),
        "threshold": rule.threshold if rule else None,
        "why": row.why,
        "corrected": row.corrected,
        "conflicts": each.conflicts,
        "evidence": [_item(key, item) for key, item in each.evidence.items()],
        "updatedAt": row.updated,
        "sandbox": each.is_sandbox,
    }


def _item(key: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": key, **item}


def _correction(row: Correction) -> dict[str, Any]:
    return {
        "dataset": row.dataset,
        "value": row.value,
        "reason": row.reason,
        "evidenceUrl": row.evidence_url,
        "by": row.user.get_username() if row.user else None,
        "createdAt": row.created,
    }
