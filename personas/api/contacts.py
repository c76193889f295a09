"""Contacts: found, made, changed, and erased with all that is held of them."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from personas import records
from personas.api.contact_shapes import (
    COLUMNS,
    ContactChangeIn,
    ContactIn,
    ContactOut,
    ContactsIn,
    ContactsOut,
    contact_told,
)
from personas.api.once import KEY, once
from personas.api.reaching import CHANGES, READS, SCOPE, may_edit, own_contact, refusals, renamed, seen_contact
from personas.finding import named
from personas.marks import address_digest
from personas.models import Contact
from personas.privacy.erasing import erase
from personas.records import ContactGiven
from salesintel.problems import problems

WHICH = [
    OpenApiParameter("q", str, description="A part of the name or of the company's, or the whole e-mail address."),
    OpenApiParameter("email", str, description="The whole address."),
    OpenApiParameter("companyId", int),
    OpenApiParameter("externalSource", str),
    OpenApiParameter("externalId", str),
    OpenApiParameter("whose", str, enum=["all", "mine", "shared"], description="Your own, or others' shared with you."),
]


class ContactsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_contacts",
        tags=["contacts"],
        parameters=[*WHICH, *PAGE],
        responses={200: ContactsOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your contacts, and those that others share with you."""
        wanted = ContactsIn.parse(filters(request)).validated_data
        rows = found(request, wanted).select_related("owner", "company")
        page = paged(request, rows.order_by("name", "pk"))
        return Response(page.told([contact_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="make_contact",
        tags=["contacts"],
        parameters=[KEY],
        request=ContactIn,
        responses={200: ContactOut, 201: ContactOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Make a contact. With an `externalId` that you have sent before it is that one, with what has changed (200).

        409 where another contact of yours has the address, or you had this person erased.
        """
        sent, user = ContactIn.parse(request.data).validated_data, caller_of(request)
        given = ContactGiven(**renamed(sent, COLUMNS), came_by="api")

        def make() -> tuple[UUID, int]:
            saved = records.save_contact(owner=user, given=given)
            return saved.row.pk, 201 if saved.is_new else 200

        with refusals(request, owner=user.pk):
            made, status = once(request, make)
        headers = {"Location": f"/api/v1/contacts/{made}"} if status == 201 else {}
        return Response(contact_told(seen_contact(request, made)), status=status, headers=headers)


class ContactView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="get_contact", tags=["contacts"], responses={200: ContactOut, **READS})
    def get(self, request: Request, contact_id: UUID) -> Response:
        """One contact."""
        return Response(contact_told(seen_contact(request, contact_id)))

    @extend_schema(
        operation_id="change_contact",
        tags=["contacts"],
        request=ContactChangeIn,
        responses={200: ContactOut, **CHANGES},
    )
    def patch(self, request: Request, contact_id: UUID) -> Response:
        """Change what is sent, leave the rest."""
        contact = seen_contact(request, contact_id)
        may_edit(request, contact)
        sent = ContactChangeIn.parse(request.data).validated_data
        with refusals(request, owner=contact.owner_id):
            records.change_contact(contact=contact, given=ContactGiven(**renamed(sent, COLUMNS)))
        return Response(contact_told(seen_contact(request, contact_id)))

    @extend_schema(operation_id="erase_contact", tags=["contacts"], responses={204: None, **READS})
    def delete(self, request: Request, contact_id: UUID) -> Response:
        """Erase the person from your records, with all that is held of them, and never take them in again.

        What is left is a line of the audit log without anything of theirs. Only the owner may.
        """
        erase(own_contact(request, contact_id), by=caller_of(request))
        return Response(status=204)


def found(request: Request, wanted: dict[str, Any]) -> QuerySet[Contact]:
    """The contacts that the caller may see, of those that are wanted."""
    user = caller_of(request)
    rows: QuerySet[Contact] = Contact.objects.visible_to(user)
    if text := wanted.get("q"):
        rows = named(rows, text)
    if "email" in wanted:
        digest = address_digest(wanted["email"])
        rows = rows.filter(email_digest=digest) if digest else rows.none()
    if wanted["whose"] != "all":
        mine = Q(owner=user)
        rows = rows.filter(mine if wanted["whose"] == "mine" else ~mine)
    same = {"companyId": "company_id", "externalSource": "external_source", "externalId": "external_id"}
    return rows.filter(**{column: wanted[name] for name, column in same.items() if name in wanted})
