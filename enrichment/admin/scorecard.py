"""The score card of the sources: what they were believed to be, what they turned out to be, and one click between."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from enrichment.models import DatasetSource
from enrichment.rules import live
from enrichment.rules.changes import Change, ChangeError, make
from enrichment.workflow.scorecard import Card, Cell, cards
from salesintel.accounts.models import User
from salesintel.narrowed import certain

PAGE = "admin/enrichment/source/scorecard.html"
DAYS = (7, 30, 90, 365)


class AcceptForm(forms.Form):
    """A suggestion that somebody takes; `before` is the reliability that they saw."""

    cell = forms.IntegerField()
    before = forms.FloatField(min_value=0, max_value=1)
    after = forms.FloatField(min_value=0, max_value=1)
    why = forms.CharField(max_length=80, required=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One dataset of a source; `row` is the id of its matrix cell. Widths are per cent of the picture."""

    cell: Cell
    row: int | None

    @property
    def fill(self) -> "Span":
        return Span(*self.cell.fill_interval)

    @property
    def right(self) -> "Span":
        return Span(*self.cell.tally.interval())

    @property
    def why(self) -> str:
        return f"score card: {self.cell.tally.agreed} of {self.cell.tally.compared} agreed"


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of shares, as a bar is drawn: per cent from the left, and wide."""

    low: float
    high: float

    @property
    def left(self) -> str:
        return f"{self.low * 100:.1f}"

    @property
    def width(self) -> str:
        return f"{max((self.high - self.low) * 100, 1.0):.1f}"


def scorecard_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """All cards over `?days=`; a POST takes one suggestion, as a change that can be taken back."""
    if not request.user.has_perm("enrichment.view_source"):
        raise PermissionDenied
    may_change = request.user.has_perm("enrichment.change_datasetsource")
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return _accepted(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else 30
    until = timezone.now()
    found = cards(origin=live.origin(), since=until - timedelta(days=days), until=until)
    rows = {(s, d): pk for pk, s, d in DatasetSource.objects.values_list("pk", "source__slug", "dataset__slug")}
    context |= {
        "title": "Score card of the sources",
        "cards": [(card, _lines(card, rows)) for card in found],
        "days": days,
        "choices": DAYS,
        "may_change": may_change,
        "may_see_costs": request.user.has_perm("enrichment.see_costs"),
    }
    return render(request, PAGE, context)


def _lines(card: Card, rows: dict[tuple[str, str], int]) -> list[Line]:
    return [Line(cell, rows.get((card.source, cell.dataset))) for cell in card.cells]


def _accepted(request: HttpRequest) -> HttpResponse:
    form, back = AcceptForm(request.POST), redirect(reverse("admin:enrichment_source_scorecard"))
    if not form.is_valid():
        messages.error(request, "That is no suggestion of this page.")
        return back
    given = form.cleaned_data
    cell = get_object_or_404(DatasetSource.objects.select_related("dataset", "source"), pk=given["cell"])
    change = Change(
        model="DatasetSource", row=cell.pk, label=str(cell), fields={"reliability": (given["before"], given["after"])}
    )
    try:
        make([change], user=certain(request.user, User), why=given["why"])
    except ChangeError as error:
        messages.error(request, str(error))
        return back
    words = f"{cell}: reliability {given['before']:g} → {given['after']:g}. The next run follows; it can be taken back."
    messages.success(request, words)
    return back
