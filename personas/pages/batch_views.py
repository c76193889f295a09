"""Personas of many contacts: choose them, see what they cost at most, start, watch, pause, cancel."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from enrichment.door import may_an_engine_answer
from enrichment.pages.page import Page, user_of
from enrichment.pages.words import State
from personas.batches import steering, telling
from personas.batches.choosing import BatchRefused, Choice, quoted
from personas.generating.making import Writer
from personas.models import ContactPersona, PersonaBatch, PersonaPolicy

LISTED, LINES = 30, 50  # batches of the first page; lines of one page
TONES = {"quoted": "plain", "running": "busy", "paused": "plain", "done": "good", "cancelled": "plain"}
STEPS: dict[str, Callable[[PersonaBatch], PersonaBatch]] = {
    "start": steering.start,
    "pause": steering.pause,
    "resume": steering.resume,
    "cancel": steering.cancel,
}


class BatchesPage(Page):
    """One's batches, and the form that makes one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page({"search": request.GET.get("q", "")[:200]})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "").strip()[:200] for name in ("search", "method", "writer", "max_cost")}
        try:
            batch = quoted(_choice(typed, only_without="only_without" in request.POST), owner=user_of(request))
        except BatchRefused as error:
            return self._page(typed, refusal=str(error), status=400)
        return redirect("persona-batch", batch_id=batch.pk)

    def _page(self, typed: dict[str, str], *, refusal: str = "", status: int = 200) -> HttpResponse:
        rows = list(PersonaBatch.objects.filter(owner=user_of(self.request)).order_by("-created", "-pk")[:LISTED])
        told = telling.told(rows)
        context = {
            "batches": [(each, state_of(row)) for row, each in zip(rows, told, strict=True)],
            "typed": typed,
            "refusal": refusal,
            "may_engines": PersonaPolicy.now().engines and may_an_engine_answer(),
        }
        return self.shown("personas/batches.html", context, status=status)


class BatchPage(Page):
    template = "personas/batch.html"

    def get(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        return self.shown(self.template, shown(own_batch(request, batch_id), request.GET.get("page", "")))


class BatchPart(BatchPage):
    """The part of the page that renews itself while it is worked on."""

    template = "personas/_batch.html"


class SteerBatch(Page):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, batch_id: UUID) -> HttpResponse:
        """Do the step that the pressed button names; where it does not fit any more, the page says why."""
        row = own_batch(request, batch_id)
        try:
            if (step := STEPS.get(request.POST.get("step", ""))) is not None:
                step(row)
        except steering.NotNow as error:
            return self.shown(BatchPage.template, shown(row) | {"refusal": str(error)}, status=409)
        return redirect("persona-batch", batch_id=batch_id)


def own_batch(request: HttpRequest, batch_id: UUID) -> PersonaBatch:
    rows = PersonaBatch.objects.filter(owner=user_of(request)).select_related("owner")
    found: PersonaBatch = get_object_or_404(rows, pk=batch_id)
    return found


def state_of(row: PersonaBatch) -> State:
    return State(TONES[row.status], row.get_status_display())


def shown(row: PersonaBatch, page: str = "") -> dict[str, Any]:
    lines = row.lines.select_related("contact").order_by("place")
    return {
        "row": row,
        "told": telling.told([row])[0],
        "state": state_of(row),
        "is_live": row.status == PersonaBatch.Status.RUNNING,
        "page": Paginator(lines, LINES).get_page(page),
    }


def _choice(typed: dict[str, str], *, only_without: bool) -> Choice:
    """What the form says. Raises `BatchRefused` for an amount that is none."""
    return Choice(
        search=typed["search"],
        only_without=only_without,
        method=typed["method"] if typed["method"] in ContactPersona.Method.values else ContactPersona.Method.RAG,
        writer=Writer.ENGINE if typed["writer"] == Writer.ENGINE else Writer.BUILTIN,
        max_cost=_amount(typed["max_cost"]),
    )


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("nan")
    if not (amount.is_finite() and 0 <= amount < 10**6):
        raise BatchRefused(
            "maxCost", _("“%(text)s” is no amount; give USD as 2.50, or leave it empty.") % {"text": text}
        )
    return amount
