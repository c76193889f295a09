"""A brief, its file, and the same ask for another role or with fresh data."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify

from enrichment import rules
from enrichment.models import ResearchRequest, RulesVersion
from enrichment.pages.asking import AgainForm, ask_again, idempotency_key, new_nonce, query_of, refusals
from enrichment.pages.contents import of_brief
from enrichment.pages.page import Page, own_request, user_of
from enrichment.pages.planned import prices
from enrichment.pages.sheet import sheet
from enrichment.pages.views.home import where
from enrichment.pages.views.judging import may_count, rating_context
from enrichment.rules import live
from enrichment.workflow import answers
from enrichment.workflow.explaining import explain
from enrichment.workflow.rating import BRIEF, Action, count_use
from enrichment.workflow.requests import request_research


class BriefPage(Page):
    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked = own_request(request, request_id)
        if asked.report is None:
            return redirect("run", request_id=request_id)
        _count(request, asked, Action.SHOWN)
        context = _context(asked) | rating_context(asked, user_of(request))
        return self.shown("enrichment/brief.html", context)


def _count(request: HttpRequest, asked: ResearchRequest, action: str) -> None:
    """Count that a brief was read or downloaded, unless whoever did asked not to be tracked."""
    if asked.report is not None and may_count(request):
        count_use(asked.report, BRIEF, action, at=timezone.now())


def _context(asked: ResearchRequest) -> dict[str, Any]:
    version = RulesVersion.now()
    known, orders = rules.current(version).rules, live.sections(version)
    found = sheet(answers.envelope(asked), rules=known, now=timezone.now(), orders=orders)
    fresh = query_of(ask_again(asked, refresh=True))
    return {
        "asked": asked,
        "sheet": found,
        "contents": of_brief(found.body),
        "nonce": new_nonce(),
        "fresh_query": fresh,
        "sandbox": found.sandbox,
        "renewal": _renewal(asked) if answers.is_being_renewed(asked) else "",
    }


class RenewalPart(Page):
    """What becomes of a brief that is shown while it is renewed; asks again until that has ended."""

    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked = own_request(request, request_id)
        is_new = str(asked.report_id) != request.GET.get("shown")
        return self.shown("enrichment/_renewal.html", {"asked": asked, "renewal": _renewal(asked), "is_new": is_new})


def _renewal(asked: ResearchRequest) -> str:
    """Busy while it is renewed, done after it."""
    return "busy" if answers.is_being_renewed(asked) else "done"


class BriefFile(Page):
    """The answer as the API gives it, to be kept."""

    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked = own_request(request, request_id)
        if asked.report is None:
            return redirect("run", request_id=request_id)
        _count(request, asked, Action.EXPORTED)
        response = JsonResponse(answers.envelope(asked), json_dumps_params={"indent": 2, "ensure_ascii": False})
        name = slugify(asked.company.name) or "company"
        response["Content-Disposition"] = f'attachment; filename="brief-{name}.json"'
        return response


class AgainView(Page):
    """Starts the same ask for another role, or with fresh data."""

    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked, form = own_request(request, request_id), AgainForm(request.POST)
        if not form.is_valid():
            return redirect("brief", request_id=request_id)
        ask = form.ask(asked)
        key = idempotency_key(ask, form.cleaned_data["nonce"])
        with refusals(ask) as refusal:
            return redirect(where(request_research(ask, user=user_of(request), idempotency_key=key)))
        return self.shown("enrichment/refused.html", {"asked": asked, "refusal": refusal}, status=400)


class RefreshQuote(Page):
    """What fresh data would cost; a part of a page. Buys nothing."""

    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        ask = ask_again(own_request(request, request_id), refresh=True)
        with refusals(ask) as refusal:
            told = explain(ask, by=user_of(request))
            return self.shown("enrichment/_quote.html", {"prices": prices(told["quote"]), "told": told})
        return self.shown("enrichment/_quote.html", {"refusal": refusal})
