"""How a page reaches a contact, whose clock it goes by, and how a form tells what the writers refuse."""

import re
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from enrichment.pages.page import Page, user_of
from personas.models import Contact
from personas.records import AddressTaken, Gone, Refused
from personas.zones import zone_of
from salesintel.accounts.models import User

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class LocalPage(Page):
    """A page that shows and takes times by the person's own clock."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(zone_of(getattr(request.user, "time_zone", ""))):
            return super().dispatch(request, *args, **kwargs)


def seen(request: HttpRequest, contact_id: UUID) -> Contact:
    """A contact that the person may see. Raises `Http404`."""
    return _reached(Contact.objects.visible_to(user_of(request)), contact_id)


def editable(request: HttpRequest, contact_id: UUID) -> Contact:
    """A contact that the person may change. Raises `Http404`, also for one that is shared for reading."""
    return _reached(Contact.objects.editable_by(user_of(request)), contact_id)


def own(request: HttpRequest, contact_id: UUID) -> Contact:
    """A contact of the person's own. Raises `Http404`, and `PermissionDenied` for one that is shared with them."""
    contact = seen(request, contact_id)
    if contact.owner_id != user_of(request).pk:
        raise PermissionDenied
    return contact


def _reached(rows: Any, contact_id: UUID) -> Contact:
    found: Contact = get_object_or_404(rows.select_related("owner", "company"), pk=contact_id)
    return found


def rights(contact: Contact, user: User) -> dict[str, bool]:
    """What the person may do with it, as templates ask for it."""
    is_own = contact.owner_id == user.pk
    may_edit = is_own or Contact.objects.editable_by(user).filter(pk=contact.pk).exists()
    return {"is_own": is_own, "may_edit": may_edit}


def tell_refusal(form: forms.Form, error: Refused, *, owner: User, user: User) -> None:
    """Put what the writers refuse beside its field; a contact that has the address is named to its owner alone.

    Raises `Http404` where what was to be changed went meanwhile.
    """
    if isinstance(error, Gone):
        raise Http404 from error
    words: Any = str(error)
    if isinstance(error, AddressTaken):
        words = _other(error.contact) if owner == user else _("Another contact of theirs has this address.")
    form.add_error(error.field if error.field in form.fields else None, words)


def _other(contact: UUID) -> Any:
    name = Contact.objects.values_list("name", flat=True).get(pk=contact)
    link = format_html('<a href="{}">{}</a>', reverse("contact-page", args=[contact]), name)
    return format_html(_("Your contact {} has this address; change that one, or give another."), link)


def at_noon(day: date, now: datetime) -> datetime:
    """A day as a moment by the clock in force: noon, and of today not later than now."""
    noon = datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())
    return min(noon, now) if day == timezone.localdate(now) else noon
