"""What was asked, what was done for it, and what it cost: the ledgers. Only read."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin, ReadOnlyInline
from enrichment.models import OWN_ANALYSIS, EngineCall, ResearchRequest, RunEvent, SourceCall, StepRun, WorkflowRun


class StepInline(ReadOnlyInline):
    model = StepRun
    fields = ("ordinal", "name", "wave", "status", "attempts", "started", "finished", "error")
    readonly_fields = fields


class CallInline(ReadOnlyInline):
    model = SourceCall
    fields = ("source", "wave", "status", "cost", "reserved", "attempt", "records", "started", "answered", "error")
    readonly_fields = fields
    fk_name = "run"


class EngineCallInline(ReadOnlyInline):
    model = EngineCall
    fields = ("engine", "model", "status", "cost", "tokens_in", "tokens_out", "started", "answered", "error")
    readonly_fields = fields
    fk_name = "run"


@admin.register(WorkflowRun)
class WorkflowRunAdmin(ReadOnlyAdmin):
    list_display = ("company", "consumer", "vendor", "role", "status", "stop_reason", "cost", "origin", "created")
    list_select_related = ("company", "vendor")
    list_filter = ("status", "stop_reason", "consumer", "origin")
    search_fields = ("company__name", "company__domain", "id")
    ordering = ("-created",)
    inlines = (StepInline, CallInline, EngineCallInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowRun]:
        return super().get_queryset(request).defer("plan_input")


@admin.register(ResearchRequest)
class ResearchRequestAdmin(ReadOnlyAdmin):
    list_display = ("company", "consumer", "user", "status", "spent", "saved", "cap", "from_cache", "joined", "created")
    list_select_related = ("company", "user")
    list_filter = ("status", "consumer", "from_cache", "joined", ("attempt", admin.EmptyFieldListFilter))
    search_fields = ("company__name", "company__domain", "user__username", "id")
    ordering = ("-created",)


@admin.register(StepRun)
class StepRunAdmin(ReadOnlyAdmin):
    list_display = ("run", "ordinal", "name", "wave", "status", "attempts", "started", "finished")
    list_select_related = ("run",)
    list_filter = ("status", "name")
    ordering = ("-started",)

    def get_fields(self, request: HttpRequest, obj: StepRun | None = None) -> Any:
        """All of it, but the result of an analysis of what a caller sent: what that says is its caller's alone."""
        fields = super().get_fields(request, obj)
        is_own = obj is not None and obj.run.consumer == OWN_ANALYSIS
        return [name for name in fields if name != "result"] if is_own else fields


@admin.register(SourceCall)
class SourceCallAdmin(ReadOnlyAdmin):
    list_display = (
        "source",
        "company",
        "status",
        "cost",
        "reserved",
        "took",
        "records",
        "origin",
        "attempt",
        "started",
    )
    list_select_related = ("company",)
    list_filter = ("status", "provider", "origin", "source")
    search_fields = ("source", "company__name", "company__domain", "id")
    ordering = ("-started",)

    @admin.display(description="took (ms)")
    def took(self, row: SourceCall) -> str:
        return "" if row.latency_ms is None else f"{row.latency_ms:,}"


@admin.register(RunEvent)
class RunEventAdmin(ReadOnlyAdmin):
    list_display = ("run", "seq", "kind", "said", "at")
    list_select_related = ("run",)
    list_filter = ("kind",)
    ordering = ("-at", "-seq")

    def get_fields(self, request: HttpRequest, obj: RunEvent | None = None) -> Any:
        return ["said" if name == "data" else name for name in super().get_fields(request, obj)]

    @admin.display(description="data")
    def said(self, row: RunEvent) -> str:
        """What of an analysis of a caller's own material was told is its caller's alone."""
        return "" if row.run.consumer == OWN_ANALYSIS else json.dumps(row.data, ensure_ascii=False)
