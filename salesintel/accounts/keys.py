"""What owners do with their keys: make, rotate, revoke. Pages, API and commands call these and nothing else."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from salesintel import audit
from salesintel.accounts.models import OF_STAFF, SCOPES, ApiKey, User

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
LONGEST_LIFE = timedelta(days=3650)
MOST = 100  # usable keys of one person: enough for every program, too few to fill a table


class KeyRefused(ValueError):
    """A key cannot be made or rotated; the words say why, and what to do."""


@transaction.atomic
def make(*, user: User, name: str, scopes: Sequence[str], lasts: timedelta | None = None) -> tuple[ApiKey, str]:
    """A new key for `user`; its row and its plain text, which is nowhere kept. Raises `KeyRefused`."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise KeyRefused(f"Choose scopes from {', '.join(SCOPES)}.")
    if (of_staff := OF_STAFF.intersection(scopes)) and not user.is_staff:
        raise KeyRefused(f"The scope {', '.join(of_staff)} wants a member of the staff: leave it out.")
    if _in_use(user) >= MOST:
        raise KeyRefused(f"{MOST} keys are in use, the most that one person may have: revoke one first.")
    until = timezone.now() + lasts if lasts else None
    return ApiKey.issue(user=user, name=name, scopes=list(dict.fromkeys(scopes)), expires_at=until)


@transaction.atomic
def rotate(pk: int, *, user: User, overlap: timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """A new key in the place of one of `user`'s, which expires after `overlap`, or earlier if it would have.

    Scopes and name go over, and how long a key lasts. Of several who rotate one key at once, or again, the first
    succeeds: what is replaced already is not replaced anew. The two are counted as one by the limits of requests; by
    the bound of keys as two, for as long as both hold. Raises `KeyRefused`; `ApiKey.DoesNotExist` for another's.
    """
    now, in_use = timezone.now(), _in_use(user)
    old = ApiKey.objects.visible_to(user).select_for_update(no_key=True).get(pk=pk)
    if old.state(now) != "usable":
        raise KeyRefused(f"The key {old.prefix}… is {old.state(now)}: make a new one instead.")
    if old.replaced_by is not None:
        raise KeyRefused(f"The key {old.prefix}… was replaced by {old.replaced_by.prefix}… already: rotate that one.")
    if overlap and in_use >= MOST:
        words = f"{MOST} keys are in use, the most that one person may have"
        raise KeyRefused(f"{words}: revoke one first, or rotate this one without an overlap.")
    until = now + (old.expires_at - old.created) if old.expires_at else None
    scopes = [scope for scope in old.scopes if user.is_staff or scope not in OF_STAFF]
    new, plain = ApiKey.issue(user=user, name=old.name, scopes=scopes, expires_at=until, first=old.family)
    old.replaced_by, old.expires_at = new, _earlier(old.expires_at, now + overlap)
    old.save()
    audit.record("rotate", old)
    return new, plain


@transaction.atomic
def revoke(pk: int, *, user: User) -> ApiKey:
    """Refuse one of `user`'s keys from now on; again it changes nothing. `ApiKey.DoesNotExist` for another's."""
    key = ApiKey.objects.visible_to(user).select_for_update(no_key=True).get(pk=pk)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save()
        audit.record("revoke", key)
    return key


def _in_use(user: User) -> int:
    """How many usable keys somebody has; until this transaction ends nobody makes them another."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return ApiKey.objects.usable(timezone.now()).filter(user=user).count()


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
