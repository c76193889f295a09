"""Days that are over, added up. Only read: what is wrong in them is counted anew from the ledgers."""

from django.contrib import admin

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import UsageDay, UsageFigure, UsageMark


@admin.register(UsageDay)
class UsageDayAdmin(ReadOnlyAdmin):
    list_display = ("starts", "ends", "added_up")
    ordering = ("-starts",)


@admin.register(UsageFigure)
class UsageFigureAdmin(ReadOnlyAdmin):
    list_display = ("day", "origin", "of", "key", "everybody", "user", "calls", "cost", "requests", "saved")
    list_select_related = ("day", "user")
    list_filter = ("of", "origin", "everybody")
    ordering = ("-pk",)


@admin.register(UsageMark)
class UsageMarkAdmin(ReadOnlyAdmin):
    list_display = ("at",)
    ordering = ("-pk",)
