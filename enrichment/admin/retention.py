"""How long traces are kept."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from enrichment.admin.base import RuleAdmin
from enrichment.models import Retention
from enrichment.workflow.protection import overview


@admin.register(Retention)
class RetentionAdmin(RuleAdmin):
    """One row for each kind of trace; there are no others to add."""

    list_display = ("what", "keep", "pruned_at", "pruned", "origin")
    readonly_fields = ("what",)
    list_before_template: Any = "admin/enrichment/retention/_links.html"  # None, as far as its types go

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.protection)
        return [path("protection/", view, name="enrichment_retention_protection"), *super().get_urls()]

    def protection(self, request: HttpRequest) -> HttpResponse:
        """What is held about people, for whoever answers for it. Names nobody."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        held = overview(now=timezone.now())
        context = {**self.admin_site.each_context(request), "title": "Data protection", "held": held}
        return render(request, "admin/enrichment/retention/protection.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
