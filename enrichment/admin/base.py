"""What the admin's classes have in common: rules with their history, and rows that are only read."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline

from enrichment.models import RulesVersion


class RuleAdmin(SimpleHistoryAdmin, ModelAdmin):  # type: ignore[misc] # both extend the same class
    """A rule: who changed what and when is kept, and any version can be reverted to.

    Saving also tells every process that the rules changed, many-to-many relations included.
    """

    warn_unsaved_form = True
    list_filter_submit = True

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        RulesVersion.bump()  # many-to-many relations are stored after the row, whose own save said so too early

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj._history_user = request.user  # noqa: SLF001 - as simple-history wants to be told
        super().delete_model(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """The form of a past version shows the many-to-many relations of then, not today's."""
        past = getattr(obj, "_history", None)
        if past is not None and request.method == "GET":
            obj._prefetched_objects_cache = related_then(past)  # noqa: SLF001 - what the form reads instead of a query
        return super().get_form(request, obj, change, **kwargs)

    @transaction.atomic
    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().history_form_view(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        if request.method == "POST":
            RulesVersion.bump()
        return response


def related_then(past: Any) -> dict[str, list[models.Model]]:
    """Field → the rows that a past version was related to, of each many-to-many that its history tracks."""
    fields = past._history_m2m_fields  # noqa: SLF001 - simple-history has no public name for it
    return {field.name: _rows(past, field) for field in fields}


def _rows(past: Any, field: Any) -> list[models.Model]:
    ids = getattr(past, field.name).values_list(f"{field.m2m_reverse_field_name()}_id", flat=True)
    return list(field.related_model.objects.filter(pk__in=list(ids)))


class ReadOnly:
    """Rows that are the truth about what happened: nobody adds, changes or deletes one by hand."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """A ledger or a log. Every field is shown but binary ones."""

    show_full_result_count = False  # counting a ledger takes longer than showing a page of it
    list_per_page = 50

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = (models.BinaryField, models.ManyToManyField)
        return [f.name for f in self.opts.get_fields() if f.concrete and not isinstance(f, hidden)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


class ReadOnlyInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """Rows of a ledger below the row that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = True
