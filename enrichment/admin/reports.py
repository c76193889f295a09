"""What was found: said, collected, merged, corrected and written up. Only read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import OWN_ANALYSIS, CallerMaterial, Correction, Evidence, Fact, Observation, Report, ReportPart

SAID = {"body", "statements", "evidence", "conflicts", "withheld"}  # columns that repeat what a report was made from


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


@admin.register(CallerMaterial)
class CallerMaterialAdmin(ReadOnlyAdmin):
    """How much was sent. What it says is its caller's alone."""

    list_display = ("request", "sent")
    fields = ("request", "sent")
    readonly_fields = ("request", "sent")
    list_select_related = ("request__company", "request__user")

    @admin.display(description="search results")
    def sent(self, row: CallerMaterial) -> int:
        return len(row.items)


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

    def get_fields(self, request: HttpRequest, obj: Report | None = None) -> Any:
        """All of it, but of an analysis of what a caller sent: what that says is its caller's alone."""
        fields = super().get_fields(request, obj)
        is_own = obj is not None and obj.consumer == OWN_ANALYSIS
        return [name for name in fields if name not in SAID] if is_own else fields

    @admin.display(description="quality")
    def overall(self, row: Report) -> str:
        return f"{row.quality.get('overall', 0):.2f}"

    @admin.display(description="withheld")
    def left_out(self, row: Report) -> int:
        return len(row.withheld)

    @admin.display(description="gaps")
    def lacks(self, row: Report) -> str:
        return ", ".join(gap["dataset"] for gap in row.gaps)


@admin.register(ReportPart)
class ReportPartAdmin(ReadOnlyAdmin):
    """Who paid for what first, and which reports used it since."""

    list_display = ("source", "cache_type", "paid", "found", "first_paid_by", "report", "call")
    list_select_related = ("report", "payer__user", "call")
    list_filter = ("found", "source")
    search_fields = ("source", "report__company__name", "payer__user__username")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportPart]:
        heavy = ("body", "statements", "evidence", "withheld", "gaps")
        return super().get_queryset(request).defer(*(f"report__{name}" for name in heavy))

    @admin.display(description="first paid by", ordering="payer__user__username")
    def first_paid_by(self, row: ReportPart) -> str:
        return row.payer.user.get_username() if row.payer else ""
