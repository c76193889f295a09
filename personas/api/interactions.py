"""What happened with a contact, and the files that were shared with them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from personas import records
from personas.api.interaction_shapes import (
    COLUMNS,
    FileIn,
    FileOut,
    FilesOut,
    HistoryIn,
    InteractionChangeIn,
    InteractionIn,
    InteractionOut,
    InteractionsIn,
    InteractionsOut,
    LinesOut,
    file_told,
    interaction_told,
)
from personas.api.once import KEY, once
from personas.api.reaching import CHANGES, READS, SCOPE, may_edit, refusals, renamed, seen, seen_contact, wire
from personas.models import Contact, Deal, File, Interaction
from personas.records import FileGiven, InteractionGiven, Refused, Saved
from salesintel.accounts.models import User
from salesintel.problems import problems

WHICH = [
    OpenApiParameter("type", str, enum=Interaction.Type.values),
    OpenApiParameter("after", OpenApiTypes.DATETIME, description="From this moment on."),
    OpenApiParameter("before", OpenApiTypes.DATETIME, description="Before this moment."),
]


class Belongings:
    """Deals and files that what was sent refers to, by id: two queries at most for however many interactions."""

    def __init__(self, user: User, owner: int, sent: list[Mapping[str, Any]]) -> None:
        deals = Deal.objects.visible_to(user).filter(owner=owner)
        files = File.objects.visible_to(user).filter(owner=owner)
        self.held = {
            name: rows.in_bulk({pk for each in sent if (pk := each.get(name)) is not None})
            for name, rows in (("dealId", deals), ("fileId", files))
        }

    def given(self, sent: Mapping[str, Any], **more: Any) -> InteractionGiven:
        """What was sent. Raises `Refused` for a deal or file that there is not."""
        found: dict[str, Any] = renamed(sent, COLUMNS) | more
        for name, column in (("dealId", "deal"), ("fileId", "file")):
            if name in sent:
                found[column] = self.held[name].get(sent[name])
                if found[column] is None and sent[name] is not None:
                    raise Refused(column, f"There is no such {column}.")
        return InteractionGiven(**found)


class ContactInteractionsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_interactions",
        tags=["contacts"],
        parameters=[*WHICH, *PAGE],
        responses={200: InteractionsOut, **READS, **problems(400)},
    )
    def get(self, request: Request, contact_id: UUID) -> Response:
        """What happened with a contact, latest first."""
        contact, wanted = seen_contact(request, contact_id), HistoryIn.parse(filters(request)).validated_data
        columns = {"type": "type", "after": "occurred_at__gte", "before": "occurred_at__lt"}
        rows = Interaction.objects.filter(contact=contact, **renamed(wanted, columns))
        page = paged(request, rows.order_by("-occurred_at", "-pk"))
        return Response(page.told([interaction_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="add_interaction",
        tags=["contacts"],
        parameters=[KEY],
        request=InteractionIn,
        responses={200: InteractionOut, 201: InteractionOut, **CHANGES},
    )
    def post(self, request: Request, contact_id: UUID) -> Response:
        """Tell of something that happened. With an `externalId` that you have sent before it is that one (200)."""
        contact = _editable(request, contact_id)
        sent = InteractionIn.parse(request.data).validated_data

        def make() -> tuple[UUID, int]:
            given = Belongings(caller_of(request), contact.owner_id, [sent]).given(sent, contact=contact)
            saved = records.save_interaction(owner=contact.owner, given=given, may_move=_may_move(request, contact))
            return saved.row.pk, 201 if saved.is_new else 200

        with refusals(request, owner=contact.owner_id):
            made, status = once(request, make)
        headers = {"Location": f"/api/v1/interactions/{made}"} if status == 201 else {}
        return Response(interaction_told(seen(request, Interaction.objects, made)), status=status, headers=headers)


class InteractionBatchView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="add_interactions",
        tags=["contacts"],
        request=InteractionsIn,
        responses={200: LinesOut, **CHANGES},
    )
    def post(self, request: Request, contact_id: UUID) -> Response:
        """Tell of up to 1,000 things that happened. What cannot be taken is told line by line; the others are taken."""
        contact, user = _editable(request, contact_id), caller_of(request)
        sent = InteractionsIn.parse(request.data).validated_data["interactions"]
        belongings = Belongings(user, contact.owner_id, sent)
        lines: list[InteractionGiven | Refused] = []
        for each in sent:
            try:
                lines.append(belongings.given(each, contact=contact))
            except Refused as refused:
                lines.append(refused)
        taken = [each for each in lines if isinstance(each, InteractionGiven)]
        done = iter(records.save_interactions(owner=contact.owner, given=taken, may_move=_may_move(request, contact)))
        told = [_line(next(done) if isinstance(each, InteractionGiven) else each) for each in lines]
        counts = Counter(each["change"] for each in told)
        return Response(
            {"results": told, **{name: counts[name] for name in ("new", "changed", "unchanged", "refused")}}
        )


def _line(done: Saved[Interaction] | Refused) -> dict[str, Any]:
    if isinstance(done, Refused):
        return {"id": None, "change": "refused", "field": wire(done.field), "why": str(done)}
    return {"id": str(done.row.pk), "change": done.change, "field": None, "why": None}


class InteractionView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="get_interaction", tags=["contacts"], responses={200: InteractionOut, **READS})
    def get(self, request: Request, interaction_id: UUID) -> Response:
        """One interaction."""
        return Response(interaction_told(seen(request, Interaction.objects, interaction_id)))

    @extend_schema(
        operation_id="change_interaction",
        tags=["contacts"],
        request=InteractionChangeIn,
        responses={200: InteractionOut, **CHANGES},
    )
    def patch(self, request: Request, interaction_id: UUID) -> Response:
        """Change what is sent, leave the rest."""
        row = seen(request, Interaction.objects.select_related("owner"), interaction_id)
        may_edit(request, row)
        sent = InteractionChangeIn.parse(request.data).validated_data
        with refusals(request, owner=row.owner_id):
            given = Belongings(caller_of(request), row.owner_id, [sent]).given(sent)
            saved = records.change_interaction(interaction=row, given=given)
        return Response(interaction_told(saved.row))

    @extend_schema(operation_id="delete_interaction", tags=["contacts"], responses={204: None, **READS})
    def delete(self, request: Request, interaction_id: UUID) -> Response:
        """Delete it."""
        row = seen(request, Interaction.objects, interaction_id)
        may_edit(request, row)
        records.delete_interaction(interaction=row)
        return Response(status=204)


class FilesView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_files",
        tags=["contacts"],
        parameters=PAGE,
        responses={200: FilesOut, **READS, **problems(400)},
    )
    def get(self, request: Request, contact_id: UUID) -> Response:
        """The files that were shared with a contact."""
        contact = seen_contact(request, contact_id)
        page = paged(request, File.objects.filter(contact=contact).order_by("-created", "-pk"))
        return Response(page.told([file_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="add_file",
        tags=["contacts"],
        request=FileIn,
        responses={200: FileOut, 201: FileOut, **CHANGES},
    )
    def post(self, request: Request, contact_id: UUID) -> Response:
        """Tell of a file that is shared with them: its name, and what it says where that is to be known."""
        contact, sent = _editable(request, contact_id), FileIn.parse(request.data).validated_data
        columns = {"name": "name", "mediaType": "media_type", "size": "size", "text": "text",
                   "externalSource": "external_source", "externalId": "external_id"}  # fmt: skip
        with refusals(request, owner=contact.owner_id):
            given = FileGiven(**renamed(sent, columns), contact=contact)
            saved = records.save_file(owner=contact.owner, given=given, may_move=_may_move(request, contact))
        return Response(file_told(saved.row), status=201 if saved.is_new else 200)


class FileView(ScopedView):
    required_scope = SCOPE

    @extend_schema(operation_id="delete_file", tags=["contacts"], responses={204: None, **READS})
    def delete(self, request: Request, file_id: UUID) -> Response:
        """Delete it; what happened with it stays."""
        row = seen(request, File.objects, file_id)
        may_edit(request, row)
        records.delete_file(file=row)
        return Response(status=204)


def _may_move(request: Request, contact: Contact) -> bool:
    """Whether what the caller names by an id may be another contact's: only the owner sees all that has one."""
    return contact.owner_id == caller_of(request).pk


def _editable(request: Request, contact_id: UUID) -> Contact:
    contact = seen_contact(request, contact_id)
    may_edit(request, contact)
    return contact
