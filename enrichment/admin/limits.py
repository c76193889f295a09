"""How often callers may ask, and how often they did."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from enrichment.models import RequestCount, RequestLimit, RouteUse


@admin.register(RequestLimit)
class RequestLimitAdmin(RuleAdmin):
    """One line for each scope, and further ones for keys that may ask more often, or less."""

    list_display = ("scope", "key", "requests", "seconds", "enabled", "origin")
    list_select_related = ("key",)
    list_filter = ("scope", "enabled")
    autocomplete_fields = ("key",)


@admin.register(RequestCount)
class RequestCountAdmin(ReadOnlyAdmin):
    """Who asked how often in the window that they began last; kept for a day."""

    list_display = ("bucket", "used", "requests", "seconds")
    search_fields = ("bucket",)

    def get_ordering(self, request: HttpRequest) -> Any:
        return ("-began",)


@admin.register(RouteUse)
class RouteUseAdmin(ReadOnlyAdmin):
    """How often each address of the API was asked on a day, whoever asked."""

    list_display = ("day", "method", "route", "calls", "refused", "failed")
    list_filter = ("method",)
    search_fields = ("route",)
