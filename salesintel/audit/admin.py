"""The audit log for those who may read it: filtered, followed to its row, exported."""

import csv
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from salesintel import audit
from salesintel.audit.models import Entry

COLUMNS = ("id", "at", "actor", "key_prefix", "via", "action", "model", "object_id", "fields", "counts", "request_id",
           "run")  # fmt: skip
RUNS = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is a formula to a spreadsheet
MOST = 100_000  # rows of one file


class OfActor(admin.SimpleListFilter):
    """Whose entries: those who wrote lately, by id and name where the account is still there."""

    title = "person"
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = get_user_model()._default_manager.values_list("pk", "username")
        names = dict(people[:500])
        return [("none", "nobody"), *((str(pk), f"{name} ({pk})") for pk, name in names.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.value() == "none":
            return queryset.filter(actor=None)
        return queryset.filter(actor=self.value()) if (self.value() or "").isdigit() else queryset


@admin.register(Entry)
class EntryAdmin(ModelAdmin):
    list_display = ("at", "actor", "key_prefix", "via", "action", "model", "object_id", "names", "request_id", "run")
    list_filter = (OfActor, "via", "action", "model")
    search_fields = ("object_id", "request_id", "run", "key_prefix")
    date_hierarchy = "at"
    ordering = ("-pk",)
    list_per_page = 100
    show_full_result_count = False
    actions = ("export_chosen",)

    @admin.display(description="what changed")
    def names(self, row: Entry) -> str:
        return ", ".join([*row.fields, *(f"{count} {word}" for word, count in row.counts.items())])

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return COLUMNS

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return COLUMNS

    @admin.action(description="Export what is chosen as CSV", permissions=["view"])
    def export_chosen(self, request: HttpRequest, rows: QuerySet[Entry]) -> HttpResponse:
        return _as_file(rows)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _as_file(rows: QuerySet[Entry]) -> HttpResponse:
    """The rows as CSV, newest first; that they were exported is an entry."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    written = 0
    for row in rows.order_by("-pk").values_list(*COLUMNS)[:MOST].iterator():
        writer.writerow([_cell(value) for value in row])
        written += 1
    audit.record("export", Entry, counts={"entries": written})
    return response


def _cell(value: Any) -> Any:
    """The value as a cell; a text that a spreadsheet would run is led by an apostrophe."""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value) if isinstance(value, dict) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(RUNS) else text
