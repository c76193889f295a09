"""What can be known, who needs it, and what roles and signals make of it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from enrichment.admin.base import PrefixedForm, RuleAdmin
from enrichment.models import (
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    PublisherRule,
    SalesRole,
    StepDeadline,
)


class OfferInline(TabularInline):
    """Where the dataset can be had, most preferred first."""

    model = DatasetSource
    fields = ("source", "priority", "reliability", "fill_rate", "freshness_needed", "extraction_complexity")
    extra = 0
    ordering = ("priority", "source__slug")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("source", "dataset")


@admin.register(Dataset)
class DatasetAdmin(RuleAdmin):
    list_display = ("label", "slug", "group", "quality_threshold", "half_life", "kind", "origin")
    list_editable = ("quality_threshold",)
    list_filter = ("group", "kind")
    search_fields = ("slug", "label", "description")
    inlines = (OfferInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug", "kind") if obj else ()  # code and stored values know a dataset by these


class RequirementInline(TabularInline):
    """What the consumer needs."""

    model = ConsumerDataset
    fields = ("dataset", "required", "weight", "threshold")
    extra = 0
    ordering = ("-required", "dataset__slug")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("dataset", "consumer")


@admin.register(DataConsumer)
class DataConsumerAdmin(RuleAdmin):
    list_display = ("label", "slug", "objective", "max_cost", "max_wait", "vendor_context", "strategy", "offered")
    search_fields = ("slug", "label")
    inlines = (RequirementInline,)


@admin.register(ConsumerDataset)
class ConsumerDatasetAdmin(RuleAdmin):
    form = PrefixedForm
    list_display = ("consumer", "dataset", "required", "weight", "threshold", "origin")
    list_editable = ("required", "weight", "threshold")
    list_select_related = ("consumer", "dataset")
    list_filter = ("consumer", "required")
    search_fields = ("consumer__slug", "dataset__slug", "dataset__label")
    list_per_page = 60


@admin.register(SalesRole)
class SalesRoleAdmin(RuleAdmin):
    list_display = ("slug", "label", "long_name", "focus")
    search_fields = ("slug", "long_name", "label")
    filter_horizontal = ("extra_datasets",)


@admin.register(PublisherRule)
class PublisherRuleAdmin(RuleAdmin):
    list_display = ("domain", "score", "why", "origin")
    list_editable = ("score",)
    search_fields = ("domain", "why")


@admin.register(StepDeadline)
class StepDeadlineAdmin(RuleAdmin):
    """One row for each step that has a limit; there are no other steps to add."""

    list_display = ("step", "limit", "origin")
    readonly_fields = ("step",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StepDeadline | None = None) -> bool:
        return False


@admin.register(CachePolicy)
class CachePolicyAdmin(RuleAdmin):
    list_display = ("cache_type", "ttl", "serve_stale_for", "origin")
