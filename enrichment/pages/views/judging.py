"""What a reader makes of a brief: stars, and the use of its sections; and the button that fills one of its gaps."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from enrichment.models import Rating, ResearchRequest
from enrichment.models.ratings import BEST, LONGEST_REASON, WORST
from enrichment.pages.asking import ask_again, idempotency_key, new_nonce, refusals
from enrichment.pages.page import Page, own_request, user_of
from enrichment.pages.planned import prices
from enrichment.pages.words import usd
from enrichment.workflow.asks import Ask
from enrichment.workflow.explaining import explain
from enrichment.workflow.rating import BY_HAND, NoReport, count_use, rate, rating_of, unrate
from enrichment.workflow.requests import request_research

WORDS = {1: "of no use", 2: "of little use", 3: "of some use", 4: "useful", 5: "just what I need"}


class RatingForm(forms.Form):
    """Stars and why."""

    stars = forms.IntegerField(min_value=WORST, max_value=BEST)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)


class RatingPart(Page):
    """Rates the request's report, or takes the stars back; a part of the brief, and without script the brief again."""

    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked, user = own_request(request, request_id), user_of(request)
        taken, wrong = None, ""
        if request.POST.get("take_back"):
            taken = unrate(asked, user)
        else:
            wrong = _rate(asked, request)
        if not request.headers.get("HX-Request"):
            return redirect(f"{reverse('brief', args=[request_id])}#rating")
        context = {"asked": asked, **rating_context(asked, user), "taken": taken, "wrong": wrong, "is_new": True}
        return self.shown("enrichment/_rating.html", context)


def _rate(asked: ResearchRequest, request: HttpRequest) -> str:
    """Rate it as the form says; what is wrong with it, in words."""
    form = RatingForm(request.POST)
    if not form.is_valid():
        return "Choose one to five stars; a reason has at most 500 characters."
    try:
        rate(asked, user_of(request), stars=form.cleaned_data["stars"], reason=form.cleaned_data["reason"])
    except NoReport as error:
        return str(error)
    return ""


def rating_context(asked: ResearchRequest, user: Any) -> dict[str, Any]:
    """What `_rating.html` wants. One query."""
    row: Rating | None = rating_of(asked, user)
    return {"rating": row, "choices": [(n, WORDS[n], row is not None and row.stars == n) for n in WORDS]}


class UsedView(Page):
    """Counts that a section's evidence was opened, more of it, or something copied. Says nothing, keeps no name."""

    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked = own_request(request, request_id)
        action = request.POST.get("action", "")
        if asked.report is not None and action in BY_HAND and may_count(request):
            count_use(asked.report, request.POST.get("section", ""), action, at=timezone.now())
        return HttpResponse(status=204)


def may_count(request: HttpRequest) -> bool:
    """Whether the reader has not asked not to be tracked, though what is counted is nobody's."""
    return "1" not in (request.headers.get("DNT"), request.headers.get("Sec-GPC"))


# --- Filling a gap ----------------------------------------------------------------------------------------------------


class FillView(Page):
    """What filling one gap would cost, and with a POST the run that does it."""

    def get(self, request: HttpRequest, request_id: UUID, dataset: str) -> HttpResponse:
        asked = own_request(request, request_id)
        gap = _gap(asked, dataset)
        ask = _filling(asked, gap)
        context = {"asked": asked, "gap": gap, "nonce": new_nonce()}
        with refusals(ask) as refusal:
            told = explain(ask, by=user_of(request))
            cap = "" if told["cap"] is None else usd(told["cap"])
            return self.shown(
                "enrichment/_fill.html", context | {"told": told, "prices": prices(told["quote"]), "cap": cap}
            )
        return self.shown("enrichment/_fill.html", context | {"refusal": refusal})

    def post(self, request: HttpRequest, request_id: UUID, dataset: str) -> HttpResponse:
        asked = own_request(request, request_id)
        ask = _filling(asked, _gap(asked, dataset))
        key = idempotency_key(ask, request.POST.get("nonce", "")[:36])
        with refusals(ask) as refusal:
            started = request_research(ask, user=user_of(request), idempotency_key=key)
            return redirect("brief" if started.report_id and not started.run_id else "run", request_id=started.pk)
        return self.shown("enrichment/refused.html", {"asked": asked, "refusal": refusal}, status=400)


def _gap(asked: ResearchRequest, dataset: str) -> dict[str, Any]:
    """The gap of the request's report. Raises `Http404` where there is none that something could fill."""
    gaps = asked.report.gaps if asked.report is not None else []
    found = next((gap for gap in gaps if gap["dataset"] == dataset and gap.get("costToFill") is not None), None)
    if found is None:
        raise Http404
    return {**found, "price": usd(found["costToFill"])}


def _filling(asked: ResearchRequest, gap: dict[str, Any]) -> Ask:
    """The same ask, of which the gap is a part that must not lack: only what is still wanted is bought.

    Where the ask had a limit, this one's is that and the price of the gap: a limit that kept the gap from being filled
    would do so again, and what an engine costs was within it.
    """
    again = ask_again(asked, require=(*asked.require, gap["dataset"]))
    cap = None if asked.cap is None else asked.cap + Decimal(gap["costToFill"])
    return replace(again, max_cost=cap)
