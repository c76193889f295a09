"""Erases a contact, after it was said what goes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from enrichment.pages.page import Page, user_of
from personas.models import Contact
from personas.pages.reaching import own
from personas.privacy.erasing import erase, would_erase


class EraseContact(Page):
    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        return self._page(own(request, contact_id))

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        contact = own(request, contact_id)
        if not request.POST.get("sure"):
            words = _("Tick the box to say that you want this: nothing was erased so far.")
            return self._page(contact, refusal=words, status=400)
        erase(contact, by=user_of(request))
        messages.success(request, _("The contact is erased, and is not taken in again."))
        return redirect("contacts")

    def _page(self, contact: Contact, *, refusal: str = "", status: int = 200) -> HttpResponse:
        context = {"contact": contact, "goes": would_erase(contact), "refusal": refusal}
        return self.shown("personas/erase.html", context, status=status)
