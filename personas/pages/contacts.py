"""Contacts, and what each is like. Others' contacts do not exist, unless they are shared."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from enrichment.door import may_an_engine_answer
from enrichment.pages.page import Page, user_of
from enrichment.pages.words import age
from personas import judging
from personas.benchmarks import benchmarks_for
from personas.exporting import HEADINGS, how, note
from personas.finding import named
from personas.generating.differing import differences
from personas.generating.making import UnderWay, Wish, Writer, make, work_of
from personas.generating.model import SECTIONS
from personas.likeness.similar import similar_to
from personas.metrics import measure
from personas.models import Contact, ContactPersona, Deal, Interaction, PersonaPolicy
from personas.pages import charts
from personas.pages.figures import grouped
from personas.pages.outlook import outlook
from personas.pages.reaching import UUID_FORM, LocalPage, editable, rights, seen
from personas.reading import history_of, terms_at
from personas.records import Gone
from personas.zones import UTC, is_zone, zone_of
from salesintel import audit
from salesintel.printing import can_print

LIST, LATEST = 50, 20  # contacts on a page; interactions and personas that a contact's page shows
MOST_DEALS = 200  # on a contact's page
TABS = ("persona", "details", "behaviour", "similar", "outlook", "history")


class ContactsPage(Page):
    """All contacts that one may see, with a search."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("q", "").strip()[:320]
        page = Paginator(_listed(request, wanted), LIST).get_page(request.GET.get("page"))
        now = timezone.now()
        lines = [(row, age(row.last, now) if row.last else "") for row in page]
        return self.shown("personas/contacts.html", {"page": page, "lines": lines, "wanted": wanted})


class ContactPage(LocalPage):
    """One contact: what they are like, how they behave, what happened."""

    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        contact = seen(request, contact_id)
        tab = request.GET.get("tab", "persona")
        tab = tab if tab in TABS else TABS[0]
        parts = {
            "persona": _persona,
            "details": _details,
            "behaviour": _behaviour,
            "similar": _similar,
            "outlook": _outlook,
            "history": _history,
        }
        context = {
            "contact": contact,
            "tab": tab,
            "tabs": [
                ("persona", _("Persona")),
                ("details", _("Details")),
                ("behaviour", _("Behavioural insights")),
                ("similar", _("Similar contacts")),
                ("outlook", _("What is likely")),
                ("history", _("History")),
            ],
            **rights(contact, user_of(request)),
        }
        return self.shown("personas/contact.html", context | parts[tab](request, contact))


class GenerateView(Page):
    """Makes a persona now."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        contact = editable(request, contact_id)
        method = request.POST.get("method", "")
        writer = Writer.ENGINE if request.POST.get("writer") == Writer.ENGINE else Writer.BUILTIN
        try:
            row = make(
                contact,
                method=method if method in ContactPersona.Method.values else ContactPersona.Method.RAG,
                wish=Wish(writer=writer, payer=user_of(request).pk),
                work=_work(request, contact),
            )
        except UnderWay as error:
            messages.info(request, str(error))
            return redirect("contact-page", contact_id=contact.pk)
        if row is None:
            return redirect("contacts")
        audit.record("generate", row)
        if row.fell_back:
            messages.info(request, _("Made from the contact’s fields alone. ") + row.fell_back)
        return redirect("contact-page", contact_id=contact.pk)


def _work(request: HttpRequest, contact: Contact) -> UUID | None:
    """What a form asks for: sent twice it is the same."""
    once = request.POST.get("once", "")
    return work_of(user_of(request), contact, once) if UUID_FORM.fullmatch(once) else None


class RateView(Page):
    """Takes stars for a persona."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, persona_id: UUID) -> HttpResponse:
        row = get_object_or_404(ContactPersona.objects.visible_to(user_of(request)), pk=persona_id)
        stars, trait = request.POST.get("stars", ""), request.POST.get("trait", "")
        if stars in {"1", "2", "3", "4", "5"}:
            try:
                judging.rate(
                    row, by=user_of(request), stars=int(stars), trait=trait, text=request.POST.get("text", "")[:1000]
                )
                messages.success(request, _("Thank you: your stars are noted."))
            except judging.NoSuchTrait as error:
                messages.error(request, str(error))
            except Gone as error:
                raise Http404 from error
        else:
            messages.error(request, _("Choose one to five stars."))
        return redirect("contact-page", contact_id=row.contact_id)


