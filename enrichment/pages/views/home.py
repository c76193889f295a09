"""The first page: ask for a brief, see what it would cost, find what was asked before."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from enrichment import companies
from enrichment.api.summaries import summaries
from enrichment.models import ResearchRequest
from enrichment.pages import recent
from enrichment.pages.asking import AskForm, asked_back, idempotency_key, refusals
from enrichment.pages.page import Page, user_of
from enrichment.pages.planned import prices
from enrichment.workflow.explaining import explain
from enrichment.workflow.requests import request_research
from salesintel.accounts.models import User

SUGGESTED = 8
LONGEST_QUERY = 200


class HomeView(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown("enrichment/home.html", _home(request, AskForm.for_user(user_of(request))))


class StartView(Page):
    """Starts the research that the form asks for; asks back where the company is not certain."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("home")  # somebody reloads a page that a form had led to

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AskForm(request.POST)
        if not form.is_valid():
            return self.shown("enrichment/home.html", _home(request, form), status=400)
        ask = form.ask(user_of(request))
        key = idempotency_key(ask, form.cleaned_data["nonce"])
        with refusals(ask) as refusal:
            return redirect(where(request_research(ask, user=user_of(request), idempotency_key=key)))
        context = _home(request, form) | asked_back(form, refusal, request.POST)
        return self.shown("enrichment/home.html", context, status=refusal.status)


def _home(request: HttpRequest, form: AskForm) -> dict[str, Any]:
    return {"form": form, "recent": recent.lines(user_of(request), now=timezone.now())}


def where(request: ResearchRequest) -> str:
    """The page that a request is to be seen on: its brief where there is one."""
    name = "brief" if request.report_id else "run"
    return reverse(name, args=[request.pk])


class SuggestionsView(Page):
    """Companies that the letters typed so far may mean; a part of a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("company", "")[:LONGEST_QUERY].strip()
        found = companies.search(query, by=user_of(request), limit=SUGGESTED) if query else []
        told = summaries(found, now=timezone.now())
        return self.shown("enrichment/_suggestions.html", {"query": query, "suggestions": told})


class QuoteView(Page):
    """What the form's ask would cost; a part of a page. Buys nothing, and makes no company of a name half typed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = AskForm(request.GET)
        context: dict[str, Any] = {}
        if form.is_valid():
            context = self._quoted(request, form)
        return self.shown("enrichment/_quote.html", context)

    def _quoted(self, request: HttpRequest, form: AskForm) -> dict[str, Any]:
        ask = form.ask(user_of(request))
        if any(_is_new(name, domain, user_of(request)) for name, domain in _companies(form)):
            return {"is_new": True, "query": request.GET.urlencode()}
        with refusals(ask) as refusal:
            told = explain(ask, by=user_of(request))
            return {"prices": prices(told["quote"]), "told": told, "query": request.GET.urlencode()}
        return {"refusal": refusal}


def _companies(form: AskForm) -> list[tuple[str, str | None]]:
    given = form.cleaned_data
    names = [name for name in ("company", "vendor") if given[name]]
    return [(given[name], given[f"{name}_domain"] or None) for name in names]


def _is_new(name: str, domain: str | None, by: User) -> bool:
    return isinstance(companies.find(name, domain, by=by), companies.Unknown)
