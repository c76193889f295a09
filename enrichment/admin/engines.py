"""Who writes the analyses, and with which words."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from enrichment.admin.secrets import SecretsForm
from enrichment.models import AnalysisEngine, EngineState, PromptVersion


class EngineForm(SecretsForm):
    """An engine; every kind but the built-in one has to be told its model."""

    class Meta:
        model = AnalysisEngine
        exclude = ("credentials",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") != AnalysisEngine.Kind.BUILTIN and not cleaned.get("model"):
            self.add_error("model", "Name the model, say claude-haiku-5-5.")
        return cleaned


@admin.register(AnalysisEngine)
class AnalysisEngineAdmin(RuleAdmin):
    form = EngineForm
    list_display = ("slug", "priority", "enabled", "readiness", "kind", "model", "price_in", "price_out", "timeout")
    list_editable = ("priority", "enabled")
    fieldsets = (
        (None, {"fields": ("slug", "kind", "model", "priority", "enabled", "base_url", "origin")}),
        ("Credentials", {"fields": ("readiness", "new_credentials", "forget_credentials")}),
        ("Prices", {"fields": ("price_in", "price_out", "price_cached")}),
        ("Limits", {"fields": ("max_tokens", "timeout")}),
    )
    readonly_fields = ("readiness",)

    @admin.display(description="ready")
    def readiness(self, row: AnalysisEngine) -> str:
        if row.lacks:
            return f"lacks {row.lacks}"
        if row.kind == AnalysisEngine.Kind.BUILTIN:
            return "needs no key"
        if row.secrets():
            return "key stored here" if row.credentials else "key from the environment"
        return "asks without a key"

    def has_delete_permission(self, request: HttpRequest, obj: AnalysisEngine | None = None) -> bool:
        """The built-in engine is what always answers; it can be switched off, not deleted."""
        is_builtin = obj is not None and obj.kind == AnalysisEngine.Kind.BUILTIN
        return not is_builtin and super().has_delete_permission(request, obj)


@admin.register(EngineState)
class EngineStateAdmin(ReadOnlyAdmin):
    list_display = ("engine", "answered", "failures", "open_until", "paused_until", "note", "checked", "check_words")
    list_select_related = ("engine",)


class PromptForm(forms.ModelForm):  # type: ignore[type-arg]
    """At most one wording per purpose is active."""

    class Meta:
        model = PromptVersion
        fields = ("purpose", "version", "text", "active", "origin")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("active"):
            others = PromptVersion.objects.filter(purpose=cleaned.get("purpose"), active=True)
            other = others.exclude(pk=self.instance.pk).first()
            if other is not None:
                raise ValidationError(
                    {"active": f"{other} is active: use the list's action to put this one in its place."}
                )
        return cleaned


@admin.register(PromptVersion)
class PromptVersionAdmin(RuleAdmin):
    form = PromptForm
    list_display = ("purpose", "version", "active", "beginning")
    list_filter = ("purpose", "active")
    search_fields = ("purpose", "text")
    actions = ("activate",)

    @admin.display(description="text")
    def beginning(self, row: PromptVersion) -> str:
        return row.text if len(row.text) <= 90 else row.text[:90] + "…"

    @admin.action(description="Activate in place of the purpose's active one (new analyses are paid for)")
    def activate(self, request: HttpRequest, chosen: QuerySet[PromptVersion]) -> None:
        rows = list(chosen)
        if len({row.purpose for row in rows}) != len(rows):
            self.message_user(request, "Choose one version per purpose.", messages.ERROR)
            return
        with transaction.atomic():
            for row in rows:
                for other in PromptVersion.objects.filter(purpose=row.purpose, active=True).exclude(pk=row.pk):
                    self._switch(request, other, active=False)
                self._switch(request, row, active=True)
        self.message_user(request, f"{len(rows)} activated.", messages.SUCCESS)

    @staticmethod
    def _switch(request: HttpRequest, row: Any, *, active: bool) -> None:
        row.active, row._history_user = active, request.user  # noqa: SLF001 - as simple-history wants to be told
        row.save()
