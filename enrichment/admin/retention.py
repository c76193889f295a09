"""How long traces are kept."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enrichment.admin.base import RuleAdmin
from enrichment.models import Retention


@admin.register(Retention)
class RetentionAdmin(RuleAdmin):
    """One row for each kind of trace; there are no others to add."""

    list_display = ("what", "keep", "origin")
    readonly_fields = ("what",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
