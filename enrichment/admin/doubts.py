"""Calls in doubt, and the three things that a person may say of one."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enrichment import doubts
from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import DoubtfulCall, Provider, SourceCall
from salesintel import audit

Verdict = SourceCall.Verdict


class Undecided(admin.SimpleListFilter):
    """Those that wait for somebody, unless asked otherwise."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("decided", "decided"), ("all", "all")]

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | ({"display": "undecided"} if choice["query_string"] == "?" else {})

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "decided":
                return queryset.exclude(verdict="")
            case "all":
                return queryset
        return queryset.filter(status=SourceCall.Status.IN_DOUBT)


@admin.register(DoubtfulCall)
class DoubtfulCallAdmin(ReadOnlyAdmin):
    """A call in doubt counts as spent and holds nobody up; what is said of it here puts the sums right."""

    list_display = ("started", "provider", "source", "company", "its_run", "cost", "error", "verdict", "decided")
    list_select_related = ("provider", "company", "run")
    list_filter = (Undecided, "provider", "verdict", "origin")
    search_fields = ("source", "company__name", "company__domain", "id", "run__id")
    ordering = ("-started",)
    actions = ("it_was_charged", "it_was_not_charged", "ask_again")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person may say what became of a call; seeing the list takes only the right to view it."""
        return request.user.has_perm("enrichment.decide_doubtfulcall")

    @admin.display(description="run")
    def its_run(self, row: DoubtfulCall) -> str | SafeString:
        if row.run is None:
            return ""
        link = reverse("admin:enrichment_workflowrun_change", args=[row.run_id])
        return format_html('<a href="{}">{} ({})</a>', link, row.run.consumer, row.run.status)

    @admin.action(permissions=["decide"], description="It was charged: what is booked stays")
    def it_was_charged(self, request: HttpRequest, chosen: QuerySet[DoubtfulCall]) -> None:
        self._decide(request, chosen, Verdict.CHARGED)

    @admin.action(
        permissions=["decide"], description="It was not charged: take its cost out of run, request and budgets"
    )
    def it_was_not_charged(self, request: HttpRequest, chosen: QuerySet[DoubtfulCall]) -> None:
        self._decide(request, chosen, Verdict.NOT_CHARGED)

    @admin.action(permissions=["decide"], description="Ask again: it stays booked, and its run may buy the answer anew")
    def ask_again(self, request: HttpRequest, chosen: QuerySet[DoubtfulCall]) -> None:
        self._decide(request, chosen, Verdict.ASK_AGAIN)

    def _decide(self, request: HttpRequest, chosen: QuerySet[DoubtfulCall], verdict: SourceCall.Verdict) -> None:
        rows = list(chosen)
        tell_decided(self, request, rows, verdict.label, lambda row: doubts.decide(row.pk, verdict))


def tell_decided(
    page: ReadOnlyAdmin, request: HttpRequest, rows: Sequence[Any], verdict: str, decide: Callable[[Any], bool]
) -> None:
    """Decide each of the chosen lines, log it, and say how many were in doubt no more."""
    decided = [row for row in rows if decide(row)]
    for row in decided:
        audit.record("decide", row)
        page.log_change(request, row, f"{verdict} ({row.cost or 0:f} USD were booked)")
    if decided:
        page.message_user(request, f"{len(decided)} decided: {verdict}.", messages.SUCCESS)
    if len(decided) < len(rows):
        page.message_user(request, f"{len(rows) - len(decided)} are not in doubt.", messages.WARNING)


def link_to_doubts(row: Provider, count: int) -> str | SafeString:
    """How many of the provider's calls nobody has decided, with the way to them."""
    if not count:
        return "none"
    address = reverse("admin:enrichment_doubtfulcall_changelist")
    return format_html('<a href="{}?provider__id__exact={}">{}</a>', address, row.pk, f"{count} undecided")