def _listed(request: HttpRequest, wanted: str) -> "QuerySet[Any]":
    rows = Contact.objects.visible_to(user_of(request)).select_related("company", "owner")
    if wanted:
        rows = named(rows, wanted)
    mine = Interaction.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    personas = ContactPersona.objects.filter(contact=OuterRef("pk")).order_by("-made").values("quality")[:1]
    found: QuerySet[Any] = rows.annotate(
        happened=Subquery(mine.annotate(n=Count("pk")).values("n")),
        last=Subquery(mine.annotate(at=Max("occurred_at")).values("at")),
        quality=Subquery(personas),
    )
    return found.order_by("name", "pk")


def _persona(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """The latest persona, or the one that is asked for, with those before it."""
    rows = list(ContactPersona.objects.filter(contact=contact).order_by("-made", "-pk")[:LATEST])
    asked = request.GET.get("persona", "")
    row = next((each for each in rows if str(each.pk) == asked), rows[0] if rows else None)
    if row is None:
        return {**_asking(), "persona": None, "happened": Interaction.objects.filter(contact=contact).count()}
    judging.looked(row, by=user_of(request))
    before = row.before()
    stars = row.feedback.filter(by=user_of(request), trait="").first()
    return {
        **_asking(),
        "persona": row,
        "how": how(row),
        "sections": _sections(row),
        "parts": [
            ("Volume", 50, "volume"),
            ("E-mail", 20, "email"),
            ("Deals", 20, "deals"),
            ("Patterns", 10, "patterns"),
        ],
        "others": rows,
        "changes": differences(before.body, row.body) if before else [],
        "headings": HEADINGS,
        "stars": stars,
        "can_print": can_print(),
        "newer": Interaction.objects.filter(contact=contact, created__gt=row.made).count(),
    }


def _asking() -> dict[str, Any]:
    """What the form that makes one needs: whether an engine may, and what keeps it from being sent twice."""
    return {"may_engines": PersonaPolicy.now().engines and may_an_engine_answer(), "once": uuid4()}


def _sections(row: ContactPersona) -> list[dict[str, Any]]:
    traits = row.body["traits"]
    found = [
        {
            "slug": name,
            "heading": HEADINGS[name],
            "traits": [{**trait, "note": note(trait)} for trait in traits if trait["section"] == name],
        }
        for name in SECTIONS
    ]
    return [section for section in found if section["traits"]]


def _details(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What reaches them, and the deals that they are on."""
    deals = Deal.objects.visible_to(user_of(request)).filter(parties__contact=contact)
    return {"deals": deals.order_by("-opened_at", "-pk")[:MOST_DEALS]}


def _behaviour(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """The figures, and the pictures of them."""
    history = history_of(contact)
    metrics = measure(history, terms_at(timezone.now()))
    usual = benchmarks_for(contact, user_of(request), history.hours)
    return {
        "metrics": metrics,
        "groups": grouped(metrics.figures, usual),
        "has_usual": bool(usual),
        "zone": history.hours.zone.key,
        "zone_of": _zone_of(contact),
        "bars": charts.bars(metrics.weeks),
        "cells": charts.cells(metrics.hours),
        "channels": charts.shares(metrics.channels),
        "weeks": metrics.weeks[-charts.MOST_WEEKS :],
    }


def _zone_of(contact: Contact) -> str:
    """Whose time zone their hours are drawn in: theirs, the owner's, or nobody's, which is UTC."""
    if is_zone(contact.time_zone):
        return "theirs"
    own = contact.owner.time_zone
    return "owners" if is_zone(own) and zone_of(own) != UTC else "nobodys"


def _similar(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Who is like them, and why."""
    return {"found": similar_to(contact, user=user_of(request))}


def _outlook(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What is likely, as far as that can be told."""
    return outlook(contact, user_of(request), timezone.now())


def _history(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What happened, the latest first, in pages; the page of the interaction that is asked for."""
    rows = Interaction.objects.filter(contact=contact).select_related("deal").order_by("-occurred_at", "-pk")
    wanted = request.GET.get("page") or _page_of(rows, request.GET.get("at", ""))
    return {"page": Paginator(rows, LATEST).get_page(wanted)}


def _page_of(rows: "QuerySet[Interaction]", pk: str) -> int:
    """The page that an interaction stands on; the first where it is none of these."""
    row = rows.filter(pk=pk).first() if UUID_FORM.fullmatch(pk) else None
    if row is None:
        return 1
    later = Q(occurred_at__gt=row.occurred_at) | Q(occurred_at=row.occurred_at, pk__gt=row.pk)
    return rows.filter(later).count() // LATEST + 1
