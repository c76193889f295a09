"""Whom data is bought from, what each source gives, and what that may cost."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import StackedInline

from enrichment.admin.base import ReadOnly, ReadOnlyAdmin, RuleAdmin
from enrichment.admin.secrets import SecretsForm
from enrichment.models import (
    Budget,
    BudgetPeriod,
    DatasetSource,
    Provider,
    ProviderState,
    RedundancyRule,
    RuleSet,
    RulesVersion,
    Source,
)


class ProviderForm(SecretsForm):
    """A provider; its names of credentials must be names."""

    class Meta:
        model = Provider
        exclude = ("credentials",)

    def clean_credential_names(self) -> list[str]:
        names = self.cleaned_data["credential_names"] or []
        if not isinstance(names, list) or not all(isinstance(name, str) and name.isidentifier() for name in names):
            raise ValidationError('Give a list of names, say ["api_key"]; empty for a source that needs no key.')
        return names

    def clean_base_url(self) -> str:
        url: str = self.cleaned_data["base_url"]
        if url and not url.startswith(("http://", "https://")):
            raise ValidationError("Begin with https:// (or http:// for one of your own machines).")
        return url


class StateInline(ReadOnly, StackedInline):  # type: ignore[misc]
    """What holds for the provider now, over all processes."""

    model = ProviderState
    extra = 0
    can_delete = False
    fields = ("failures", "open_until", "paused_until", "note", "tokens", "tokens_at")
    readonly_fields = fields


@admin.register(Provider)
class ProviderAdmin(RuleAdmin):
    form = ProviderForm
    list_display = ("label", "enabled", "key", "state_now", "requests_per_minute", "concurrency", "in_doubt")
    list_editable = ("enabled",)
    list_select_related = ("state",)
    search_fields = ("slug", "label")
    inlines = (StateInline,)
    fieldsets = (
        (None, {"fields": ("slug", "label", "enabled", "base_url", "terms_note", "origin")}),
        ("Credentials", {"fields": ("key", "credential_names", "new_credentials", "forget_credentials")}),
        ("Limits", {"fields": ("requests_per_minute", "concurrency", "in_doubt")}),
    )
    readonly_fields = ("key",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(("slug",) if obj else ()))  # code knows providers by their slug

    @admin.display(description="key")
    def key(self, row: Provider) -> str:
        """Whether there is one, and where; never the key."""
        if not row.credential_names:
            return "not needed"
        if not row.has_key:
            return "missing: " + ", ".join(row.credential_names)
        return "stored here" if row.credentials else "from the environment"

    @admin.display(description="state")
    def state_now(self, row: Provider) -> str:
        return state_of(getattr(row, "state", None))


def state_of(state: ProviderState | None) -> str:
    """Whether a provider may be asked now, in words."""
    now = timezone.now()
    if state is not None and state.paused_until and state.paused_until > now:
        return f"paused until {state.paused_until:%H:%M:%S} UTC: {state.note}"
    if state is not None and state.open_until and state.open_until > now:
        return f"left alone until {state.open_until:%H:%M:%S} UTC after {state.failures} failures"
    return "working"


@admin.register(ProviderState)
class ProviderStateAdmin(ReadOnlyAdmin):
    list_display = ("provider", "failures", "open_until", "paused_until", "note")
    list_select_related = ("provider",)


@admin.register(Source)
class SourceAdmin(RuleAdmin):
    list_display = ("label", "enabled", "provider", "cost", "charged", "ttl", "latency", "timeout", "origin_group")
    list_editable = ("enabled",)
    list_select_related = ("provider",)
    list_filter = ("enabled", "provider", "charged")
    search_fields = ("slug", "label")
    filter_horizontal = ("needs",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()


@admin.register(DatasetSource)
class DatasetSourceAdmin(RuleAdmin):
    """The matrix: which source gives which dataset, in which order, and how reliably."""

    list_display = ("dataset", "source", "priority", "reliability", "fill_rate", "cost", "enabled", "origin")
    list_display_links = ("dataset",)
    list_editable = ("priority", "reliability")
    list_select_related = ("dataset", "source")
    list_filter = ("dataset", "source")
    search_fields = ("dataset__slug", "dataset__label", "source__slug", "source__label")
    list_per_page = 60

    @admin.display(description="cost (USD)", ordering="source__cost")
    def cost(self, row: DatasetSource) -> str:
        return f"{row.source.cost:f}"

    @admin.display(description="asked", boolean=True, ordering="source__enabled")
    def enabled(self, row: DatasetSource) -> bool:
        return row.source.enabled


class RedundancyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source cannot be redundant because of itself."""

    class Meta:
        model = RedundancyRule
        fields = ("skip", "because_of", "mode", "consumer", "enabled", "origin")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("skip") in (cleaned.get("because_of") or ()):
            raise ValidationError({"because_of": "A source does not make itself redundant; choose others."})
        return cleaned


@admin.register(RedundancyRule)
class RedundancyRuleAdmin(RuleAdmin):
    form = RedundancyForm
    list_display = ("skip", "reasons", "mode", "consumer", "enabled")
    list_select_related = ("skip", "consumer")
    filter_horizontal = ("because_of",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RedundancyRule]:
        return super().get_queryset(request).prefetch_related("because_of")

    @admin.display(description="because of")
    def reasons(self, row: RedundancyRule) -> str:
        return ", ".join(source.label for source in row.because_of.all())


@admin.register(Budget)
class BudgetAdmin(RuleAdmin):
    list_display = ("__str__", "limit", "period", "spent_now", "provider", "user", "consumer", "enabled")
    list_select_related = ("provider", "user", "consumer")
    list_filter = ("period", "enabled")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        return super().get_queryset(request).prefetch_related("periods")

    @admin.display(description="spent in its latest period (USD)")
    def spent_now(self, row: Budget) -> str:
        latest = max(row.periods.all(), key=lambda period: period.starts_on, default=None)
        return "nothing yet" if latest is None else f"{latest.spent:f} since {latest.starts_on:%d %b %Y}"


@admin.register(BudgetPeriod)
class BudgetPeriodAdmin(ReadOnlyAdmin):
    list_display = ("budget", "starts_on", "spent", "reserved")
    list_select_related = ("budget__provider", "budget__user", "budget__consumer")


@admin.register(RuleSet)
class RuleSetAdmin(ReadOnlyAdmin):
    list_display = ("digest", "created")
    ordering = ("-created",)


@admin.register(RulesVersion)
class RulesVersionAdmin(ReadOnlyAdmin):
    list_display = ("number", "epoch")
