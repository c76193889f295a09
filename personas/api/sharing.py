"""Sharing contacts with colleagues."""

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.paging import PAGE, paged
from enrichment.api.shapes import Shape
from personas.api.reaching import READS, SCOPE, own_contact
from personas.models import Grant
from personas.sharing import NoColleague, revoke, share
from salesintel.problems import invalid, problems


class GrantIn(Input):
    """Whom to let see what."""

    username = serializers.CharField(max_length=150)
    contactId = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Left out: all that you have, and will have."
    )
    mayEdit = serializers.BooleanField(required=False, default=False)


class GrantOut(Shape):
    id = serializers.IntegerField()
    owner = serializers.CharField(help_text="Whose records they are.")
    username = serializers.CharField(help_text="Who may see them.")
    contactId = serializers.UUIDField(allow_null=True, help_text="Null: all of them.")
    mayEdit = serializers.BooleanField()
    createdAt = serializers.DateTimeField()


class GrantsOut(Shape):
    results = GrantOut(many=True, help_text="Latest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class GrantsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_grants",
        tags=["contacts"],
        parameters=PAGE,
        responses={200: GrantsOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """What you let others see, and what they let you see."""
        user = caller_of(request)
        rows = Grant.objects.filter(Q(owner=user) | Q(grantee=user)).select_related("owner", "grantee")
        page = paged(request, rows.order_by("-created", "-pk"))
        return Response(page.told([_told(row) for row in page.rows]))

    @extend_schema(
        operation_id="share_contacts",
        tags=["contacts"],
        request=GrantIn,
        responses={201: GrantOut, **problems(400, 401, 403, 404, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Let a colleague see a contact of yours with all its records, or all of them. Again it changes the right."""
        sent, user = GrantIn.parse(request.data).validated_data, caller_of(request)
        contact = own_contact(request, sent["contactId"]) if sent["contactId"] else None
        try:
            grant = share(owner=user, username=sent["username"], contact=contact, may_edit=sent["mayEdit"])
        except NoColleague as error:
            raise invalid({"username": [str(error)]}) from error
        return Response(_told(grant), status=201)


class GrantView(ScopedView):
    required_scope = SCOPE

    @extend_schema(operation_id="revoke_grant", tags=["contacts"], responses={204: None, **READS})
    def delete(self, request: Request, grant_id: int) -> Response:
        """Take it back; who was let in may give it back, too."""
        user = caller_of(request)
        revoke(get_object_or_404(Grant.objects.filter(Q(owner=user) | Q(grantee=user)), pk=grant_id))
        return Response(status=204)


def _told(row: Grant) -> dict[str, Any]:
    return {
        "id": row.pk,
        "owner": row.owner.get_username(),
        "username": row.grantee.get_username(),
        "contactId": row.contact_id,
        "mayEdit": row.may_edit,
        "createdAt": row.created,
    }
