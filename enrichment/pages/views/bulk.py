"""Lists of companies: send one, see its quote, start it, watch it, read what became of each line."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from enrichment.automation.bulk import mending, pricing, progress, steering
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import InvalidBulk, NotNow, SameKey, UnreadableList
from enrichment.companies import AmbiguousCompany
from enrichment.models import Bulk
from enrichment.naming.domains import registrable_domain
from enrichment.pages import lists
from enrichment.pages.lists import ListForm, RetryForm
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
        name, bulk = request.POST.get("step", ""), own_bulk(request, bulk_id)
        try:
            if name == "retry":
                _retry(bulk, request.POST)
            elif (step := STEPS.get(name)) is not None:
                step(bulk)
        except (InvalidBulk, NotNow) as error:
            return refused(self, bulk_id, error)
        return redirect("bulk", bulk_id=bulk_id)


def _retry(bulk: Bulk, given: Mapping[str, str]) -> None:
    """Raises `InvalidBulk` and `NotNow`."""
    form = RetryForm(given)
    if not form.is_valid():
        raise InvalidBulk({"maxCost": [" ".join(map(str, form.errors["max_cost"]))]})
    steering.retry(bulk, max_cost=form.cleaned_data["max_cost"], partial=form.cleaned_data["partial"])


class MendLine(Page):
    def post(self, request: HttpRequest, bulk_id: UUID, number: int) -> HttpResponse:
        """Tell which company a refused line means, or leave it out."""
        rows = own_bulk(request, bulk_id).lines.select_related("bulk__vendor")
        line = get_object_or_404(rows, line=number)
        try:
            if request.POST.get("step") == "drop":
                mending.drop(line)
            else:
                mending.mend(line, **meant(request.POST.get("company", "")))
        except (InvalidBulk, NotNow) as error:
            return refused(self, bulk_id, error)
        return redirect("bulk", bulk_id=bulk_id)


def meant(text: str) -> dict[str, str]:
    """A domain, or the # and number of a candidate, in its place; anything else is a name."""
    text = text.strip()[:250]
    is_settled = text.startswith("#") or (" " not in text and registrable_domain(text) is not None)
    return {"domain": text} if is_settled else {"name": text}


def refused(page: Page, bulk_id: UUID, error: InvalidBulk | NotNow) -> HttpResponse:
    """The list's page with why not."""
    words = " ".join(word for each in error.errors.values() for word in each) if isinstance(error, InvalidBulk) else ""
    context = shown(page.request, bulk_id) | {"refusal": words or str(error)}
    return page.shown("enrichment/bulk.html", context, status=400 if words else 409)


def own_bulk(request: HttpRequest, bulk_id: UUID) -> Bulk:
    return get_object_or_404(Bulk.objects.visible_to(user_of(request)).select_related("vendor"), pk=bulk_id)


def shown(request: HttpRequest, bulk_id: UUID) -> dict[str, Any]:
    bulk = own_bulk(request, bulk_id)
    return lists.shown(bulk, progress.told(bulk))
