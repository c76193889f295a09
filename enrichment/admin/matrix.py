"""The matrix: its cells one by one, and as one grid."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from enrichment.admin.base import PrefixedForm, RuleAdmin
from enrichment.admin.exchange import export_view, import_view
from enrichment.admin.grid import grid_view
from enrichment.models import DatasetSource


@admin.register(DatasetSource)
class DatasetSourceAdmin(RuleAdmin):
    """The matrix: which source gives which dataset, in which order, and how reliably."""

    form = PrefixedForm
    list_display = ("dataset", "source", "priority", "reliability", "fill_rate", "cost", "enabled", "origin")
    list_display_links = ("dataset",)
    list_editable = ("priority", "reliability")
    list_select_related = ("dataset", "source")
    list_filter = ("dataset", "source")
    search_fields = ("dataset__slug", "dataset__label", "source__slug", "source__label")
    list_per_page = 60
    list_before_template: Any = "admin/enrichment/datasetsource/_links.html"  # None, as far as its types go

    def get_urls(self) -> list[Any]:
        site = self.admin_site
        grid = path("grid/", site.admin_view(self.grid_view), name="enrichment_datasetsource_grid")
        outward = path("export/", site.admin_view(export_view), name="enrichment_datasetsource_export")
        inward = path("import/", site.admin_view(self.import_view), name="enrichment_datasetsource_import")
        return [grid, outward, inward, *super().get_urls()]

    def grid_view(self, request: HttpRequest) -> HttpResponse:
        return grid_view(request, {**self.admin_site.each_context(request), "opts": self.opts})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        return import_view(request, {**self.admin_site.each_context(request), "opts": self.opts})

    @admin.display(description="cost (USD)", ordering="source__cost")
    def cost(self, row: DatasetSource) -> str:
        return f"{row.source.cost:f}"

    @admin.display(description="asked", boolean=True, ordering="source__enabled")
    def enabled(self, row: DatasetSource) -> bool:
        return row.source.enabled
