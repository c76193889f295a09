"""The CRM hooks of everybody: an admin sees whose they are and whether they are used, and switches them off."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin
from personas.models import CrmHook, CrmMessage, SentOnce, Suppression


@admin.register(CrmHook)
class CrmHookAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "system", "form", "enabled", "created", "last_used")
    list_filter = ("enabled", "form", "system")
    list_select_related = ("owner",)
    actions = ("switch_off",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("id", "owner", "system", "form", "enabled", "created", "last_used", "previous_until")

    @admin.action(description="Switch off what is chosen", permissions=["switch"])
    def switch_off(self, request: HttpRequest, rows: Any) -> None:
        self.message_user(request, f"{rows.update(enabled=False)} switched off.")

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("personas.change_crmhook")


@admin.register(CrmMessage)
class CrmMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "hook", "heard", "answer")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "created")
    list_select_related = ("owner",)


@admin.register(SentOnce)
class SentOnceAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "status", "at")
    list_select_related = ("user",)
