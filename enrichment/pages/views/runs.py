"""A request while it is being answered."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from enrichment.models import ResearchRequest
from enrichment.pages.page import Page, own_request
from enrichment.pages.progress import progress_of
from enrichment.workflow.pauses import NotNow, pause, resume
from enrichment.workflow.requests import cancel
from enrichment.workflow.retries import retry

HOUR = timedelta(hours=1)


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


class Steering(Page):
    """Does something to a run, and shows its page."""

    def done(self, request_id: UUID, action: Callable[[], None]) -> HttpResponse:
        """Do it; where it does not fit the state that the request is in by now, the page says why."""
        try:
            action()
        except NotNow as error:
            asked = own_request(self.request, request_id)
            return self.shown("enrichment/run.html", _context(asked, refusal=str(error)), status=409)
        return redirect("run", request_id=request_id)


class PauseView(Steering):
    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        asked = own_request(request, request_id)
        until = timezone.now() + HOUR if request.POST.get("minutes") == "60" else None
        return self.done(request_id, partial(pause, asked, until=until))


class ResumeView(Steering):
    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        return self.done(request_id, partial(resume, own_request(request, request_id)))


class RetryView(Steering):
    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        step = "analyse" if request.POST.get("step") == "analyse" else None
        return self.done(request_id, partial(retry, own_request(request, request_id), step=step))


def _context(asked: ResearchRequest, *, refusal: str = "") -> dict[str, Any]:
    return {"asked": asked, "progress": progress_of(asked, now=timezone.now(), refusal=refusal)}
