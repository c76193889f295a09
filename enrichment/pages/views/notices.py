"""The bell and what it rang for: one's own notices, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse

from enrichment.delivery import notices
from enrichment.models import UserNotice
from enrichment.pages.page import Page, user_of

MOST = 50  # on one page


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is listed. `link`: where more of it is, empty where nothing is."""

    pk: int
    words: str
    at: datetime
    is_new: bool
    link: str


class NoticesPage(Page):
    """All of them; those of before by `before`, the last number that was shown."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = UserNotice.objects.visible_to(user_of(request)).select_related("announcement").order_by("-pk")
        before = request.GET.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 19:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: MOST + 1])
        lines = [_line(row) for row in found[:MOST]]
        context = {"lines": lines, "any_new": any(line.is_new for line in lines), "is_more": len(found) > MOST}
        return self.shown("enrichment/notices.html", context)


class ReadView(Page):
    """Marks one as read, and goes where more of it is."""

    def post(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        rows = UserNotice.objects.visible_to(user_of(request)).select_related("announcement")
        row = get_object_or_404(rows, pk=notice_id)
        notices.read(row)
        if request.headers.get("HX-Request"):
            row.refresh_from_db(fields=["read"])
            return self.shown("enrichment/_notice.html", {"line": _line(row), "with_bell": True})
        return redirect(_line(row).link or "notices")


class ReadAllView(Page):
    def post(self, request: HttpRequest) -> HttpResponse:
        notices.read_all(user_of(request))
        return redirect("notices")


class BellPart(Page):
    """The bell alone, for a page that stays open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown("enrichment/_bell.html", {})


def _line(row: UserNotice) -> Line:
    message = row.announcement
    return Line(
        pk=row.pk,
        words=notices.words(message.type, message.data),
        at=message.at,
        is_new=row.read is None,
        link=_link(message.type, message.data),
    )


def _link(event: str, data: dict[str, Any]) -> str:
    name, key = {
        "run.completed": ("brief", "requestId"),
        "run.partial": ("brief", "requestId"),
        "run.failed": ("run", "requestId"),
        "bulk.completed": ("bulk", "bulkId"),
        "watch.changed": ("watch", "watchId"),
        "persona.generated": ("contact-page", "contactId"),
        "persona.failed": ("contact-page", "contactId"),
        "import.completed": ("import", "importId"),
        "webhook.disabled": ("webhook", "webhookId"),
    }.get(event, ("", ""))
    try:
        return reverse(name, args=[data[key]]) if name else ""
    except (NoReverseMatch, KeyError):  # a part of the product that has no pages of its own
        return ""
