"""The words that engines are asked with: written as versions, seen before they are used, compared, tried, activated."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from enrichment.admin.base import RuleAdmin
from enrichment.analysis.answers import ANSWERS
from enrichment.analysis.prompts import DEFAULT, LONGEST_PROMPT, RULES, problems_of
from enrichment.companies import AmbiguousCompany
from enrichment.models import PERSONA, AnalysisEngine, PromptVersion, Report
from enrichment.rules.edits import InvalidEdit
from enrichment.workflow.asks import RequestError
from enrichment.workflow.prompting import (
    Preview,
    difference,
    preview,
    preview_of_persona,
    readers,
    reports_for,
    try_out,
)
from salesintel.accounts.models import User
from salesintel.narrowed import ModelForm, certain

DEAREST_TRY = Decimal(5)  # USD that a try may be allowed at most
USUAL_TRY = Decimal("0.50")


class PromptForm(ModelForm):
    """At most one wording per purpose is active; the text of a version stays what it is."""

    class Meta:
        model = PromptVersion
        fields = ("purpose", "version", "text", "active", "origin")
        widgets = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 12, "maxlength": LONGEST_PROMPT})}

    def clean_purpose(self) -> str:
        purpose: str = self.cleaned_data["purpose"]
        if purpose not in DEFAULT:
            raise ValidationError(f"Nothing is written for “{purpose}”; choose one of {', '.join(sorted(DEFAULT))}.")
        return purpose

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if problems := problems_of(text):
            raise ValidationError(problems)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("active"):
            purpose = cleaned.get("purpose") or self.instance.purpose
            others = PromptVersion.objects.filter(purpose=purpose, active=True)
            other = others.exclude(pk=self.instance.pk).first()
            if other is not None:
                raise ValidationError(
                    {"active": f"{other} is active: use the list's action to put this one in its place."}
                )
        return cleaned


def _shown(row: PromptVersion, chosen: Report | None) -> Preview | None:
    """What would be sent: of personas for a contact that is made up, else for the chosen report; None without one."""
    if row.purpose == PERSONA:
        return preview_of_persona(row.text)
    return preview(row.text, chosen, purpose=row.purpose) if chosen else None


class TryForm(forms.Form):
    """By which engine, and for how much at most."""

    engine = forms.ModelChoiceField(AnalysisEngine.objects.none())
    cap = forms.DecimalField(min_value=Decimal(0), max_value=DEAREST_TRY, decimal_places=4)
    report = forms.UUIDField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["engine"]
        field = certain(field, forms.ModelChoiceField)
        field.queryset = AnalysisEngine.objects.filter(pk__in=[row.pk for row in readers() if row.is_ready])


@admin.register(PromptVersion)
class PromptVersionAdmin(RuleAdmin):
    """A version is written once: what was said with it, and its stars, are those of one text."""

    form = PromptForm
    change_form_template = "admin/enrichment/promptversion/change_form.html"
    fields = ("purpose", "version", "text", "active", "origin")
    list_display = ("purpose", "version", "active", "beginning")
    list_filter = ("purpose", "active")
    search_fields = ("purpose", "text")
    actions = ("activate",)

    @admin.display(description="text")
    def beginning(self, row: PromptVersion) -> str:
        return row.text if len(row.text) <= 90 else row.text[:90] + "…"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("purpose", "version", "text") if obj is not None and obj.pk else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The next version of a purpose; with `from` another one's text, without the built-in wording."""
        base = PromptVersion.objects.filter(pk=_number(request.GET.get("from"))).first()
        purpose = base.purpose if base else request.GET.get("purpose", "customer_intelligence")
        newest = PromptVersion.objects.filter(purpose=purpose).aggregate(newest=Max("version"))["newest"] or 0
        text = base.text if base else DEFAULT.get(purpose, "")
        return {"purpose": purpose, "version": newest + 1, "text": text, "origin": f"from {base}" if base else "ours"}

    @admin.action(
        permissions=["change"], description="Activate in place of the purpose's active one (new analyses are paid for)"
    )
    def activate(self, request: HttpRequest, chosen: QuerySet[PromptVersion]) -> None:
        rows = list(chosen)
        if len({row.purpose for row in rows}) != len(rows):
            self.message_user(request, "Choose one version per purpose.", messages.ERROR)
            return
        with transaction.atomic():
            for row in rows:
                for other in PromptVersion.objects.filter(purpose=row.purpose, active=True).exclude(pk=row.pk):
                    self._switch(request, other, active=False)
                self._switch(request, row, active=True)
        self.message_user(request, f"{len(rows)} activated.", messages.SUCCESS)

    @staticmethod
    def _switch(request: HttpRequest, row: Any, *, active: bool) -> None:
        row.active, row._history_user = active, request.user
        row.save()

    # --- Pages --------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/preview/", view(self.preview_view), name="enrichment_promptversion_preview"),
            path("<int:pk>/compare/", view(self.compare_text_view), name="enrichment_promptversion_difference"),
            path("<int:pk>/try/", view(require_POST(self.try_view)), name="enrichment_promptversion_try"),
            path(
                "<int:pk>/activate/", view(require_POST(self.activate_view)), name="enrichment_promptversion_activate"
            ),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context |= {
            "rules_text": RULES,
            "longest": LONGEST_PROMPT,
            "default_text": DEFAULT.get("customer_intelligence"),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Exactly what would be sent for a report, and for how much at most. Sends nothing."""
        row = self._row(request, pk, "view")
        reports = reports_for(row.purpose)
        chosen = next((each for each in reports if str(each.pk) == request.GET.get("report")), None) or next(
            iter(reports), None
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"What {row} would send",
            "opts": self.opts,
            "row": row,
            "reports": reports,
            "chosen": chosen,
            "preview": _shown(row, chosen),
            "may_try": row.purpose in ANSWERS and self.has_change_permission(request),
            "ready": [engine for engine in readers() if engine.is_ready],
            "usual": USUAL_TRY,
            "dearest": DEAREST_TRY,
        }
        return render(request, "admin/enrichment/promptversion/preview.html", context)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Writes a report's brief with this version, as a request of the admin's own under a cap."""
        row, form = self._row(request, pk, "change"), TryForm(request.POST)
        back = reverse("admin:enrichment_promptversion_preview", args=[pk])
        if not form.is_valid():
            words = f"Choose an engine that is ready, a report, and at most {DEAREST_TRY} USD."
            self.message_user(request, words, messages.ERROR)
            return redirect(back)
        given = form.cleaned_data
        report = get_object_or_404(Report, pk=given["report"], consumer=row.purpose, run__isnull=False)
        try:
            started = try_out(
                row,
                report,
                engine=given["engine"],
                cap=given["cap"],
                user=certain(request.user, User),
            )
        except (RequestError, InvalidEdit, AmbiguousCompany) as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(f"{back}?report={report.pk}")
        return redirect("brief" if started.report_id else "run", request_id=started.pk)

    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk, "change")
        self.activate(request, PromptVersion.objects.filter(pk=row.pk))
        return redirect(reverse("admin:enrichment_promptversion_change", args=[pk]))

    def compare_text_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """This version against another one of its purpose, or the built-in wording; word by word."""
        row = self._row(request, pk, "view")
        others = list(PromptVersion.objects.filter(purpose=row.purpose).exclude(pk=pk))
        default = DEFAULT.get(row.purpose, DEFAULT["customer_intelligence"])
        usual = next((each for each in others if each.active), None)
        wanted = request.GET.get("with") or (str(usual.pk) if usual else "default")
        other = next((each for each in others if str(each.pk) == wanted), None)
        context = {
            **self.admin_site.each_context(request),
            "title": f"What differs in {row}",
            "opts": self.opts,
            "row": row,
            "others": others,
            "other": other,
            "parts": difference(other.text if other else default, row.text),
        }
        return render(request, "admin/enrichment/promptversion/difference.html", context)

    def _row(self, request: HttpRequest, pk: int, right: str) -> PromptVersion:
        if not getattr(self, f"has_{right}_permission")(request):
            raise PermissionDenied
        return get_object_or_404(PromptVersion, pk=pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
