"""What is kept so that it need not be paid for again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import CacheDependency, CacheEntry, Fill


@admin.register(CacheEntry)
class CacheEntryAdmin(ReadOnlyAdmin):
    list_display = ("type", "company", "source", "origin", "use", "paid", "is_empty", "fetched_at", "expires_at")
    list_select_related = ("company",)
    list_filter = ("origin", "type", "is_empty")
    search_fields = ("company__name", "company__domain", "source", "key")
    ordering = ("-fetched_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CacheEntry]:
        return super().get_queryset(request).defer("body")  # may be megabytes

    @admin.display(description="use")
    def use(self, row: CacheEntry) -> str:
        if row.stale_since:
            return "stale: something it was made from changed"
        return "fresh" if row.expires_at > timezone.now() else "expired"


@admin.register(CacheDependency)
class CacheDependencyAdmin(ReadOnlyAdmin):
    list_display = ("entry", "on", "is_current")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CacheDependency]:
        rows: QuerySet[CacheDependency] = super().get_queryset(request)
        return rows.select_related("entry", "on").defer("entry__body", "on__body")

    @admin.display(description="still made from today's content", boolean=True)
    def is_current(self, row: Any) -> bool:
        return bool(row.digest == row.on.digest)


@admin.register(Fill)
class FillAdmin(ReadOnlyAdmin):
    list_display = ("key", "token", "lease_until", "data_epoch")
    search_fields = ("key",)
    ordering = ("-lease_until",)
