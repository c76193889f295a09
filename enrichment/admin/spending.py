"""Brakes on spending, stops of paid calls, and what the admins were told."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from enrichment import spending
from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from enrichment.models import Brake, Notice, SpendingStop
from salesintel.accounts.models import User
from salesintel.narrowed import ModelForm, certain


@admin.register(Brake)
class BrakeAdmin(RuleAdmin):
    """A call that would take a provider's spending past one of these stops the provider's paid calls."""

    list_display = ("__str__", "factor", "at_least", "limit", "pause_for", "in_sandbox", "enabled", "origin")
    list_select_related = ("provider",)
    list_filter = ("enabled",)


class StopForm(ModelForm):
    """A stop that begins now."""

    class Meta:
        model = SpendingStop
        fields = ("provider", "why", "until")

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise ValidationError("That is over; give a moment to come, or leave it blank.")
        return until


@admin.register(SpendingStop)
class SpendingStopAdmin(ModelAdmin):
    """To add one stops paid calls at once; what is free goes on, and so does what was bought already."""

    form = StopForm
    list_display = ("where", "state", "why", "who", "began", "until", "lifted", "lifted_by")
    list_select_related = ("provider", "by", "brake", "lifted_by")
    list_filter = ("provider",)
    actions = ("lift",)
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: SpendingStop | None = None) -> Any:
        return self.form.Meta.fields if obj is None else (*self.list_display[1:], "provider", "brake")

    def get_readonly_fields(self, request: HttpRequest, obj: SpendingStop | None = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made = spending.stop(obj.provider, why=obj.why, by=certain(request.user, User), until=obj.until)
        obj.pk, obj.began = made.pk, made.began

    @admin.display(description="paid calls to", ordering="provider__label")
    def where(self, row: SpendingStop) -> str:
        return row.provider.label if row.provider else "everybody"

    @admin.display(description="state")
    def state(self, row: SpendingStop) -> str:
        if row.lifted:
            return "lifted"
        return "over" if row.until and row.until <= timezone.now() else "stopped"

    @admin.display(description="by")
    def who(self, row: SpendingStop) -> str:
        if row.by:
            return str(row.by)
        return f"brake {row.brake_id}" if row.brake_id else "the command line"

    @admin.action(permissions=["stop"], description="Lift: paid calls go on")
    def lift(self, request: HttpRequest, chosen: QuerySet[SpendingStop]) -> None:
        lifted = [row for row in list(chosen) if spending.lift(row, by=certain(request.user, User))]
        for row in lifted:
            self.log_change(request, row, "Lifted")
        self.message_user(request, f"{len(lifted)} lifted: paid calls go on.", messages.SUCCESS)

    def has_stop_permission(self, request: HttpRequest) -> bool:
        """Whether the person may stop paid calls, and let them go on."""
        return request.user.has_perm("enrichment.stop_spending")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_stop_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_stop_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What ran away or ran out. Each is told once; the sidebar counts those that nobody has seen."""

    list_display = ("at", "kind", "text", "seen", "seen_by", "mailed")
    list_select_related = ("seen_by",)
    list_filter = ("kind", ("seen", admin.EmptyFieldListFilter))
    actions = ("mark_seen",)

    @admin.action(permissions=["view"], description="I have seen it")
    def mark_seen(self, request: HttpRequest, chosen: QuerySet[Notice]) -> None:
        count = chosen.filter(seen=None).update(seen=timezone.now(), seen_by=request.user)
        self.message_user(request, f"{count} seen.", messages.SUCCESS)


def unseen() -> int:
    """How many notices nobody has seen."""
    return Notice.objects.filter(seen=None).count()


def stopped() -> int:
    """How many stops hold now."""
    return SpendingStop.objects.active(timezone.now()).count()
