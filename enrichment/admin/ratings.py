"""What readers make of briefs. Only read: stars are their readers' own, and counts are counts."""

from django.contrib import admin

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import Rating, SectionUse


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("stars", "reason", "consumer", "role", "engine", "prompt", "user", "updated")
    list_select_related = ("report", "user")
    list_filter = ("stars", "report__consumer", "report__role", "report__engine", "report__prompt")
    search_fields = ("reason",)

    @admin.display(ordering="report__consumer")
    def consumer(self, row: Rating) -> str:
        return row.report.consumer

    @admin.display(ordering="report__role")
    def role(self, row: Rating) -> str:
        return row.report.role

    @admin.display(ordering="report__engine")
    def engine(self, row: Rating) -> str:
        return row.report.engine

    @admin.display(ordering="report__prompt")
    def prompt(self, row: Rating) -> str:
        return row.report.prompt


@admin.register(SectionUse)
class SectionUseAdmin(ReadOnlyAdmin):
    list_display = ("day", "origin", "consumer", "role", "engine", "prompt", "section", "action", "count")
    list_filter = ("action", "section", "consumer", "origin")
    ordering = ("-day", "pk")
