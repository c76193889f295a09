"""What every page of the engine has in common."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from enrichment.delivery import notices
from enrichment.models import Origin, ResearchRequest
from enrichment.rules import live
from salesintel.accounts.models import User
from salesintel.narrowed import certain


class Page(LoginRequiredMixin, View):
    """A view for people who are logged in."""

    def shown(self, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
        """The page, with a banner while the system runs on the sandbox, and a bell."""
        bell = cache(partial(notices.unread, user_of(self.request)))  # counted where it is shown, and once
        told = {"runs_on_sandbox": live.origin() == Origin.SANDBOX, "unread_notices": bell, **context}
        response = render(self.request, template, told, status=status)
        response["Cache-Control"] = "private, no-store"  # a brief is somebody's own
        return response


def user_of(request: HttpRequest) -> User:
    """Who is logged in."""
    return certain(request.user, User)


def own_request(request: HttpRequest, request_id: object) -> ResearchRequest:
    """The caller's request of that id. Raises `Http404` for an unknown one and for somebody else's alike."""
    rows = ResearchRequest.objects.visible_to(user_of(request))
    rows = rows.select_related(
        "company", "vendor", "run__company", "report__company", "report__vendor", "report__entry"
    )
    return get_object_or_404(rows, pk=request_id)
