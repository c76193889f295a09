"""One's own webhooks: made, changed, tested while one looks on, and every delivery with its attempts."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrichment.announcing import CATALOGUE
from enrichment.delivery import endpoints
from enrichment.egress.posting import LONGEST_URL
from enrichment.models import WebhookDelivery, WebhookEndpoint
from enrichment.pages.page import Page, user_of

MOST = 25  # deliveries on one page
STATES = WebhookDelivery.State


class WebhookForm(forms.Form):
    """Where to, and what it is told."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://crm.example.com/hooks/sales", "autocomplete": "off"}),
    )
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=120, required=False)
    types = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told"),
        choices=[(name, name) for name in endpoints.WANTED],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def own_webhook(request: HttpRequest, webhook_id: UUID) -> WebhookEndpoint:
    """The caller's own. Raises `Http404` for an unknown one and for somebody else's alike."""
    rows = WebhookEndpoint.objects.visible_to(user_of(request)).select_related("user")
    return get_object_or_404(rows, pk=webhook_id)


def own_delivery(request: HttpRequest, delivery_id: UUID) -> WebhookDelivery:
    """The caller's own, as above."""
    rows = WebhookDelivery.objects.visible_to(user_of(request)).select_related("endpoint", "message")
    return get_object_or_404(rows.prefetch_related("attempts"), pk=delivery_id)


class WebhooksPage(Page):
    """All of one's webhooks, and the form for a further one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, WebhookForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make one. Its secret is on the page that follows, and nowhere else again."""
        form = WebhookForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=400)
        try:
            row, secret = endpoints.make(user_of(request), **form.cleaned_data)
        except endpoints.BadField as error:
            form.add_error(error.field, str(error))
            return self._page(request, form, status=400)
        except endpoints.Refused as error:
            form.add_error(None, str(error))
            return self._page(request, form, status=409)
        return WebhookPage.page_of(self, row, secret=secret)

    def _page(self, request: HttpRequest, form: WebhookForm, *, status: int = 200) -> HttpResponse:
        rows = list(WebhookEndpoint.objects.visible_to(user_of(request)).defer("secrets"))
        context = {"webhooks": rows, "form": form, "events": _events(form), "most": settings.WEBHOOKS_PER_USER}
        return self.shown("enrichment/webhooks.html", context, status=status)


class WebhookPage(Page):
    """One webhook with its deliveries, newest first; those of one state by `state`, older ones by `before`."""

    def get(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        return self.page_of(self, own_webhook(request, webhook_id))

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        """Change it."""
        row, form = own_webhook(request, webhook_id), WebhookForm(request.POST)
        if not form.is_valid():
            return self.page_of(self, row, form=form, status=400)
        try:
            endpoints.change(row, **form.cleaned_data)
        except endpoints.BadField as error:
            form.add_error(error.field, str(error))
            return self.page_of(self, row, form=form, status=400)
        messages.success(request, _("Saved."))
        return redirect("webhook", webhook_id)

    @staticmethod
    def page_of(
        page: Page, row: WebhookEndpoint, *, form: WebhookForm | None = None, secret: str = "", status: int = 200
    ) -> HttpResponse:
        """The page; `secret` is shown this once."""
        given = {"url": row.url, "description": row.description, "types": row.types}
        form = form or WebhookForm(given)
        state = page.request.GET.get("state", "")
        rows = row.deliveries.select_related("message").prefetch_related("attempts").order_by("-created", "-pk")
        rows = rows.filter(state=state) if state in STATES.values else rows
        before = _uuid(page.request.GET.get("before", ""))
        last = row.deliveries.filter(pk=before).first() if before else None
        rows = rows.older_than(last) if last else rows
        found = list(rows[: MOST + 1])
        context = {
            "webhook": row,
            "form": form,
            "events": _events(form),
            "secret": secret,
            "state": state if state in STATES.values else "",
            "states": STATES.choices,
            "deliveries": found[:MOST],
            "is_more": len(found) > MOST,
        }
        return page.shown("enrichment/webhook.html", context, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _events(form: WebhookForm) -> list[dict[str, Any]]:
    """Every type that may be chosen, with its words and whether it is."""
    chosen = form["types"].value() or ()
    return [{"name": name, "summary": CATALOGUE[name].summary, "chosen": name in chosen} for name in endpoints.WANTED]


class SwitchView(Page):
    """Switches it off, or on again."""

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        endpoints.change(own_webhook(request, webhook_id), enabled=request.POST.get("on") == "1")
        return redirect("webhook", webhook_id)


class RotateView(Page):
    """A new secret, on the page that follows and nowhere else again."""

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        row = own_webhook(request, webhook_id)
        secret = endpoints.rotate(row)
        return WebhookPage.page_of(self, own_webhook(request, webhook_id), secret=secret)


class DeleteView(Page):
    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        own_webhook(request, webhook_id).delete()
        messages.success(request, _("The webhook is deleted."))
        return redirect("webhooks")


class TestView(Page):
    """Sends a test; the part that follows asks again until the answer is there."""

    def post(self, request: HttpRequest, webhook_id: UUID) -> HttpResponse:
        try:
            sent = endpoints.test(own_webhook(request, webhook_id))
        except endpoints.Refused as error:
            messages.error(request, str(error))
            return _there(request, webhook_id)
        return _shown(self, request, sent)


class DeliveryPart(Page):
    """One delivery, for a page that watches it."""

    def get(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        row = own_delivery(request, delivery_id)
        if not request.headers.get("HX-Request"):
            return redirect(f"{reverse('webhook', args=[row.endpoint_id])}#d-{row.pk}")
        return self.shown("enrichment/_delivery.html", {"row": row, "watched": True})


class ReplayView(Page):
    """Sends a delivery again."""

    def post(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        row = own_delivery(request, delivery_id)
        try:
            endpoints.replay(row)
        except endpoints.Refused as error:
            messages.error(request, str(error))
            return _there(request, row.endpoint_id)
        return _shown(self, request, row)


def _shown(page: Page, request: HttpRequest, row: WebhookDelivery) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("webhook", row.endpoint_id)
    return page.shown("enrichment/_delivery.html", {"row": own_delivery(request, row.pk), "watched": True})


def _there(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Back to the webhook, where the message is shown; as a whole page for htmx, too."""
    if not request.headers.get("HX-Request"):
        return redirect("webhook", webhook_id)
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("webhook", args=[webhook_id])})
