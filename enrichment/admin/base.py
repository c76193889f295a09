"""What the admin's classes have in common: rules with their history, and rows that are only read."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from enrichment.admin.versions import compare_view, reason_to_revert
from enrichment.models import RulesVersion
from enrichment.rules.contradictions import contradictions
from enrichment.rules.snapshot import from_rows
from salesintel.admin_bases import HistoryAdmin, ModelAdmin, TabularInline
from salesintel.narrowed import ModelForm


class RuleForm(ModelForm):
    """A rule's form: a field that is at fault already is not told what the row as a whole would say of it, too."""

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            told = {name: found for name, found in errors.error_dict.items() if name not in self.errors}
            if not told:
                return
            errors = ValidationError(told)
        super()._update_errors(errors)  # type: ignore[misc]  # Django's own, without a stub


class RuleAdmin(HistoryAdmin):
    """A rule: who changed what and when is kept, versions are compared, and any of them can be reverted to.

    Saving also tells every process that the rules changed, many-to-many relations included, and tells the person what
    now contradicts each other.
    """

    form: type[ModelForm] = RuleForm
    warn_unsaved_form = True
    list_filter_submit = True
    object_history_template = "admin/enrichment/history.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(lambda request, object_id: compare_view(self, request, object_id))
        name = f"{self.opts.app_label}_{self.opts.model_name}_compare"
        return [re_path(r"^([^/]+)/history/compare/$", view, name=name), *super().get_urls()]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return telling(request, lambda: super(RuleAdmin, self).changeform_view(request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return telling(request, lambda: super(RuleAdmin, self).changelist_view(request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return telling(request, lambda: super(RuleAdmin, self).delete_view(request, *args, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if reason := getattr(request, "reverts", ""):
            obj._change_reason = reason
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        RulesVersion.bump()  # many-to-many relations are stored after the row, whose own save said so too early

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj._history_user = request.user
        super().delete_model(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a past version shows the many-to-many relations of then, not today's."""
        past = getattr(obj, "_history", None)
        if past is not None and request.method == "GET":
            obj._prefetched_objects_cache = related_then(past)
        return super().get_form(request, obj, change, **kwargs)

    @transaction.atomic
    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A past version, and with a POST the way back to it: a new version whose reason says so."""
        view = super().history_form_view
        if request.method != "POST":
            return view(request, object_id, version_id, *args, **kwargs)
        # simple-history lets whoever may look at a version revert to it.
        if not self.has_change_permission(request):
            raise PermissionDenied
        request.reverts = reason_to_revert(self.model, object_id, version_id)  # type: ignore[attr-defined]
        response: HttpResponse = telling(request, lambda: view(request, object_id, version_id, *args, **kwargs))
        RulesVersion.bump()
        return response


class PrefixedForm(ModelForm):
    """The form of a model with a field `dataset`: a POST of that name is to unfold an action on a list below."""

    prefix = "row"


def telling(request: HttpRequest, view: Callable[[], Any]) -> Any:
    """What the view returns; where it changed the rules, the person is told what they now contradict."""
    if request.method != "POST":
        return view()
    version, known = RulesVersion.now(), set(contradictions(from_rows()))
    response = view()
    if RulesVersion.now() != version:
        for words in contradictions(from_rows()):
            if words not in known:
                messages.warning(request, words)
    return response


def related_then(past: Any) -> dict[str, list[models.Model]]:
    """Field → the rows that a past version was related to, of each many-to-many that its history tracks."""
    fields = past._history_m2m_fields
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


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """A ledger or a log. Every field is shown but binary ones."""

    show_full_result_count = False  # counting a ledger takes longer than showing a page of it
    list_per_page = 50

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = (models.BinaryField, models.ManyToManyField)
        return [f.name for f in self.opts.get_fields() if f.concrete and not isinstance(f, hidden)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows of a ledger below the row that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = True
