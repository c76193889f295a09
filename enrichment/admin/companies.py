"""Companies and the names they go by; two that are one are merged, and taken apart again."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from enrichment.admin.base import ReadOnlyAdmin, ReadOnlyInline
from enrichment.companies import NotMerged, confirm
from enrichment.models import Company, CompanyAlias, CompanyMerge
from enrichment.workflow import identities


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
    list_per_page = 50
    fields = ("name", "domain", "known_as", "merged_into", "data_epoch", "created")
    readonly_fields = ("domain", "known_as", "merged_into", "data_epoch", "created")
    inlines = (AliasInline,)
    actions = ("merge_two", "confirm")

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(identities.RIGHT)

    @admin.action(permissions=["merge"], description="Merge the two chosen: see first what would move")
    def merge_two(self, request: HttpRequest, chosen: QuerySet[Company]) -> HttpResponse | None:
        numbers = list(chosen.order_by("pk").values_list("pk", flat=True)[:3])
        if len(numbers) != 2:
            self.message_user(request, "Choose two companies.", messages.ERROR)
            return None
        first, second = numbers
        return redirect(f"{reverse('merge', args=[first])}?{urlencode({'other': f'#{second}'})}")

    @admin.action(permissions=["merge"], description="Confirm: the name and the domain are one company's")
    def confirm(self, request: HttpRequest, chosen: QuerySet[Company]) -> None:
        for company in chosen.order_by("pk"):
            if confirm(company):
                self.log_change(request, company, "Name and domain confirmed")
                self.message_user(request, f"{company.name} is known by {company.domain} to everybody.")

    @admin.display(description="identity")
    def known_as(self, row: Company) -> str:
        if row.merged_into_id:
            return "merged"
        if row.unconfirmed:
            return "not confirmed: one user alone gave its domain"
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
    """What turned out to be one, and what was taken apart again."""

    list_display = ("absorbed", "into", "learned_from", "by", "reason", "created", "undone", "undone_by")
    list_select_related = ("absorbed", "into", "by", "undone_by")
    search_fields = ("absorbed__name", "absorbed__domain", "into__name", "into__domain")
    actions = ("take_apart",)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(identities.RIGHT)

    @admin.action(permissions=["merge"], description="Take apart: what was the one's goes back to it")
    def take_apart(self, request: HttpRequest, chosen: QuerySet[CompanyMerge]) -> None:
        for company in Company.objects.filter(pk__in=chosen.values("absorbed")).order_by("pk"):
            try:
                done = identities.split(company, by=request.user)
            except NotMerged as error:
                self.message_user(request, str(error), messages.WARNING)
                continue
            self.log_change(request, company, f"Taken apart from {done.of.name}")
            self.message_user(request, f"{company.name} is a company of its own again.", messages.SUCCESS)
