"""What is usual: an admin edits what holds for everybody; of people's own benchmarks only that there are any."""

from typing import Any

from django.contrib import admin

from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from personas.admin.records import RecordAdmin
from personas.models import Benchmark, ContactFigures, Distribution, OwnBenchmark


@admin.register(Benchmark)
class BenchmarkAdmin(RuleAdmin):
    list_display = ("metric", "industry", "size", "low", "typical", "high", "origin")
    list_filter = ("metric", "industry", "size")
    search_fields = ("industry",)


@admin.register(OwnBenchmark)
class OwnBenchmarkAdmin(RecordAdmin):
    pass


@admin.register(ContactFigures)
class ContactFiguresAdmin(RecordAdmin):
    shown = ("id", "owner", "created", "measured")
    list_display: Any = ("id", "owner", "measured")


@admin.register(Distribution)
class DistributionAdmin(ReadOnlyAdmin):
    list_display = ("metric", "people", "contacts", "made")
