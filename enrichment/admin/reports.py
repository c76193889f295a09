"""What was found: said, collected, merged, corrected and written up. Only read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import Correction, Evidence, Fact, Observation, Report


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("title", "company", "source", "kind", "publisher", "origin", "published_at", "collected_at")
    list_select_related = ("company",)
    list_filter = ("origin", "kind", "source")
    search_fields = ("title", "company__name", "company__domain", "publisher")
    ordering = ("-collected_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).defer("text")


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    list_display = ("dataset", "company", "source", "value", "origin", "observed_at")
    list_select_related = ("company",)
    list_filter = ("origin", "source", "dataset")
    search_fields = ("company__name", "company__domain", "dataset")
    ordering = ("-observed_at",)


@admin.register(Fact)
class FactAdmin(ReadOnlyAdmin):
    list_display = ("dataset", "company", "value", "reliability", "corrected", "why", "origin", "observed_at")
    list_select_related = ("company",)
    list_filter = ("origin", "corrected", "dataset")
    search_fields = ("company__name", "company__domain", "dataset")
    ordering = ("-updated",)


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ("dataset", "company", "value", "reason", "user", "created", "withdrawn")
    list_select_related = ("company", "user")
    list_filter = ("dataset",)
    ordering = ("-created",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = (
        "company",
        "consumer",
        "vendor",
        "role",
        "overall",
        "left_out",
        "lacks",
        "cost",
        "origin",
        "engine",
        "generated_at",
    )
    list_select_related = ("company", "vendor")
    list_filter = ("origin", "consumer", "engine", "role")
    search_fields = ("company__name", "company__domain", "id")
    ordering = ("-generated_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).defer("body", "statements", "evidence")

    @admin.display(description="quality")
    def overall(self, row: Report) -> str:
        return f"{row.quality.get('overall', 0):.2f}"

    @admin.display(description="withheld")
    def left_out(self, row: Report) -> int:
        return len(row.withheld)

    @admin.display(description="gaps")
    def lacks(self, row: Report) -> str:
        return ", ".join(gap["dataset"] for gap in row.gaps)
