"""Pages that write of a contact: who they are, what happened with them, their deals. By the API's own writers."""

from abc import ABC, abstractmethod
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrichment.pages.page import Page, user_of
from personas import records
from personas.models import Contact, Deal
from personas.pages.contact_forms import ContactForm, DealForm, InteractionForm
from personas.pages.reaching import LocalPage, editable, tell_refusal
from personas.records import Refused


class NewContact(Page):
    """A contact entered by hand."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ContactForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form, user = ContactForm(request.POST), user_of(request)
        if form.is_valid():
            try:
                saved = records.save_contact(owner=user, given=form.given(came_by="entered"))
                return redirect("contact-page", contact_id=saved.row.pk)
            except Refused as error:
                tell_refusal(form, error, owner=user, user=user)
        return self._page(form, status=400)

    def _page(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": _("Add a contact"), "button": _("Add"), "back": reverse("contacts")}
        return self.shown("personas/form.html", context, status=status)


class ContactsForm(LocalPage, ABC):
    """A form about a contact that the person may change; back to `tab` when it is done."""

    heading: Any
    button: Any
    tab = "details"

    @abstractmethod
    def form(self, contact: Contact, data: Any = None) -> forms.Form:
        """The form, empty or with what was sent."""

    @abstractmethod
    def write(self, contact: Contact, form: Any) -> str:
        """Write what was sent; what the page says of it. Raises `Refused`."""

    def get(self, request: HttpRequest, contact_id: UUID, **ids: UUID) -> HttpResponse:
        contact = editable(request, contact_id)
        return self._page(contact, self.form(contact))

    def post(self, request: HttpRequest, contact_id: UUID, **ids: UUID) -> HttpResponse:
        contact = editable(request, contact_id)
        form = self.form(contact, request.POST)
        if form.is_valid():
            try:
                messages.success(request, self.write(contact, form))
                return redirect(self._back(contact))
            except Refused as error:
                tell_refusal(form, error, owner=contact.owner, user=user_of(request))
        return self._page(contact, form, status=400)

    def _back(self, contact: Contact) -> str:
        return f"{reverse('contact-page', args=[contact.pk])}?tab={self.tab}"

    def _page(self, contact: Contact, form: forms.Form, *, status: int = 200) -> HttpResponse:
        words = {"heading": self.heading, "button": self.button, "back": self._back(contact)}
        return self.shown("personas/form.html", {"form": form, "contact": contact, **words}, status=status)


class EditContact(ContactsForm):
    heading, button = gettext_lazy("Edit the contact"), gettext_lazy("Save")

    def form(self, contact: Contact, data: Any = None) -> forms.Form:
        return ContactForm.of(contact, data)

    def write(self, contact: Contact, form: ContactForm) -> str:
        records.change_contact(contact=contact, given=form.given())
        return _("Saved.")


class AddInteraction(ContactsForm):
    heading, button, tab = gettext_lazy("Add what happened"), gettext_lazy("Add it"), "history"

    def form(self, contact: Contact, data: Any = None) -> forms.Form:
        return InteractionForm(data, contact=contact, deals=self._deals(contact))

    def write(self, contact: Contact, form: InteractionForm) -> str:
        records.save_interaction(owner=contact.owner, given=form.given())
        return _("It stands in the history.")

    def _deals(self, contact: Contact) -> Any:
        rows = Deal.objects.visible_to(user_of(self.request)).filter(owner=contact.owner, parties__contact=contact)
        return rows.order_by("-opened_at", "-pk")[:200]


class AddDeal(ContactsForm):
    heading, button = gettext_lazy("Add a deal"), gettext_lazy("Add it")

    def form(self, contact: Contact, data: Any = None) -> forms.Form:
        return DealForm(data)

    def write(self, contact: Contact, form: DealForm) -> str:
        records.save_deal(owner=contact.owner, given=form.given(contact=contact))
        return _("The deal stands with the contact.")


class EditDeal(ContactsForm):
    heading, button = gettext_lazy("Change the deal"), gettext_lazy("Save")

    def form(self, contact: Contact, data: Any = None) -> forms.Form:
        return DealForm.of(self._deal(contact), data)

    def write(self, contact: Contact, form: DealForm) -> str:
        deal = self._deal(contact)
        records.change_deal(deal=deal, given=form.given(opened_at=deal.opened_at), by=user_of(self.request))
        return _("Saved.")

    def _deal(self, contact: Contact) -> Deal:
        rows = Deal.objects.editable_by(user_of(self.request)).filter(parties__contact=contact).select_related("owner")
        found: Deal = get_object_or_404(rows, pk=self.kwargs["deal_id"])
        return found
