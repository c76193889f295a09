"""One's own API keys: listed, made, rotated, revoked. Others' are revoked in the admin."""

from datetime import timedelta
from typing import Any, Never

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.shapes import Shape
from salesintel.accounts import keys
from salesintel.accounts.models import SCOPES, ApiKey
from salesintel.problems import Problem, problems

ID = OpenApiParameter("key_id", int, "path", description="As the list gives it.")
LIFE, OVERLAP = keys.LONGEST_LIFE.days, int(keys.LONGEST_OVERLAP.total_seconds() // 3600)


class OwnKeys(BasePermission):
    """Lets in a login session, or a key with the scope admin of a member of the staff: a stolen key makes no others."""

    message = "Keys are managed from a login session, or with a key that holds the scope “admin”."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        scopes = getattr(request.auth, "scopes", ())
        return request.auth is None or ("admin" in scopes and request.user.is_staff)


class KeyIn(Input):
    name = serializers.CharField(max_length=80, help_text="What it is for.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), min_length=1, max_length=len(SCOPES), default=["read", "enrich"]
    )
    days = serializers.IntegerField(
        min_value=1, max_value=LIFE, allow_null=True, default=None, help_text="It expires after so many; null: never."
    )


class RotationIn(Input):
    overlapHours = serializers.IntegerField(
        min_value=0, max_value=OVERLAP, default=24, help_text="So long the old key goes on beside the new one."
    )


class KeyOut(Shape):
    id = serializers.IntegerField()
    prefix = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    state = serializers.CharField(help_text="`usable`, `expired` or `revoked`.")
    created = serializers.DateTimeField()
    lastUsed = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    expiresAt = serializers.DateTimeField(allow_null=True)
    replacedBy = serializers.IntegerField(allow_null=True, help_text="The key that it was rotated to.")


class NewKeyOut(KeyOut):
    key = serializers.CharField(help_text="Shown this once: only its digest is kept.")


class KeysOut(Shape):
    results = KeyOut(many=True)


class KeysView(ScopedView):
    required_scope = "admin"
    permission_classes = (OwnKeys,)

    @extend_schema(operation_id="list_keys", tags=["account"], responses={200: KeysOut, **problems(401, 403, 503)})
    def get(self, request: Request) -> Response:
        """Your keys, newest first."""
        rows = ApiKey.objects.visible_to(caller_of(request))
        return Response({"results": [_shown(row) for row in rows]})

    @extend_schema(
        operation_id="make_key",
        tags=["account"],
        request=KeyIn,
        responses={201: NewKeyOut, **problems(400, 401, 403, 413, 415, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        """Make a key. Its text is in this answer and nowhere else."""
        asked = KeyIn.parse(request.data).validated_data
        lasts = timedelta(days=asked["days"]) if asked["days"] else None
        try:
            made = keys.make(user=caller_of(request), name=asked["name"], scopes=asked["scopes"], lasts=lasts)
        except keys.KeyRefused as refused:
            raise Problem(422, str(refused)) from refused
        return _once(*made)


class RotateKeyView(ScopedView):
    required_scope = "admin"
    permission_classes = (OwnKeys,)

    @extend_schema(
        operation_id="rotate_key",
        tags=["account"],
        parameters=[ID],
        request=RotationIn,
        responses={201: NewKeyOut, **problems(400, 401, 403, 404, 409, 413, 415, 503)},
    )
    def post(self, request: Request, key_id: int) -> Response:
        """A new key in the place of one of yours, which goes on for the overlap. A key is replaced once."""
        overlap = timedelta(hours=RotationIn.parse(request.data).validated_data["overlapHours"])
        try:
            made = keys.rotate(key_id, user=caller_of(request), overlap=overlap)
        except keys.KeyRefused as refused:
            raise Problem(409, str(refused)) from refused
        except ApiKey.DoesNotExist:
            _absent()
        return _once(*made)


class KeyView(ScopedView):
    required_scope = "admin"
    permission_classes = (OwnKeys,)

    @extend_schema(
        operation_id="revoke_key",
        tags=["account"],
        parameters=[ID],
        responses={204: None, **problems(401, 403, 404, 503)},
    )
    def delete(self, request: Request, key_id: int) -> Response:
        """Revoke one of your keys: it is refused from now on, and its sockets are closed. Again it changes nothing."""
        try:
            keys.revoke(key_id, user=caller_of(request))
        except ApiKey.DoesNotExist:
            _absent()
        return Response(status=204)


def _absent() -> Never:
    raise NotFound("You have no such key.")


def _once(row: ApiKey, plain: str) -> Response:
    return Response({**_shown(row), "key": plain}, status=201, headers={"Cache-Control": "no-store"})


def _shown(row: ApiKey) -> dict[str, Any]:
    return {
        "id": row.pk,
        "prefix": row.prefix,
        "name": row.name,
        "scopes": row.scopes,
        "state": row.state(timezone.now()),
        "created": row.created,
        "lastUsed": row.last_used,
        "expiresAt": row.expires_at,
        "replacedBy": row.replaced_by_id,
    }
