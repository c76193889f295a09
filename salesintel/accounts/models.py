"""Who uses the system: people with their seller profile, and the keys their programs use."""

import hashlib
import secrets
import zlib
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q

from salesintel.audit.watched import Watched, WatchedQuerySet
from salesintel.prepared import Gap

PREFIX = "si"
SCOPES = ("read", "enrich", "personas", "admin")
OF_STAFF = frozenset({"admin"})  # worth nothing in the hands of somebody else


class UserManager(DjangoUserManager.from_queryset(WatchedQuerySet["User"])):  # type: ignore[misc]
    """People, as Django makes them; changes of many at once are recorded."""

    use_in_migrations = False


class User(AbstractUser, Watched):
    """A person, with what the product needs to speak in their terms."""

    role = models.CharField(max_length=10, blank=True, help_text="Sales role, say AE.")
    segment = models.CharField(max_length=60, blank=True, help_text="Market segment, say Mid-Market.")
    region = models.CharField(max_length=60, blank=True, help_text="Region, say EMEA.")
    vendor = models.CharField(max_length=200, blank=True, help_text="The company this person sells for.")
    time_zone = models.CharField(max_length=60, blank=True, default="UTC")

    objects: ClassVar[DjangoUserManager[Self]] = UserManager()


class ApiKeyQuerySet(WatchedQuerySet["ApiKey"]):
    """Chains of keys."""

    def usable(self, at: datetime | Gap) -> Self:
        """Keys that are neither revoked nor expired, of users who may still log in."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at=None, user__is_active=True)

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)


class ApiKey(Watched):
    """A key that a user's program presents. Only its SHA-256 is stored; the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80, help_text="What it is for.")
    prefix = models.CharField(max_length=12, help_text="The part that may be shown.")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text=f"Some of {', '.join(SCOPES)}.")
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces", help_text="Its successor."
    )
    first = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="successors",
        help_text="The key that this one goes back to, however often it was rotated; empty for one that was made.",
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @property
    def family(self) -> int:
        """The id of the first key of those that replaced each other: they are one program, and counted as one."""
        return int(self.first_id or self.pk)

    def state(self, at: datetime) -> str:
        """usable, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= at else "usable"

    @classmethod
    def issue(
        cls,
        *,
        user: User,
        name: str,
        scopes: list[str],
        expires_at: datetime | None = None,
        first: int | None = None,
    ) -> "tuple[ApiKey, str]":
        """Store a new key; returns it with the plain text, which is not kept. `first`: the key that it goes back to.

        The form is `si_<prefix>_<secret><checksum>`: 8 visible characters, 192 bits of secret, a CRC-32 in hex that
        tells a mistyped key from a wrong one without a look into the database.
        """
        prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(24)
        body = f"{PREFIX}_{prefix}_{secret}"
        key = body + checksum(body)
        row = cls.objects.create(
            user=user,
            name=name,
            prefix=f"{PREFIX}_{prefix}",
            digest=digest(key),
            scopes=scopes,
            expires_at=expires_at,
            first_id=first,
        )
        return row, key


class LoginCount(models.Model):
    """How often a login failed lately: of a name, an address, both, or a known device; under keyed digests of them."""

    key = models.CharField(max_length=64, unique=True)
    person = models.CharField(max_length=64, blank=True, db_index=True, help_text="Keyed digest of the name.")
    place = models.CharField(
        max_length=64, blank=True, default="", db_default="", db_index=True, help_text="Keyed digest of the address."
    )
    failures = models.PositiveIntegerField()
    until = models.DateTimeField(help_text="The count begins anew then.")

    def __str__(self) -> str:
        return f"{self.failures} failures"


def checksum(body: str) -> str:
    """CRC-32 of `body` as eight hex digits."""
    return f"{zlib.crc32(body.encode()):08x}"


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_well_formed(key: str) -> bool:
    """Whether the key's checksum fits: false for a mistyped or cut key."""
    return key.startswith(f"{PREFIX}_") and len(key) > 30 and checksum(key[:-8]) == key[-8:]
