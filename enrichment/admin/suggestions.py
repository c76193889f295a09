"""What reports on prospects suggest for their vendor: taken over, dismissed, undone."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from enrichment.admin.base import ReadOnly, ReadOnlyAdmin
from enrichment.models import Report, Sighting, Suggestion
from enrichment.workflow import suggestions
from salesintel.admin_bases import TabularInline

_REPORTS = Report.objects.filter(
    vendor=OuterRef("company"), origin=OuterRef("origin"), consumer=suggestions.TEACHES, company__merged_into=None
)
OF = _REPORTS.order_by().values("vendor").annotate(count=Count("company", distinct=True)).values("count")
MET = Count("sightings", filter=Q(sightings__company__merged_into=None))


class SightingInline(ReadOnly, TabularInline):
    """The prospects that use it, each with the report that says so."""

    model = Sighting
    fields = ("company", "report", "pointer", "at")
    readonly_fields = fields
    extra = 0
    verbose_name_plural = "met at"


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    """Nothing of it is in the vendor's context until somebody takes it over."""

    list_display = ("name", "company", "kind", "met", "of", "status", "by", "decided", "origin")
    list_select_related = ("company", "by")
    list_filter = ("status", "kind", "origin")
    search_fields = ("name", "company__name", "company__domain")
    actions = ("take_over", "dismiss", "undo")
    inlines = (SightingInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        rows: QuerySet[Suggestion] = super().get_queryset(request)
        return rows.annotate(met=MET, of=Coalesce(Subquery(OF), 0)).order_by(F("status").desc(), "-met", "name")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person may decide; seeing the list takes only the right to view it."""
        return request.user.has_perm("enrichment.decide_suggestion")

    @admin.display(description="met at", ordering="met")
    def met(self, row: Any) -> int:
        return int(row.met)

    @admin.display(description="of prospects")
    def of(self, row: Any) -> int:
        return int(row.of)

    @admin.action(permissions=["decide"], description="Take over: it becomes part of the vendor's context")
    def take_over(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        self._decide(request, chosen, suggestions.accept, "taken over")

    @admin.action(permissions=["decide"], description="Dismiss: it is suggested no more")
    def dismiss(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        self._decide(request, chosen, suggestions.dismiss, "dismissed")

    @admin.action(permissions=["decide"], description="Undo: it is open again, and taken back where it was taken over")
    def undo(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        self._decide(request, chosen, suggestions.reopen, "open again")

    def _decide(
        self, request: HttpRequest, chosen: QuerySet[Suggestion], decide: Callable[..., Suggestion], words: str
    ) -> None:
        for row in Suggestion.objects.filter(pk__in=[row.pk for row in chosen]).order_by("pk"):
            decide(row, by=request.user)
            self.log_change(request, row, f"{row.name}: {words}")
        self.message_user(request, f"{len(chosen)} {words}.", messages.SUCCESS)


@admin.register(Sighting)
class SightingAdmin(ReadOnlyAdmin):
    list_display = ("suggestion", "company", "report", "pointer", "at")
    list_select_related = ("suggestion", "company", "report")
    search_fields = ("suggestion__name", "company__name", "company__domain")
    ordering = ("-at",)
