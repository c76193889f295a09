"""What was changed together: read, and taken back as a whole."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import ChangeSet
from enrichment.rules.changes import Action, Change, ChangeError, reverted, stored, undo
from enrichment.rules.fields import Plain
from salesintel.accounts.models import User
from salesintel.narrowed import certain

RIGHT = {Action.CHANGE: "change", Action.ADD: "add", Action.REMOVE: "delete"}


def may_make(user: Any, changes: Iterable[Change]) -> bool:
    """Whether the person has the rights on each kind of row that the changes touch."""
    wanted = {f"enrichment.{RIGHT[change.action]}_{change.model.lower()}" for change in changes}
    return bool(user.has_perms(sorted(wanted)))


def _told(change: Change) -> Iterator[tuple[str, str, str]]:
    """Field, before and after in words."""
    for name, (before, after) in change.fields.items():
        yield name.replace("_", " "), in_words(before), in_words(after)


def in_words(value: Plain) -> str:
    """A field's value as people read it."""
    match value:
        case None | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value)) or "–"
    return str(value)


@admin.register(ChangeSet)
class ChangeSetAdmin(ReadOnlyAdmin):
    """Changes made in the matrix or by an import, each with what it changed."""

    list_display = ("made", "user", "kind", "rows", "why", "taken_back")
    list_select_related = ("user", "undone_by")
    list_filter = ("kind",)
    search_fields = ("why",)

    @admin.display(description="rows")
    def rows(self, row: ChangeSet) -> str:
        labels = [change["label"] for change in row.changes]
        return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")

    @admin.display(description="taken back")
    def taken_back(self, row: ChangeSet) -> str:
        return "yes" if hasattr(row, "undone_by") else "no"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeSet]:
        rows: QuerySet[ChangeSet] = super().get_queryset(request)
        return rows

    def get_urls(self) -> list[Any]:
        undoing = path(
            "<path:object_id>/undo/", self.admin_site.admin_view(self.undo_view), name="enrichment_changeset_undo"
        )
        return [undoing, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        made = self._found(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Change {made.pk}",
            "opts": self.opts,
            "made": made,
            "changes": [{"change": change, "fields": list(_told(change))} for change in stored(made)],
            "may_undo": not hasattr(made, "undone_by") and may_make(request.user, reverted(made)),
        }
        return render(request, "admin/enrichment/changeset/change.html", context)

    @staticmethod
    def _number(object_id: str) -> int:
        return int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0

    def _found(self, request: HttpRequest, object_id: str) -> ChangeSet:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = ChangeSet.objects.select_related("user", "undone_by", "undoes")
        return get_object_or_404(rows, pk=self._number(object_id))

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the change back, or say who changed what since."""
        return require_POST(self._undo)(request, object_id)

    def _undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        made = self._found(request, object_id)
        if not may_make(request.user, reverted(made)):
            raise PermissionDenied
        why = request.POST.get("why", "").strip()
        try:
            back = undo(made, user=certain(request.user, User), why=why)
        except ChangeError as error:
            self.message_user(request, f"Nothing was taken back. {error}", messages.ERROR)
            return redirect(reverse("admin:enrichment_changeset_change", args=[made.pk]))
        self.message_user(request, f"Change {made.pk} was taken back. The next run follows.", messages.SUCCESS)
        return redirect(reverse("admin:enrichment_changeset_change", args=[back.pk]))
