"""Experiments: drawn up, started, watched and stopped here."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from enrichment import rules
from enrichment.admin.base import ReadOnlyAdmin
from enrichment.admin.trials import page_of
from enrichment.models import Experiment, Trial, Variant
from enrichment.workflow import experiments
from enrichment.workflow.experiments import CannotStart
from enrichment.workflow.findings import found
from salesintel.accounts.models import User
from salesintel.admin_bases import HistoryAdmin, StackedInline
from salesintel.narrowed import ModelForm, certain


class VariantsForm(PaginationInlineFormSet):
    """The variants of one experiment, which have to fit each other and the rules of today."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        used = [form for form in self.forms if form.has_changed() or form.instance.pk]
        kept = [form.instance for form in used if not form.cleaned_data.get("DELETE")]
        for row in kept:
            row.experiment = self.instance
        if self.instance.consumer_id and (words := experiments.problems(kept, rules.current().rules)):
            raise ValidationError(words)


class VariantForm(ModelForm):
    """One side."""

    class Meta:
        model = Variant
        fields = ("label", "is_control", "share", "strategy", "changes")
        labels = {"share": "Share (per cent)"}
        help_texts = {
            "changes": 'Changed rows, as POST /plans takes them: {"sources": {"snov_contacts": {"enabled": false}}}; or'
            ' another prompt: {"prompts": {"customer_intelligence": {"version": 3}}}.'
        }
        widgets = {"changes": UnfoldAdminTextareaWidget(attrs={"rows": 4})}


class VariantInline(StackedInline):
    """Sides of the experiment; fixed once it was started."""

    model = Variant
    form = VariantForm
    formset = VariantsForm
    fields = (("label", "share"), ("is_control", "strategy"), "changes")
    extra = 0
    min_num = 2

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("experiment__consumer")

    def _is_fixed(self, row: Any) -> bool:
        return row is not None and row.status != Experiment.Status.DRAFT

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self._is_fixed(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self._is_fixed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self._is_fixed(obj) and super().has_delete_permission(request, obj)


class ExperimentForm(ModelForm):
    """A draft."""

    class Meta:
        model = Experiment
        exclude = ()
        labels = {
            "cost_step": "Step in cost (USD)",
            "quality_step": "Step in quality",
            "highest_cost": "Highest mean cost (USD)",
            "lowest_quality": "Lowest mean quality",
            "lowest_coverage": "Lowest mean coverage",
            "rails_after": "Guard rails after (runs)",
        }
        widgets = {"question": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


@admin.register(Experiment)
class ExperimentAdmin(HistoryAdmin):
    """A draft is edited; what was started is only watched and stopped."""

    form = ExperimentForm
    change_form_template = "admin/enrichment/experiment/change_form.html"
    list_display = ("label", "consumer", "status", "began", "ends", "why")
    list_select_related = ("consumer",)
    list_filter = ("status", "consumer")
    search_fields = ("slug", "label", "question")
    inlines = (VariantInline,)
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("label", "slug", "question", "consumer", "starts", "ends")}),
        ("What matters", {"fields": ("cost_step", "quality_step")}),
        ("Guard rails", {"fields": ("highest_cost", "lowest_quality", "lowest_coverage", "rails_after")}),
    )

    @admin.display(description="started", ordering="started")
    def began(self, row: Experiment) -> Any:
        return row.starts if row.started else None

    # --- Who may what -------------------------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of what was started nothing can be changed: its figures would be of no one experiment."""
        is_draft = obj is None or obj.status == Experiment.Status.DRAFT
        return is_draft and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is None or obj.status == Experiment.Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Whether the person may start and stop experiments."""
        return request.user.has_perm("enrichment.run_experiment")

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A past version to look at: to go back to one would make a draft of what runs."""
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, *args, **kwargs)

    def get_actions(self, request: HttpRequest) -> Any:
        """None: to delete many at once would not ask whether each is a draft."""
        return {}

    # --- Pages --------------------------------------------------------------------------------------------------------

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for words in experiments.warnings(form.instance, rules.current().rules):
            messages.warning(request, words)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/start/", view(require_POST(self.start_view)), name="enrichment_experiment_start"),
            path("<int:pk>/stop/", view(require_POST(self.stop_view)), name="enrichment_experiment_stop"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        if row is not None:
            known = rules.current().rules
            is_draft = row.status == Experiment.Status.DRAFT
            context |= {
                "may_run": self.has_run_permission(request),
                "warnings": experiments.warnings(row, known) if is_draft else [],
                "outcome": None if is_draft else page_of(row, found(row)),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def start_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        try:
            experiments.start(row, by=certain(request.user, User))
        except CannotStart as refused:
            for words in refused.problems:
                self.message_user(request, words, messages.ERROR)
        else:
            self.message_user(request, f"“{row}” was started.", messages.SUCCESS)
        return self._back(pk)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        why = request.POST.get("why", "").strip()[:200] or f"By {request.user}."
        if experiments.stop(row, why=why, by=certain(request.user, User)):
            self.message_user(request, f"“{row}” was stopped: the next run has the rules of today.", messages.SUCCESS)
        return self._back(pk)

    def _row(self, request: HttpRequest, pk: int) -> Experiment:
        if not self.has_run_permission(request):
            raise PermissionDenied
        return get_object_or_404(Experiment, pk=pk)

    def _back(self, pk: int) -> HttpResponse:
        return redirect(reverse("admin:enrichment_experiment_change", args=[pk]))


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin):
    list_display = ("experiment", "label", "is_control", "share", "strategy")
    list_select_related = ("experiment",)


@admin.register(Trial)
class TrialAdmin(ReadOnlyAdmin):
    list_display = ("variant", "company", "cost", "quality", "coverage", "is_complete", "seconds", "ended")
    list_select_related = ("variant", "company", "run")
    ordering = ("-pk",)
