"""What is usual: the product's benchmarks to read, one's own to add, change and delete."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.shapes import Shape
from personas.api.reaching import CHANGES, READS, SCOPE
from personas.benchmarks import own
from personas.benchmarks.industries import industry_of
from personas.models import Benchmark, OwnBenchmark, Range
from salesintel.declared import Declared
from salesintel.problems import Problem, invalid, problems

MOST = 1e9
SIZES = ["", *Range.Size.values]


def figure() -> serializers.FloatField:
    return serializers.FloatField(min_value=0, max_value=MOST, required=False)


class BenchmarkChangeIn(Input):
    """What is left out stays as it is."""

    industry = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="As your CRM calls it; empty: all of them."
    )
    size = serializers.ChoiceField(SIZES, required=False, allow_blank=True, help_text="Empty: all sizes.")
    metric = serializers.ChoiceField(Range.Metric.values, required=False)
    low = figure()
    typical = figure()
    high = figure()
    source: Declared = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Where you have it from."
    )


class BenchmarkIn(BenchmarkChangeIn):
    """A range of your own: before the product's, for you alone."""

    metric = serializers.ChoiceField(Range.Metric.values)
    low = serializers.FloatField(min_value=0, max_value=MOST)
    typical = serializers.FloatField(min_value=0, max_value=MOST)
    high = serializers.FloatField(min_value=0, max_value=MOST)


class BenchmarksIn(Input):
    """Which of them."""

    metric = serializers.ChoiceField(Range.Metric.values, required=False)
    industry = serializers.CharField(max_length=60, required=False, help_text="Also those of all industries.")

    def wanted(self) -> Q:
        given = self.validated_data
        wanted = Q(metric=given["metric"]) if "metric" in given else Q()
        return wanted & Q(industry__in={industry_of(given["industry"]), ""}) if "industry" in given else wanted


class BenchmarkOut(Shape):
    """A range that is usual for a metric."""

    id = serializers.CharField()
    industry = serializers.CharField(help_text="In our words; empty: all of them.")
    size = serializers.ChoiceField(SIZES)
    metric = serializers.ChoiceField(Range.Metric.values)
    low = serializers.FloatField()
    typical = serializers.FloatField()
    high = serializers.FloatField()
    source: Declared = serializers.CharField()
    isOwn = serializers.BooleanField()


class BenchmarksOut(Shape):
    results = BenchmarkOut(many=True, help_text="By industry, size and metric.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


WHICH = [
    OpenApiParameter("metric", str, enum=Range.Metric.values, description="Only of this metric."),
    OpenApiParameter("industry", str, description="Only of this industry, and of all."),
    *PAGE,
]


class BenchmarksView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="list_benchmarks",
        tags=["contacts"],
        parameters=WHICH,
        responses={200: BenchmarksOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your own benchmarks. Where you have one, it is used in place of the product's."""
        wanted = BenchmarksIn.parse(filters(request)).wanted()
        page = paged(request, own.own_benchmarks(caller_of(request)).filter(wanted))
        return Response(page.told([_told(row, row.source, is_own=True) for row in page.rows]))

    @extend_schema(
        operation_id="add_benchmark",
        tags=["contacts"],
        request=BenchmarkIn,
        responses={201: BenchmarkOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Say what is usual where you sell. Nobody else sees it."""
        with as_problems():
            row = own.add(caller_of(request), BenchmarkIn.parse(request.data).validated_data)
        headers = {"Location": f"/api/v1/benchmarks/{row.pk}"}
        return Response(_told(row, row.source, is_own=True), status=201, headers=headers)


class GeneralBenchmarksView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="list_general_benchmarks",
        tags=["contacts"],
        parameters=WHICH,
        responses={200: BenchmarksOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """The product's benchmarks, as an admin left them; `source` is `ours` where no document has the figure."""
        page = paged(request, Benchmark.objects.filter(BenchmarksIn.parse(filters(request)).wanted()))
        return Response(page.told([_told(row, row.origin, is_own=False) for row in page.rows]))


class BenchmarkView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="change_benchmark",
        tags=["contacts"],
        request=BenchmarkChangeIn,
        responses={200: BenchmarkOut, **CHANGES},
    )
    def patch(self, request: Request, benchmark_id: UUID) -> Response:
        """Change what is sent, leave the rest."""
        row = _own(request, benchmark_id)
        with as_problems():
            own.change(row, BenchmarkChangeIn.parse(request.data).validated_data)
        return Response(_told(row, row.source, is_own=True))

    @extend_schema(operation_id="delete_benchmark", tags=["contacts"], responses={204: None, **READS})
    def delete(self, request: Request, benchmark_id: UUID) -> Response:
        """Delete it: the product's is used again."""
        _own(request, benchmark_id).delete()
        return Response(status=204)


@contextmanager
def as_problems() -> Iterator[None]:
    """Tells what cannot be kept in the API's words."""
    try:
        yield
    except own.NoRange as error:
        raise invalid({"typical": [str(error)]}) from error
    except own.AnotherOfTheKind as error:
        raise Problem(409, str(error)) from error


def _own(request: Request, benchmark_id: UUID) -> OwnBenchmark:
    return get_object_or_404(own.own_benchmarks(caller_of(request)), pk=benchmark_id)


def _told(row: Range, source: str, *, is_own: bool) -> dict[str, Any]:
    names = ("industry", "size", "metric", "low", "typical", "high")
    return {"id": str(row.pk), **{name: getattr(row, name) for name in names}, "source": source, "isOwn": is_own}
