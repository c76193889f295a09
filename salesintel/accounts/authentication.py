"""How a caller of the API says who it is: an API key in either of two headers, else the login session.

Where the operator switched `API_KEY_REQUIRED` off, a program on this very machine may leave the key out; it then acts
as the user `local`, so that every request still has somebody who made it and pays for it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import OperationalError, connection, transaction
from django.db.models import DateTimeField, TextField
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from salesintel.accounts.models import ApiKey, User, digest, is_well_formed
from salesintel.prepared import Gap, Prepared

log = logging.getLogger(__name__)

AT, DIGEST = Gap("at", DateTimeField()), Gap("digest", TextField())
USABLE = Prepared(lambda: ApiKey.objects.usable(AT).filter(digest=DIGEST).select_related("user"))

NOTE_USE_EVERY = timedelta(minutes=1)
LOCAL_USER = "local"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>` or `X-API-Key: <key>`; `request.auth` is then the key's row."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        key = self.key_of(request)
        if not key:
            return None
        if not is_well_formed(key):
            raise AuthenticationFailed("This is not an API key of ours: it was mistyped or cut. Copy it whole.")
        now = timezone.now()
        row = USABLE.first(at=now, digest=digest(key))
        if row is None:
            raise AuthenticationFailed("This API key is unknown, expired or revoked. Make another on Account.")
        if row.last_used is None or now - row.last_used > NOTE_USE_EVERY:
            note_use(row, now)
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def key_of(self, request: Request) -> str:
        """The key that the caller presents, "" for none."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return request.headers.get("X-API-Key") or (key.strip() if scheme.lower() == "bearer" else "")


def note_use(key: ApiKey, now: datetime) -> None:
    """Note when the key was used, unless that would have to wait for whoever writes just now; the next use notes it."""
    try:
        with _waiting_for_nobody(), transaction.atomic():
            free = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key.pk)
            ApiKey.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(last_used=now)
    except OperationalError:
        log.debug("the use of a key is not noted: the database is busy")


@contextmanager
def _waiting_for_nobody() -> Iterator[None]:
    """On SQLite, which has one writer, say so at once if it is somebody else. PostgreSQL skips a row that is held."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        [(usual,)] = cursor.execute("PRAGMA busy_timeout").fetchall()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")


@dataclass(frozen=True, slots=True)
class LocalUse:
    """What `request.auth` is for a program on this machine that came without a key."""

    scopes: tuple[str, ...] = ("read", "enrich")


class SessionOrThisMachine(SessionAuthentication):
    """The login session; without one, and if `API_KEY_REQUIRED` is off, the user `local` for a program on this machine.

    That user cannot log in and is no staff, has the scopes read and enrich, and does not exist in production.
    """

    def authenticate(self, request: Request) -> tuple[User, LocalUse | None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        if found or settings.API_KEY_REQUIRED or settings.PRODUCTION or not is_from_this_machine(request):
            return found
        user, _ = User.objects.get_or_create(username=LOCAL_USER, defaults={"password": make_password(None)})
        return (user, LocalUse()) if user.is_active else None


def is_from_this_machine(request: Request) -> bool:
    """Whether a program here sent it to us directly: no proxy between, and no web page of another site behind it.

    The host's name is looked at too: a page of a site whose name was rebound to 127.0.0.1 sends that site's name.
    """
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    from_another_site = request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.get_host()  # "null" is foreign, too
    named_here = urlsplit(f"//{request.get_host()}").hostname in LOCAL_HOSTS
    return named_here and _is_loopback(request) and not (forwarded or from_another_site or foreign)


def _is_loopback(request: Request) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # a Unix socket has no address: there is a proxy at its other end
        return False
