"""Lists that people sent and companies that they watch. Only read: their owners steer them, on their own pages."""

from django.contrib import admin

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import Bulk, BulkLine, Digest, Watch, WatchChange, WatchCheck


@admin.register(Bulk)
class BulkAdmin(ReadOnlyAdmin):
    list_display = ("created", "user", "consumer", "status", "cap", "spent", "held", "finished")
    list_select_related = ("user",)
    list_filter = ("status", "consumer")


@admin.register(BulkLine)
class BulkLineAdmin(ReadOnlyAdmin):
    list_display = ("bulk", "line", "state", "found", "expected", "worst", "cost", "attempt", "ended")
    list_select_related = ("bulk",)
    list_filter = ("state", "found")


@admin.register(Watch)
class WatchAdmin(ReadOnlyAdmin):
    list_display = ("company", "user", "consumer", "role", "every", "free_only", "paused", "next_at", "last_checked")
    list_select_related = ("company", "user")
    list_filter = ("every", "free_only", "paused", "consumer")


@admin.register(WatchCheck)
class WatchCheckAdmin(ReadOnlyAdmin):
    list_display = ("watch", "slot", "status", "changes", "cost", "reason", "ended")
    list_select_related = ("watch",)
    list_filter = ("status",)


@admin.register(WatchChange)
class WatchChangeAdmin(ReadOnlyAdmin):
    list_display = ("company", "kind", "dataset", "what", "score", "at")
    list_select_related = ("company",)
    list_filter = ("kind", "dataset", "origin")


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ("user", "every", "next_at", "last_at")
    list_select_related = ("user",)
    list_filter = ("every",)
