"""How a program says who it is: an API key, in either of two headers."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from salesintel.accounts.models import ApiKey, User, digest, is_well_formed

NOTE_USE_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>` or `X-API-Key: <key>`; `request.auth` is then the key's row."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        key = request.headers.get("X-API-Key") or self._bearer(request)
        if not key:
            return None
        if not is_well_formed(key):
            raise AuthenticationFailed("This is not an API key of ours: it was mistyped or cut.")
        now = timezone.now()
        row = ApiKey.objects.usable(now).filter(digest=digest(key)).select_related("user").first()
        if row is None:
            raise AuthenticationFailed("This API key is unknown, expired or revoked.")
        if row.last_used is None or now - row.last_used > NOTE_USE_EVERY:
            ApiKey.objects.filter(pk=row.pk).update(last_used=now)
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    @staticmethod
    def _bearer(request: Request) -> str:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""
