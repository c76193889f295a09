"""What contacts may ask: what is held of them, and to be told of it; whom one may take in again."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.paging import PAGE, paged
from enrichment.api.shapes import Shape
from personas.api.contact_shapes import ContactOut, contact_told, plain
from personas.api.reaching import READS, SCOPE, own_contact
from personas.marks import Person
from personas.models import Contact
from personas.privacy.export import Held, everything_on
from personas.privacy.notices import WITHIN, mark_told, untold
from personas.privacy.suppression import lift
from salesintel.declared import Declared
from salesintel.problems import problems

MOST = 1_000


class ColumnOut(Shape):
    """What the registry of personal data says of a column."""

    column = serializers.CharField()
    purpose = serializers.CharField()
    lawfulBasis = serializers.CharField()
    kept = serializers.CharField()
    source: Declared = serializers.CharField()


class HeldTableOut(Shape):
    table = serializers.CharField()
    columns = ColumnOut(many=True, help_text="Those that are personal.")
    rows = serializers.ListField(child=serializers.DictField(), help_text="Column → value.")


class ContactExportOut(Shape):
    contact = ContactOut()
    held = HeldTableOut(many=True)
    exportedAt = serializers.DateTimeField()


class ContactNoticeOut(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    cameBy = serializers.CharField(allow_blank=True)
    heldSince = serializers.DateTimeField()
    dueAt = serializers.DateTimeField(help_text="A month later.")


class ContactNoticesOut(Shape):
    results = ContactNoticeOut(many=True, help_text="Held longest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ToldIn(Input):
    contacts = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)
    at = serializers.DateTimeField(required=False, help_text="When they were told; now, unless you say.")


class ToldOut(Shape):
    told = serializers.IntegerField(help_text="How many had not been told before.")


class LiftIn(Input):
    """By what they were known: the same marks as then."""

    name = plain(200)
    email = plain(320)
    company = plain(200)
    externalSource = plain(50)
    externalId = plain(200)


class LiftOut(Shape):
    lifted = serializers.IntegerField(help_text="Marks that are no longer kept from coming back.")


class ContactExportView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="export_contact", tags=["contacts"], responses={200: ContactExportOut, **READS})
    def get(self, request: Request, contact_id: UUID) -> Response:
        """Everything that you hold on a person, in plain text, with purpose, basis and period. Only the owner may."""
        contact = own_contact(request, contact_id)
        told = {
            "contact": contact_told(contact),
            "held": [_table(each) for each in everything_on(contact)],
            "exportedAt": timezone.now(),
        }
        headers = {"Content-Disposition": f'attachment; filename="contact-{contact.pk}.json"'}
        return Response(told, headers=headers)


class ContactNoticesView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="contacts_to_tell",
        tags=["contacts"],
        parameters=PAGE,
        responses={200: ContactNoticesOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your contacts whom nobody has told that you hold this (GDPR, article 14)."""
        page = paged(request, untold(caller_of(request)))
        return Response(page.told([_notice(row) for row in page.rows]))

    @extend_schema(
        operation_id="contacts_were_told",
        tags=["contacts"],
        request=ToldIn,
        responses={200: ToldOut, **problems(400, 401, 403, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Note that these were told. Ids that are none of your contacts' change nothing."""
        sent = ToldIn.parse(request.data).validated_data
        told = mark_told(caller_of(request), sent["contacts"], at=sent.get("at") or timezone.now())
        return Response({"told": told})


class LiftView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="take_in_again",
        tags=["contacts"],
        request=LiftIn,
        responses={200: LiftOut, **problems(400, 401, 403, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Let somebody whom you erased be taken in again, say because they asked you to."""
        sent = LiftIn.parse(request.data).validated_data
        external = (sent.get("externalSource", ""), sent["externalId"]) if sent.get("externalId") else None
        person = Person(
            name=sent.get("name", ""), email=sent.get("email", ""), company=sent.get("company", ""), external=external
        )
        return Response({"lifted": lift(caller_of(request), person)})


def _table(held: Held) -> dict[str, Any]:
    columns = [
        {
            "column": each.field,
            "purpose": each.purpose,
            "lawfulBasis": each.basis,
            "kept": each.keep,
            "source": each.source,
        }
        for each in held.columns
    ]
    return {"table": held.table, "columns": columns, "rows": list(held.rows)}


def _notice(row: Contact) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "email": row.email,
        "cameBy": row.came_by,
        "heldSince": row.created,
        "dueAt": row.created + WITHIN,
    }
