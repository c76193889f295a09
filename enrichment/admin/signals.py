"""Signal rules: signals are chosen from those that there are, and tried on a company before anybody relies on them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from enrichment import companies
from enrichment.admin.base import RuleAdmin, RuleForm
from enrichment.models import SignalRule
from enrichment.models.catalog import known_signals
from enrichment.signals import headlines
from enrichment.signals.features import LONGEST, in_words
from enrichment.workflow.correlating import preview
from salesintel.narrowed import certain

PAGE = "admin/enrichment/signalrule/preview.html"
READING = "admin/enrichment/signalrule/headline.html"


class SignalRuleForm(RuleForm):
    signals = forms.MultipleChoiceField(
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Must all be there. A dataset counts where it has a record; “competitor” wants a vendor.",
    )

    class Meta:
        model = SignalRule
        fields = ("name", "signals", "urgency", "action", "within_days", "witnesses", "enabled", "origin")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_before = [signal for signal in self.instance.signals or () if signal not in known_signals()]
        choices = [*known_signals(), *of_before]  # one that is gone is shown, and refused when it is saved
        certain(self.fields["signals"], forms.ChoiceField).choices = [(name, name) for name in choices]


class PreviewForm(forms.Form):
    company = forms.CharField(
        max_length=253, label="Company", help_text="Its domain, or its name.", widget=UnfoldAdminTextInputWidget
    )


class HeadlineForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST, label="Headline", help_text="As a paper prints it.", widget=UnfoldAdminTextInputWidget
    )


@admin.register(SignalRule)
class SignalRuleAdmin(RuleAdmin):
    form = SignalRuleForm
    list_display = ("name", "urgency", "together", "witnesses", "within_days", "action", "enabled")
    list_editable = ("enabled",)
    list_filter = ("urgency", "enabled")
    search_fields = ("name", "action")
    change_form_template = "admin/enrichment/signalrule/change_form.html"
    list_before_template: Any = "admin/enrichment/signalrule/_links.html"  # None, as far as its types go

    @admin.display(description="signals together")
    def together(self, row: SignalRule) -> str:
        return ", ".join(row.signals)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.preview)
        reading = self.admin_site.admin_view(self.read_headline)
        return [
            path("headline/", reading, name="enrichment_signalrule_headline"),
            path("<int:object_id>/preview/", view, name="enrichment_signalrule_preview"),
            *super().get_urls(),
        ]

    def read_headline(self, request: HttpRequest) -> HttpResponse:
        """Which signal a headline gives, and what in it decided. Saves nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = HeadlineForm(request.GET if "text" in request.GET else None)
        context = {**self.admin_site.each_context(request), "title": "How a headline is read", "form": form}
        if form.is_valid():
            found = headlines.why(form.cleaned_data["text"])
            most = max((reason.weight for reason in found.because), default=1.0)
            context |= {
                "reading": found,
                "datasets": headlines.DATASETS_OF_SIGNAL.get(found.signal or "", ()),
                "reasons": [(in_words(each.feature), each.weight, each.weight / most) for each in found.because],
            }
        return render(request, READING, context)

    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What the rule finds at a company today. Saves nothing."""
        rule = get_object_or_404(SignalRule, pk=object_id)
        if not self.has_view_permission(request, rule):
            raise PermissionDenied
        form = PreviewForm(request.GET if "company" in request.GET else None)
        context = {**self.admin_site.each_context(request), "title": f"Try “{rule.name}”", "rule": rule, "form": form}
        if form.is_valid():
            found = companies.search(form.cleaned_data["company"], limit=1)
            if found:
                company = found[0].company
                context |= {"company": company, "preview": preview(rule, company, at=timezone.now())}
            else:
                form.add_error("company", "We know no such company.")
        return render(request, PAGE, context)
