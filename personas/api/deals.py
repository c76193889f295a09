"""Deals: found, made, changed with their stages, deleted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, filters, paged
from personas import records
from personas.api.deal_shapes import COLUMNS, DealChangeIn, DealIn, DealOut, DealsIn, DealsOut, deal_told
from personas.api.once import KEY, once
from personas.api.reaching import CHANGES, READS, SCOPE, may_edit, refusals, renamed, seen
from personas.models import Contact, Deal, DealContact
from personas.records import DealGiven, Party, Refused
from salesintel.accounts.models import User
from salesintel.problems import problems
from salesintel.walls import owner_scope

WHICH = [
    OpenApiParameter("status", str, enum=Deal.Status.values),
    OpenApiParameter("contactId", OpenApiTypes.UUID, description="With this contact on it."),
    OpenApiParameter("q", str, description="A part of its name."),
]


class DealsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_deals",
        tags=["deals"],
        parameters=[*WHICH, *PAGE],
        responses={200: DealsOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your deals, and those of contacts that others share with you."""
        wanted, user = DealsIn.parse(filters(request)).validated_data, caller_of(request)
        rows = _whole(Deal.objects.visible_to(user))
        if "status" in wanted:
            rows = rows.filter(status=wanted["status"])
        if "q" in wanted:
            rows = rows.filter(name__icontains=wanted["q"])
        if "contactId" in wanted:
            contact = Contact.objects.visible_to(user).filter(pk=wanted["contactId"])
            rows = rows.filter(Exists(DealContact.objects.filter(deal=OuterRef("pk"), contact__in=contact)))
        page = paged(request, rows.order_by("-opened_at", "-pk"))
        return Response(page.told(_told(page.rows, user)))

    @extend_schema(
        operation_id="make_deal",
        tags=["deals"],
        parameters=[KEY],
        request=DealIn,
        responses={200: DealOut, 201: DealOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Make a deal. With an `externalId` that you have sent before it is that one, with what has changed (200)."""
        sent, user = DealIn.parse(request.data).validated_data, caller_of(request)

        def make() -> tuple[UUID, int]:
            saved = records.save_deal(owner=user, given=_given(sent, user, user.pk))
            return saved.row.pk, 201 if saved.is_new else 200

        with refusals(request, owner=user.pk):
            made, status = once(request, make)
        headers = {"Location": f"/api/v1/deals/{made}"} if status == 201 else {}
        return Response(_one(request, made), status=status, headers=headers)


class DealView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="get_deal", tags=["deals"], responses={200: DealOut, **READS})
    def get(self, request: Request, deal_id: UUID) -> Response:
        """One deal with its stages."""
        return Response(_one(request, deal_id))

    @extend_schema(
        operation_id="change_deal",
        tags=["deals"],
        request=DealChangeIn,
        responses={200: DealOut, **CHANGES},
    )
    def patch(self, request: Request, deal_id: UUID) -> Response:
        """Change what is sent, leave the rest. Another stage is added to its history."""
        row = seen(request, Deal.objects.select_related("owner"), deal_id)
        may_edit(request, row)
        sent = DealChangeIn.parse(request.data).validated_data
        with refusals(request, owner=row.owner_id):
            user = caller_of(request)
            records.change_deal(deal=row, given=_given(sent, user, row.owner_id), by=user)
        return Response(_one(request, deal_id))

    @extend_schema(operation_id="delete_deal", tags=["deals"], responses={204: None, **READS})
    def delete(self, request: Request, deal_id: UUID) -> Response:
        """Delete it with its stages. What happened on the way to it stays, with its contacts."""
        row = seen(request, Deal.objects, deal_id)
        may_edit(request, row)
        _may_delete(row, caller_of(request))
        records.delete_deal(deal=row)
        return Response(status=204)


def _may_delete(row: Deal, user: User) -> None:
    """Raises `PermissionDenied` where others are on it whom the caller may not change."""
    with owner_scope(row.owner_id):  # who asks does not see all that are on it
        others = row.parties.exclude(contact__in=Contact.objects.editable_by(user)).exists()
    if others and row.owner_id != user.pk:
        raise PermissionDenied("There are contacts on this deal that you may not change; ask whose it is to delete it.")


def _one(request: Request, deal_id: UUID) -> dict[str, Any]:
    [told] = _told([seen(request, _whole(Deal.objects), deal_id)], caller_of(request))
    return told


def _whole(rows: Any) -> Any:
    return rows.select_related("owner", "company").prefetch_related("parties__contact", "products", "stages")


def _told(rows: Sequence[Deal], user: User) -> list[dict[str, Any]]:
    """Of a deal that is shared by one contact, the others on it are not told."""
    on_them = Contact.objects.visible_to(user).filter(parties__deal__in=rows)
    visible = set(on_them.values_list("pk", flat=True)) if rows else set()
    return [deal_told(row, visible) for row in rows]


def _given(sent: dict[str, Any], user: User, owner: int) -> DealGiven:
    """What was sent. Raises `Refused` for a contact that there is not."""
    more: dict[str, Any] = {}
    if "contacts" in sent:
        held = Contact.objects.visible_to(user).filter(owner=owner).in_bulk([each["id"] for each in sent["contacts"]])
        missing = [each["id"] for each in sent["contacts"] if each["id"] not in held]
        if missing:
            raise Refused("contacts", f"There is no contact {missing[0]}.")
        more["parties"] = tuple(Party(contact=held[each["id"]], role=each.get("role", "")) for each in sent["contacts"])
    if "products" in sent:
        more["products"] = tuple(sent["products"])
    if "stages" in sent:
        more["stages"] = tuple((each["stage"], each["enteredAt"]) for each in sent["stages"])
    return DealGiven(**renamed(sent, COLUMNS), **more)
