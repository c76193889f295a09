"""People and their keys, for the staff. A key's text is never here: only its prefix is known."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from salesintel.accounts.lockout import unlock
from salesintel.accounts.models import ApiKey, User

OF_NEW_PEOPLE = "Rep"  # the group of whoever is put into none; enrichment/data/groups.toml has its rights


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg] # unfold narrows what Django declares
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "role", "segment", "region", "is_staff", "is_active", "last_login")
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        ("What they sell", {"fields": ("vendor", "role", "segment", "region", "time_zone")}),
    )
    actions = ("unlock",)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change and not form.instance.groups.exists():
            form.instance.groups.add(*Group.objects.filter(name=OF_NEW_PEOPLE))

    @admin.action(description="Unlock (wrong passwords are forgotten)", permissions=["change"])
    def unlock(self, request: HttpRequest, users: QuerySet[User]) -> None:
        freed = unlock(list(users))
        self.message_user(request, f"{freed} unlocked." if freed else "None of them was locked.", messages.SUCCESS)


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    """Reading and revoking; `manage.py create_api_key` makes keys, since a new one is shown once and only there."""

    list_display = ("prefix", "name", "user", "scope_list", "state", "last_used", "expires_at", "created")
    list_select_related = ("user",)
    list_filter = ("user",)
    search_fields = ("prefix", "name", "user__username")
    fields = ("prefix", "name", "user", "scope_list", "state", "created", "last_used", "expires_at", "revoked_at")
    readonly_fields = fields
    actions = ("revoke",)

    @admin.display(description="scopes")
    def scope_list(self, row: ApiKey) -> str:
        return ", ".join(row.scopes)

    @admin.display(description="state")
    def state(self, row: ApiKey) -> str:
        return row.state(timezone.now())

    @admin.action(description="Revoke (refused at once, cannot be undone)", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        revoked = keys.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{revoked} revoked.", messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a revoked key stays to be seen in what it did
