"""Personas: made, read, compared, rated, taken away."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, paged
from enrichment.api.prefer import idempotency_key
from enrichment.api.tables import CsvRenderer
from personas import exporting, judging
from personas.api.once import KEY, MISMATCH
from personas.api.persona_shapes import (
    ChangesOut,
    PersonaFeedbackIn,
    PersonaFeedbackOut,
    PersonaIn,
    PersonaOut,
    PersonasOut,
    persona_told,
)
from personas.api.reaching import CHANGES, READS, SCOPE, may_edit, seen_contact
from personas.generating.differing import differences
from personas.generating.making import UnderWay, Wish, make, work_of
from personas.models import ContactPersona, PersonaUse
from personas.records import Gone
from salesintel import audit
from salesintel.printing import CannotPrint
from salesintel.printing.rendering import PdfRenderer
from salesintel.problems import Problem, invalid, problems


class PersonasView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_personas",
        tags=["contacts"],
        parameters=PAGE,
        responses={200: PersonasOut, **READS, **problems(400)},
    )
    def get(self, request: Request, contact_id: UUID) -> Response:
        """The contact's personas, the latest first: what they were said to be like, and when."""
        contact = seen_contact(request, contact_id)
        rows = ContactPersona.objects.filter(contact=contact).order_by("-made", "-pk")
        page = paged(request, rows)
        return Response(page.told([persona_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="make_persona",
        tags=["contacts"],
        parameters=[KEY],
        request=PersonaIn,
        responses={201: PersonaOut, **CHANGES, **problems(409)},
    )
    def post(self, request: Request, contact_id: UUID) -> Response:
        """Make a persona now; by an engine that takes up to a minute. Those before stay.

        The same `Idempotency-Key` gives the same persona, which is paid once.
        """
        contact = seen_contact(request, contact_id)
        may_edit(request, contact)
        given, key = PersonaIn.parse(request.data).validated_data, idempotency_key(request)
        work = work_of(caller_of(request), contact, key) if key else None
        if work and ContactPersona.objects.filter(pk=work).exclude(asked=given["method"]).exists():
            raise Problem(409, "Use a new key for a new request.", kind=MISMATCH)
        wish = Wish(writer=given["writer"], payer=caller_of(request).pk)
        try:
            row = make(contact, method=given["method"], wish=wish, work=work)
        except UnderWay as error:
            raise Problem(409, str(error)) from error
        if row is None:
            raise Problem(404, "This contact has just been erased.")
        audit.record("generate", row)
        return Response(persona_told(row), status=201, headers={"Location": f"/api/v1/personas/{row.pk}"})


class PersonaView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="get_persona", tags=["contacts"], responses={200: PersonaOut, **READS})
    def get(self, request: Request, persona_id: UUID) -> Response:
        """One persona."""
        row = seen_persona(request, persona_id)
        judging.looked(row, by=caller_of(request))
        return Response(persona_told(row))


class ChangesView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="get_persona_changes", tags=["contacts"], responses={200: ChangesOut, **READS})
    def get(self, request: Request, persona_id: UUID) -> Response:
        """What it says that the one before it did not, and the other way round."""
        row = seen_persona(request, persona_id)
        before = row.before()
        found = differences(before.body, row.body) if before else []
        told = {"personaId": str(row.pk), "comparedWith": str(before.pk) if before else None}
        return Response({**told, "changes": [asdict(each) for each in found]})


class PersonaFeedbackView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="rate_persona",
        tags=["contacts"],
        request=PersonaFeedbackIn,
        responses={200: PersonaFeedbackOut, **CHANGES},
    )
    def put(self, request: Request, persona_id: UUID) -> Response:
        """Your stars for a persona or one of its traits, in place of yours of before."""
        row, given = seen_persona(request, persona_id), PersonaFeedbackIn.parse(request.data).validated_data
        try:
            said = judging.rate(row, by=caller_of(request), **given)
        except judging.NoSuchTrait as error:
            raise invalid({"trait": [str(error)]}) from error
        except Gone as error:
            raise Problem(404, "This contact has just been erased.") from error
        told = {"personaId": str(row.pk), "stars": said.stars, "trait": said.trait, "text": said.text}
        return Response({**told, "ratedAt": said.at})


class PersonaExportView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"
    renderer_classes = (JSONRenderer, CsvRenderer, PdfRenderer)

    @extend_schema(
        operation_id="export_persona",
        tags=["contacts"],
        parameters=[OpenApiParameter("format", str, enum=["json", "csv", "pdf"], description="Also by `Accept`.")],
        responses={
            (200, "application/json"): PersonaOut,
            (200, "text/csv"): str,
            (200, "application/pdf"): bytes,
            **problems(401, 403, 404, 406, 503),
        },
    )
    def get(self, request: Request, persona_id: UUID) -> Response:
        """The persona to take away. PDF is there where the installation has the extra `pdf`, else 406."""
        row = seen_persona(request, persona_id)
        form = str(request.accepted_renderer.format)
        told = _exported(row, form)
        judging.looked(row, by=caller_of(request), what=PersonaUse.What.EXPORTED)
        audit.record("export", row)
        name = f"persona-{str(row.pk)[:8]}.{form}"
        return Response(told, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def seen_persona(request: Request, persona_id: UUID) -> ContactPersona:
    """A persona of a contact that the caller may see. Raises `Http404`."""
    rows = ContactPersona.objects.visible_to(caller_of(request)).select_related("contact")
    found: ContactPersona = get_object_or_404(rows, pk=persona_id)
    return found


def _exported(row: ContactPersona, form: str) -> Any:
    if form == CsvRenderer.format:
        return {"results": exporting.rows(row), "columns": exporting.COLUMNS}
    if form == JSONRenderer.format:
        return persona_told(row)
    try:
        return exporting.as_pdf(row)
    except CannotPrint as error:
        raise Problem(406, str(error)) from error
