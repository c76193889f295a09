"""Who writes the analyses, and with which words."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils import timezone

from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from enrichment.admin.secrets import SecretsForm
from enrichment.models import AnalysisEngine, EngineCall, EngineState
from enrichment.models.fields import UsdField
from enrichment.workflow import engine_state
from enrichment.workflow.checking_engines import check
from enrichment.workflow.engines import AWS_CREDENTIALS
from salesintel import audit
from salesintel.narrowed import ModelForm

Kind = AnalysisEngine.Kind


# What each kind needs, as its page says.
GUIDES = {
    Kind.BUILTIN: "It needs no key and no network, costs nothing and always answers: leave it last.",
    Kind.ANTHROPIC: 'Needs a model and a key: {"api_key": "…"}, or ANTHROPIC_API_KEY of the environment,'
    " which is shown to Anthropic alone.",
    Kind.BEDROCK: (
        "Needs a model (anthropic.claude-haiku-5-5, or a region's profile, us.anthropic.claude-haiku-5-5) and a region."
        ' Credentials: {"api_key": "…"} for a bearer token, or {"access_key": "…", "secret_key": "…"} with'
        ' "session_token" where there is one, or {"profile": "…"}; none for what AWS\'s own environment or role gives.'
    ),
    Kind.OPENAI: (
        'Needs a model and a key, {"api_key": "…"} or OPENAI_API_KEY. For another server, say a local one, give its'
        " base URL with /v1 at its end; then no key of the environment is shown to it, and it may want none."
    ),
    Kind.FAKE: "For tests only: it writes from the prompt without a model, and is never ready in production.",
    Kind.WORST_CASE: "For tests only: it obeys every text that it reads, and is never ready in production.",
}
NAMES = {  # of credentials, by kind
    Kind.ANTHROPIC: {"api_key"},
    Kind.OPENAI: {"api_key"},
    Kind.BEDROCK: AWS_CREDENTIALS,
}


class EngineForm(SecretsForm):
    """An engine; what its kind needs is checked by the row itself."""

    class Meta:
        model = AnalysisEngine
        exclude = ("credentials",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = NAMES.get(cleaned.get("kind", ""))
        unknown = sorted(set(cleaned.get("new_credentials") or ()) - names) if names else []
        if names and unknown:
            known = ", ".join(sorted(names))
            self.add_error("new_credentials", f"This kind knows {known}, and not {', '.join(unknown)}.")
        return cleaned


class EngineRowForm(ModelForm):
    """An engine in the list, which shows few of its fields: what is wrong with another one is said all the same."""

    class Meta:
        model = AnalysisEngine
        fields = ("priority", "enabled")

    def _update_errors(self, errors: ValidationError) -> None:
        super()._update_errors(ValidationError(errors.messages))  # type: ignore[misc]  # Django's own, without a stub


@admin.register(AnalysisEngine)
class AnalysisEngineAdmin(RuleAdmin):
    form = EngineForm
    list_display = ("slug", "priority", "enabled", "readiness", "health", "kind", "model", "month", "tested")
    list_editable = ("priority", "enabled")
    list_select_related = ("state",)
    fieldsets = (
        (None, {"fields": ("slug", "kind", "guide", "model", "priority", "enabled", "base_url", "region", "origin")}),
        ("Credentials", {"fields": ("readiness", "new_credentials", "forget_credentials")}),
        ("How it does", {"fields": ("health", "last_answer", "tested", "month")}),
        ("How it is asked", {"fields": ("answers", "effort", "max_tokens", "timeout", "reads_again")}),
        (
            "Prices",
            {
                "fields": (
                    ("price_in", "price_out"),
                    ("price_cached", "price_cache_write"),
                    ("long_above", "price_in_long", "price_out_long"),
                )
            },
        ),
        ("Limits", {"fields": ("monthly_cap", "requests_per_minute", "concurrency")}),
    )
    readonly_fields = ("guide", "readiness", "health", "last_answer", "tested", "month")
    actions = ("test_engine", "ask_again_now")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnalysisEngine]:
        month = engine_state.month_of(timezone.now())
        calls = EngineCall.objects.filter(engine=OuterRef("slug"), started__gte=month).values("engine")
        spent = Subquery(calls.annotate(sum=Sum("cost")).values("sum"), output_field=UsdField(null=True))
        unpriced = calls.filter(cost=None, status=EngineCall.Status.OK).annotate(n=Count("pk")).values("n")
        rows: QuerySet[AnalysisEngine] = super().get_queryset(request)
        return rows.annotate(spent=spent, unpriced=Subquery(unpriced))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{**kwargs, "form": EngineRowForm})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if set(form.changed_data) & {"new_credentials", "forget_credentials", "model", "base_url", "region", "answers"}:
            engine_state.ask_again(obj)  # what it was paused for may have been put right
        if obj.kind == Kind.BUILTIN and not obj.enabled:
            words = "The built-in engine is off: a run whose models all fail ends without a report."
            self.message_user(request, words, messages.WARNING)

    @admin.action(permissions=["change"], description="Test the engine: one tiny real call each, which is paid")
    def test_engine(self, request: HttpRequest, chosen: QuerySet[AnalysisEngine]) -> None:
        for row in chosen:
            audit.record("test", row)
            found = check(row)
            self.message_user(request, f"{row}: {found.words}", messages.SUCCESS if found.is_good else messages.ERROR)

    @admin.action(permissions=["change"], description="Ask again now: end pauses, close breakers")
    def ask_again_now(self, request: HttpRequest, chosen: QuerySet[AnalysisEngine]) -> None:
        for row in chosen:
            if engine_state.ask_again(row):
                audit.record("ask again", row)
                self.log_change(request, row, "Its pause was ended.")
                self.message_user(request, f"{row} is asked again.", messages.SUCCESS)
            else:
                self.message_user(request, f"{row} was not paused.", messages.INFO)

    @admin.display(description="what it needs")
    def guide(self, row: AnalysisEngine) -> str:
        """By its kind; of a row that is being made, of every kind."""
        if row.kind:
            return GUIDES[Kind(row.kind)]
        return " ".join(f"{kind.label}: {words}" for kind, words in GUIDES.items())

    @admin.display(description="ready")
    def readiness(self, row: AnalysisEngine) -> str:
        if row.lacks:
            return f"lacks {row.lacks}"
        if row.kind == Kind.BUILTIN:
            return "needs no key"
        key = "asks without a key of ours"
        if row.secrets():
            key = "key stored here" if row.credentials else "key from the environment"
        if None in (row.price_in, row.price_out):
            return f"{key}; its price is unknown, so no request with a cap asks it"
        return key

    @admin.display(description="health")
    def health(self, row: AnalysisEngine) -> str:
        state = getattr(row, "state", None)
        now = timezone.now()
        if state is None:
            return "nothing known yet"
        if state.paused_until and state.paused_until > now:
            return f"left alone until {state.paused_until:%d %b %H:%M} UTC: {state.note}"
        if state.open_until and state.open_until > now:
            return f"left alone until {state.open_until:%H:%M:%S} UTC after {state.failures} failures: {state.note}"
        if state.failures:
            return f"{_times(state.failures, 'failure')} in a row: {state.note}"
        return "working" if state.answered else state.note or "nothing known yet"

    @admin.display(description="last answer")
    def last_answer(self, row: AnalysisEngine) -> str:
        state = getattr(row, "state", None)
        return f"{state.answered:%d %b %Y %H:%M} UTC" if state and state.answered else "none yet"

    @admin.display(description="last test")
    def tested(self, row: AnalysisEngine) -> str:
        state = getattr(row, "state", None)
        return f"{state.checked:%d %b %H:%M} UTC: {state.check_words}" if state and state.checked else "never tested"

    @admin.display(description="this month (USD)", ordering="spent")
    def month(self, row: AnalysisEngine) -> str:
        spent, unpriced = getattr(row, "spent", None) or 0, getattr(row, "unpriced", None) or 0
        cap = "" if row.monthly_cap is None else f" of {row.monthly_cap:f}"
        unknown = f", and {_times(unpriced, 'analysis', 'analyses')} of unknown price" if unpriced else ""
        return f"{spent:.4f}{cap}{unknown}"

    def has_delete_permission(self, request: HttpRequest, obj: AnalysisEngine | None = None) -> bool:
        """The built-in engine is what always answers; it can be switched off, not deleted."""
        is_builtin = obj is not None and obj.kind == Kind.BUILTIN
        return not is_builtin and super().has_delete_permission(request, obj)


def _times(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


@admin.register(EngineState)
class EngineStateAdmin(ReadOnlyAdmin):
    list_display = ("engine", "answered", "failures", "open_until", "paused_until", "note", "checked", "check_words")
    list_select_related = ("engine",)
