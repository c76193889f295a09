"""Who may see one's contacts: a colleague is let in, to read or to change, to one contact or to all; and out again."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrichment.pages.page import Page, user_of
from personas.models import Contact, Grant
from personas.pages.contact_forms import PlainForm, line
from personas.pages.reaching import UUID_FORM, own
from personas.sharing import NoColleague, revoke, share
from salesintel.accounts.models import User


class ShareForm(PlainForm):
    """Whom to let see what; without `contact` all that one has."""

    username = line(gettext_lazy("Colleague’s user name"), 150, required=True)
    right = forms.ChoiceField(
        label=gettext_lazy("They may"),
        choices=[("read", gettext_lazy("read")), ("edit", gettext_lazy("read and change"))],
    )
    what = forms.ChoiceField(label=gettext_lazy("Which contacts"))

    def __init__(self, *args: Any, contact: Contact | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("all", _("all of yours"))
        one = [("one", _("%s alone") % contact.name)] if contact is not None else []
        self.fields["what"] = forms.ChoiceField(label=self.fields["what"].label, choices=[*one, every])


class SharingPage(Page):
    """Who may see all of one's contacts, or one of them; a form to let somebody in."""

    def get(self, request: HttpRequest, contact_id: UUID | None = None) -> HttpResponse:
        contact = own(request, contact_id) if contact_id else None
        return self._page(contact, ShareForm(contact=contact))

    def post(self, request: HttpRequest, contact_id: UUID | None = None) -> HttpResponse:
        contact = own(request, contact_id) if contact_id else None
        form = ShareForm(request.POST, contact=contact)
        if form.is_valid() and self._is_shared(contact, form):
            return _back(contact.pk if contact else None)
        return self._page(contact, form, status=400)

    def _is_shared(self, contact: Contact | None, form: ShareForm) -> bool:
        sent = form.cleaned_data
        shared = contact if sent["what"] == "one" else None
        try:
            share(
                owner=user_of(self.request),
                username=sent["username"],
                contact=shared,
                may_edit=sent["right"] == "edit",
            )
        except NoColleague as error:
            form.add_error("username", str(error))
            return False
        what = shared.name if shared else _("all of your contacts")
        words = _("%(who)s sees %(what)s from now on.") % {"who": sent["username"], "what": what}
        messages.success(self.request, words)
        return True

    def _page(self, contact: Contact | None, form: ShareForm, *, status: int = 200) -> HttpResponse:
        user = user_of(self.request)
        given = Grant.objects.filter(owner=user).select_related("grantee", "contact")
        if contact is not None:
            given = given.filter(Q(contact=contact) | Q(contact=None))
        context = {
            "contact": contact,
            "form": form,
            "given": given,
            "held": [] if contact else Grant.objects.filter(grantee=user).select_related("owner", "contact"),
        }
        return self.shown("personas/sharing.html", context, status=status)


class StopSharing(Page):
    """Takes back what was shared, or gives back what one was let see."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, grant_id: int) -> HttpResponse:
        user = user_of(request)
        grant = get_object_or_404(_of(user).select_related("grantee", "contact"), pk=grant_id)
        revoke(grant)
        messages.success(request, _("It is no longer shared."))
        return _back(_page_of(user, request.POST.get("contact", "")))


def _page_of(user: User, pk: str) -> UUID | None:
    """The contact on whose page the button stood, if it is one's own."""
    if not UUID_FORM.fullmatch(pk):
        return None
    return Contact.objects.filter(owner=user, pk=pk).values_list("pk", flat=True).first()


def _of(user: User) -> Any:
    return Grant.objects.filter(Q(owner=user) | Q(grantee=user))


def _back(contact_id: UUID | None) -> HttpResponse:
    return redirect("share-contact", contact_id=contact_id) if contact_id else redirect("sharing")
