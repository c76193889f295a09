"""Whom data is bought from, what each source gives, and what that may cost."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from enrichment import doubts
from enrichment.admin.base import ReadOnly, ReadOnlyAdmin, RuleAdmin
from enrichment.admin.doubts import link_to_doubts
from enrichment.admin.scorecard import scorecard_view
from enrichment.admin.secrets import SecretsForm
from enrichment.models import (
    Budget,
    BudgetPeriod,
    Provider,
    ProviderState,
    RedundancyRule,
    RuleSet,
    RulesVersion,
    Source,
    SourceCall,
)
from enrichment.pages import words
from enrichment.rules.contradictions import circles
from enrichment.rules.model import Rules
from enrichment.rules.snapshot import from_rows
from enrichment.workflow.checking import ask_again, check
from salesintel import audit
from salesintel.admin_bases import StackedInline
from salesintel.narrowed import ModelForm

# What holds for a provider now, in the order in which people ask.
STATE = ("checked", "check_words", "left", "left_unit", "failures", "open_until", "paused_until", "note")


class ProviderForm(SecretsForm):
    """A provider; its names of credentials must be names."""

    class Meta:
        model = Provider
        exclude = ("credentials",)

    def clean_in_doubt(self) -> str:
        way: str = self.cleaned_data["in_doubt"]
        paid = list(self.instance.sources.filter(cost__gt=0, enabled=True)) if self.instance.pk else []
        if paid and not any(doubts.is_possible(way, source.slug) for source in paid):
            names = ", ".join(source.label for source in paid)
            raise ValidationError(f"{names} cannot do that: choose another way, or ask a person.")
        return way


class StateInline(ReadOnly, StackedInline):
    """What holds for the provider now, over all processes."""

    model = ProviderState
    extra = 0
    can_delete = False
    fields = (*STATE, "tokens", "tokens_at")
    readonly_fields = fields


@admin.register(Provider)
class ProviderAdmin(RuleAdmin):
    form = ProviderForm
    list_display = ("label", "enabled", "key", "state_now", "requests_per_minute", "in_doubt", "doubts")
    list_editable = ("enabled",)
    list_select_related = ("state",)
    search_fields = ("slug", "label")
    inlines = (StateInline,)
    fieldsets = (
        (None, {"fields": ("slug", "label", "enabled", "base_url", "terms_note", "origin")}),
        ("Credentials", {"fields": ("key", "credential_names", "new_credentials", "forget_credentials")}),
        ("Limits", {"fields": ("requests_per_minute", "concurrency")}),
        ("Calls in doubt", {"fields": ("in_doubt", "repeat_free_for", "doubts")}),
    )
    readonly_fields = ("key", "doubts")
    actions = ("test_connection", "ask_again_now")

    @admin.action(permissions=["change"], description="Test the connection: one cheap call each, free of charge")
    def test_connection(self, request: HttpRequest, chosen: QuerySet[Provider]) -> None:
        for row in chosen:
            audit.record("test", row)
            found = check(row)
            level = messages.SUCCESS if found.is_good else messages.ERROR
            self.message_user(request, f"{found.label}: {found.words}", level)

    @admin.action(permissions=["change"], description="Ask again now: end pauses, close breakers")
    def ask_again_now(self, request: HttpRequest, chosen: QuerySet[Provider]) -> None:
        for row in chosen:
            if ask_again(row):
                audit.record("ask again", row)
                self.log_change(request, row, "Its pause was ended.")
                self.message_user(request, f"{row.label} is asked again.", messages.SUCCESS)
            else:
                self.message_user(request, f"{row.label} was not paused.", messages.INFO)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        undecided = Count("calls", filter=Q(calls__status=SourceCall.Status.IN_DOUBT))
        rows: QuerySet[Provider] = super().get_queryset(request).annotate(undecided=undecided)
        return rows

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

    @admin.display(description="in doubt", ordering="undecided")
    def doubts(self, row: Provider) -> str | SafeString:
        return link_to_doubts(row, getattr(row, "undecided", 0))

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
    list_display = ("provider", *STATE)
    list_select_related = ("provider",)


def circles_with(slug: str, *, needs: list[str]) -> list[str]:
    """The circles of needs that would come about if the source needed these datasets."""
    rules = from_rows(and_sources={slug})
    if slug not in rules.sources:
        return []
    known = circles(rules)
    changed = rules.sources[slug].model_copy(update={"needs": tuple(sorted(needs))})
    # Made anew and not copied: a copy would remember what was computed from the old parts.
    parts = {name: getattr(rules, name) for name in Rules.model_fields}
    after = Rules(**{**parts, "sources": {**rules.sources, slug: changed}})
    return [words for words in circles(after) if words not in known]


class SourceForm(ModelForm):
    """A source may not wait for one that waits for it."""

    class Meta:
        model = Source
        exclude = ()

    def clean_needs(self) -> Any:
        needs = self.cleaned_data["needs"]
        if self.instance.pk:
            words = circles_with(self.instance.slug, needs=[dataset.slug for dataset in needs])
            if words:
                raise ValidationError(words)
        return needs


@admin.register(Source)
class SourceAdmin(RuleAdmin):
    form = SourceForm
    list_display = (
        "label",
        "enabled",
        "provider",
        "cost",
        "charged",
        "kept",
        "takes",
        "at_most",
        "origin_group",
        "remark",
    )
    list_editable = ("enabled",)
    list_select_related = ("provider",)
    list_filter = ("enabled", "provider", "charged")
    search_fields = ("slug", "label")
    filter_horizontal = ("needs",)
    list_before_template: Any = "admin/enrichment/source/_links.html"  # None, as far as its types go

    @admin.display(description="kept for", ordering="ttl")
    def kept(self, source: Source) -> str:
        return words.span(source.ttl.total_seconds())

    @admin.display(description="takes", ordering="latency")
    def takes(self, source: Source) -> str:
        return words.span(source.latency.total_seconds())

    @admin.display(description="at most", ordering="timeout")
    def at_most(self, source: Source) -> str:
        return words.span(source.timeout.total_seconds())

    @admin.display(description="note")
    def remark(self, source: Source) -> str:
        """The first words of the note; the form has the rest."""
        return Truncator(source.note).words(8)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.scorecard_view)
        return [path("scorecard/", view, name="enrichment_source_scorecard"), *super().get_urls()]

    def scorecard_view(self, request: HttpRequest) -> HttpResponse:
        return scorecard_view(request, {**self.admin_site.each_context(request), "opts": self.opts})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()


class RedundancyForm(ModelForm):
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
    list_display = ("__str__", "limit", "period", "at_limit", "spent_now", "provider", "user", "consumer", "enabled")
    list_select_related = ("provider", "user", "consumer")
    list_filter = ("period", "enabled")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("periods", BudgetPeriod.objects.filter(run=None))  # a run's are as many as there were runs
            )
        )

    @admin.display(description="spent in its latest period (USD)")
    def spent_now(self, row: Budget) -> str:
        if row.period == Budget.Period.RUN:
            return "each run has its own"
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
