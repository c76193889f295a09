"""What the admin's classes are made of: unfold's, and with it simple-history's for what keeps its past.

Neither library has types. Both extend Django's own classes, so those are what the type checker reads here.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib import admin
    from django.http import HttpRequest, HttpResponse

    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]

    class HistoryAdmin(ModelAdmin):
        """Rows whose versions can be looked at, and gone back to."""

        def history_form_view(
            self, request: HttpRequest, object_id: str, version_id: str, *args: Any, **kwargs: Any
        ) -> HttpResponse: ...

else:
    from simple_history.admin import SimpleHistoryAdmin
    from unfold.admin import ModelAdmin, StackedInline, TabularInline

    class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
        """Rows whose versions can be looked at, and gone back to."""


__all__ = ["HistoryAdmin", "ModelAdmin", "StackedInline", "TabularInline"]
