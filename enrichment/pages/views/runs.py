"""A request while it is being answered."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from enrichment.models import ResearchRequest
from enrichment.pages.page import Page, own_request
from enrichment.pages.progress import progress_of
from enrichment.workflow.requests import cancel


class RunPage(Page):
    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        return self.shown("enrichment/run.html", _context(own_request(request, request_id)))


class LivePart(Page):
    """The part of the page that renews itself while the run is under way."""

    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        return self.shown("enrichment/_progress.html", _context(own_request(request, request_id)))


class CancelView(Page):
    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        cancel(own_request(request, request_id))
        return redirect("run", request_id=request_id)


def _context(asked: ResearchRequest) -> dict[str, Any]:
    return {"asked": asked, "progress": progress_of(asked, now=timezone.now())}
