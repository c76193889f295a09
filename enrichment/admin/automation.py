"""Lists that people sent. Only read: they are steered by whoever sent them, on their own pages."""

from django.contrib import admin

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import Bulk, BulkLine


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
