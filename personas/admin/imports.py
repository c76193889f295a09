"""Files of records: an admin sees how far they are, never what is in them."""

from typing import Any

from django.contrib import admin

from enrichment.admin.base import ReadOnlyAdmin
from personas.admin.records import RecordAdmin
from personas.models import Import, ImportChange, ImportFault, ImportPiece, ImportPreset


@admin.register(Import)
class ImportAdmin(RecordAdmin):
    shown = (
        *("id", "owner", "created", "kind", "status", "size", "source", "rows", "position", "counts", "attempts"),
        *("error", "moved", "started", "finished", "file_gone"),
    )
    list_display: Any = ("id", "owner", "kind", "status", "rows", "position", "moved")
    list_filter = ("status", "kind")


@admin.register(ImportPreset)
class ImportPresetAdmin(RecordAdmin):
    pass


@admin.register(ImportPiece)
class ImportPieceAdmin(ReadOnlyAdmin):
    fields = ("parent", "number", "count")
    list_display = ("id", "parent", "number", "count")


@admin.register(ImportFault)
class ImportFaultAdmin(ReadOnlyAdmin):
    fields = ("parent", "row", "is_repeat")
    list_display = ("id", "parent", "row", "is_repeat")


@admin.register(ImportChange)
class ImportChangeAdmin(ReadOnlyAdmin):
    fields = ("parent", "what", "row", "is_new", "kept")
    list_display = ("id", "parent", "what", "row", "is_new", "kept")
