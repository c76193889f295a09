"""Lists of companies: send one, see its quote, start it, watch it, read what became of each line."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from enrichment.automation.bulk import pricing, progress, steering
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import InvalidBulk, NotNow, SameKey, UnreadableList
from enrichment.companies import AmbiguousCompany
from enrichment.models import Bulk
from enrichment.pages import lists
from enrichment.pages.lists import ListForm
from enrichment.pages.page import Page, user_of
from enrichment.pages.words import usd

PRICED_FOR = 4.0  # seconds that a form prices; the watchdog goes on with the rest
LISTED = 30
FIELDS = {"maxCost": "max_cost"}
STEPS: dict[str, Callable[[Bulk], Any]] = {
    "start": steering.start,
    "pause": steering.pause,
    "resume": steering.resume,
    "cancel": steering.cancel,
    "retry": steering.retry,
}


class BulksPage(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ListForm.for_user(user_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ListForm(request.POST, request.FILES)
        if form.is_valid() and (bulk := self._taken_in(form)) is not None:
            return redirect("bulk", bulk_id=bulk.pk)
        return self._page(form, status=400)

    def _taken_in(self, form: ListForm) -> Bulk | None:
        """The bulk of a checked form; None with words in the form where it is refused."""
        user, nonce = user_of(self.request), form.cleaned_data["nonce"]
        try:
            ask = form.ask(user)
            key = f"page-{nonce}-{ask.body_hash[:16]}" if nonce else None
            bulk = take_in(ask, user=user, idempotency_key=key)
        except UnreadableList as error:
            form.add_error("file", str(error))
        except InvalidBulk as error:
            for name, words in error.errors.items():
                known = FIELDS.get(name, name)
                form.add_error(known if known in form.fields else None, words)
        except AmbiguousCompany as error:
            named = ", ".join(each.company.reference for each in error.candidates[:5])
            form.add_error("vendor", _("Several companies go by that name; give a domain: %s.") % named)
        except SameKey:
            form.add_error(None, _("This form was sent before with other entries; load the page anew."))
        else:
            pricing.price(bulk, seconds=PRICED_FOR)
            return bulk
        return None

    def _page(self, form: ListForm, *, status: int = 200) -> HttpResponse:
        bulks = progress.with_lines(Bulk.objects.visible_to(user_of(self.request))[:LISTED])
        told = [(bulk, lists.state(bulk.status, bulk.get_status_display()), usd(bulk.spent)) for bulk in bulks]
        return self.shown("enrichment/bulks.html", {"form": form, "bulks": told}, status=status)


class BulkPage(Page):
    template = "enrichment/bulk.html"

    def get(self, request: HttpRequest, bulk_id: UUID) -> HttpResponse:
        return self.shown(self.template, shown(request, bulk_id))


class BulkPart(BulkPage):
    """The part of the page that renews itself while the list is worked off."""

    template = "enrichment/_bulk.html"


class SteerBulk(Page):
    def post(self, request: HttpRequest, bulk_id: UUID) -> HttpResponse:
        """Do the step that the pressed button names; where it does not fit any more, the page says why."""
        step = STEPS.get(request.POST.get("step", ""))
        bulk = own_bulk(request, bulk_id)
        try:
            if step is not None:
                step(bulk)
        except NotNow as error:
            return self.shown("enrichment/bulk.html", shown(request, bulk_id) | {"refusal": str(error)}, status=409)
        return redirect("bulk", bulk_id=bulk_id)


def own_bulk(request: HttpRequest, bulk_id: UUID) -> Bulk:
    return get_object_or_404(Bulk.objects.visible_to(user_of(request)).select_related("vendor"), pk=bulk_id)


def shown(request: HttpRequest, bulk_id: UUID) -> dict[str, Any]:
    bulk = own_bulk(request, bulk_id)
    return lists.shown(bulk, progress.told(bulk))
