"""Companies and the names they go by. Merging is the API's and the sources' business; here it is read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from enrichment.admin.base import ReadOnlyAdmin, ReadOnlyInline
from enrichment.models import Company, CompanyAlias, CompanyMerge


class AliasInline(ReadOnlyInline):
    model = CompanyAlias
    fields = ("value", "kind", "key", "learned_from", "created")
    readonly_fields = fields


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    """Only the name is edited: everything else decides who a company is."""

    list_display = ("name", "domain", "known_as", "merged_into", "created")
    list_select_related = ("merged_into",)
    search_fields = ("name", "domain", "aliases__key")
    show_full_result_count = False
    fields = ("name", "domain", "known_as", "merged_into", "data_epoch", "created")
    readonly_fields = ("domain", "known_as", "merged_into", "data_epoch", "created")
    inlines = (AliasInline,)

    @admin.display(description="identity")
    def known_as(self, row: Company) -> str:
        if row.merged_into_id:
            return "merged"
        return "provisional: its domain is unknown" if row.is_provisional else "known by its domain"

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was asked and paid for it would lose its subject


@admin.register(CompanyAlias)
class CompanyAliasAdmin(ReadOnlyAdmin):
    list_display = ("value", "kind", "company", "learned_from", "created")
    list_select_related = ("company",)
    list_filter = ("kind", "learned_from")
    search_fields = ("value", "key")


@admin.register(CompanyMerge)
class CompanyMergeAdmin(ReadOnlyAdmin):
    list_display = ("absorbed", "into", "learned_from", "created")
    list_select_related = ("absorbed", "into")
