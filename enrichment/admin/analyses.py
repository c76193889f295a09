"""The ledger of analyses, and what a person may say of one whose answer was lost."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enrichment import doubts
from enrichment.admin.base import ReadOnlyAdmin
from enrichment.admin.doubts import tell_decided
from enrichment.models import EngineCall

Verdict = EngineCall.Verdict


@admin.register(EngineCall)
class EngineCallAdmin(ReadOnlyAdmin):
    """One in doubt counts as spent and holds nobody up; what is said of it here puts the sums right."""

    list_display = (
        "started",
        "engine",
        "model",
        "status",
        "price",
        "tokens_in",
        "tokens_out",
        "tokens_cached",
        "tokens_cache_written",
        "verdict",
        "error",
    )
    list_filter = ("status", "verdict", "engine", "model")
    search_fields = ("id", "run__id")
    ordering = ("-started",)
    actions = ("it_was_charged", "it_was_not_charged")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever decides about calls in doubt decides about analyses in doubt."""
        return request.user.has_perm("enrichment.decide_doubtfulcall")

    @admin.display(description="cost (USD)", ordering="cost")
    def price(self, row: EngineCall) -> str | SafeString:
        return format_html("<em>{}</em>", "unknown price") if row.cost is None else f"{row.cost:f}"

    @admin.action(permissions=["decide"], description="In doubt: it was charged, what is booked stays")
    def it_was_charged(self, request: HttpRequest, chosen: QuerySet[EngineCall]) -> None:
        self._decide(request, chosen, Verdict.CHARGED)

    @admin.action(
        permissions=["decide"], description="In doubt: it was not charged, take it out of run, request and budgets"
    )
    def it_was_not_charged(self, request: HttpRequest, chosen: QuerySet[EngineCall]) -> None:
        self._decide(request, chosen, Verdict.NOT_CHARGED)

    def _decide(self, request: HttpRequest, chosen: QuerySet[EngineCall], verdict: EngineCall.Verdict) -> None:
        rows = list(chosen)
        tell_decided(self, request, rows, verdict.label, lambda row: doubts.decide_analysis(row.pk, verdict))
