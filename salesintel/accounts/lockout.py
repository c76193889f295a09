"""Who guesses passwords has to wait. Counted before the password is looked at: many guesses at once are as many.

A browser from which a person has logged in before (`devices.py`) has one count of its own. Everybody else is a stranger
and has three: of a name from an address, of an address whatever the names, of a name wherever from. The first is small;
the others are ten times that, so that an office behind one address is not locked out by one of its own. Strangers lock
out strangers: what they count keeps nobody from logging in where they did before. Only keyed digests are stored,
whether somebody of that name is there or not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from salesintel import audit
from salesintel.accounts.addresses import address_of, network_of
from salesintel.accounts.devices import device_of, remember
from salesintel.accounts.models import LoginCount, User

WIDER = 10  # times the limit of one name from one address
LOCKED = "locked_until"  # the request's attribute that forms look at
COUNTED = "counted_attempt"  # and the one with the counts that a right password takes back


@dataclass(frozen=True, slots=True)
class Count:
    """What it is kept under, whose it is, from which address, and how many failures it bears."""

    key: str
    limit: int
    person: str = ""
    place: str = ""


class LockoutBackend:
    """Comes before the backends that look at passwords; lets everybody by who is not locked out."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **_: Any) -> None:
        """Count an attempt. Raises `PermissionDenied` and leaves the moment of its end if there were too many."""
        if request is not None and username is not None and attempted(request, username) is not None:
            raise PermissionDenied


def attempted(request: HttpRequest, username: str) -> datetime | None:
    """Count a try of `username`'s password; until when nobody may try from there, None if this one may.

    A known device that is locked out is a stranger from then on, so that it has no more tries than they.
    """
    now, address, device = timezone.now(), address_of(request), device_of(request, person_of(username))
    own = [count_of_device(username, device)] if device else []
    for counts in filter(None, (own, counts_of(username, address))):
        until = _attempt(counts, username, now=now)
        if until is None:
            setattr(request, COUNTED, counts)
            return None
    setattr(request, LOCKED, until)
    return until


def succeeded(request: HttpRequest) -> None:
    """Take back what was counted of the try, and all failures of that person that it was counted with."""
    counts: Sequence[Count] = getattr(request, COUNTED, ())
    LoginCount.objects.filter(key__in=[count.key for count in counts if count.person]).delete()
    # Not forgotten: else whoever has one account could guess at others' for ever.
    addresses = LoginCount.objects.filter(key__in=[count.key for count in counts if not count.person], failures__gt=0)
    addresses.update(failures=F("failures") - 1)
    setattr(request, COUNTED, ())


def attempt(username: str, address: str, *, now: datetime) -> datetime | None:
    """Count a stranger's attempt as a failure, which a login takes back; until when nobody may try, or None."""
    return _attempt(counts_of(username, address), username, now=now)


def _attempt(counts: Sequence[Count], username: str, *, now: datetime) -> datetime | None:
    with transaction.atomic():
        rows = _locked(counts, now)
        over = [row for row, of in zip(rows, counts, strict=True) if row.until > now and row.failures >= of.limit]
        if over:
            _tell_once(over, counts, username)
            return max(row.until for row in over)
        for row in rows:
            row.failures = row.failures + 1 if row.until > now else 1
            row.until = now + settings.LOGIN_COOL_OFF
            row.save()
    return None


def _tell_once(over: Sequence[LoginCount], counts: Sequence[Count], username: str) -> None:
    """Record that somebody is locked out, with the first attempt that is refused: its row is one above its limit."""
    limits = {of.key: of.limit for of in counts}
    fresh = [row for row in over if row.failures == limits[row.key]]
    for row in fresh:
        row.failures += 1
        row.save()
    if fresh:
        audit.record("lock out", User, pk=_id_of(username))


def unlock(users: Sequence[User]) -> int:
    """Let these people try again at once, from wherever; how many of them had been counted. Recorded."""
    return sum(unlock_name(user.get_username()) for user in users)


@transaction.atomic
def unlock_name(username: str) -> bool:
    """Forget the wrong passwords of a name, whether somebody has it or not; whether there were any. Recorded."""
    return _forgotten(LoginCount.objects.filter(person=person_of(username)), pk=_id_of(username))


@transaction.atomic
def unlock_address(address: str) -> bool:
    """Forget the wrong passwords from an address, of whatever names; whether there were any. Recorded, without it."""
    return _forgotten(LoginCount.objects.filter(place=_digest("address", network_of(address))), pk="")


def _forgotten(counts: QuerySet[LoginCount], *, pk: object) -> bool:
    deleted, _ = counts.delete()
    if deleted:
        audit.record("unlock", User, pk=pk)
    return bool(deleted)


def _id_of(username: str) -> object:
    return User.objects.filter(username=username).values_list("pk", flat=True).first() or ""


def counts_of(username: str, address: str) -> list[Count]:
    """The three counts of a stranger's attempt, in the order in which they are locked."""
    limit, person, place = settings.LOGIN_FAILURES, person_of(username), _digest("address", address)
    counts = [
        Count(_digest("pair", username, address), limit, person, place),
        Count(person, limit * WIDER, person),
    ]
    if address:
        counts.append(Count(place, limit * WIDER, place=place))
    return sorted(counts, key=lambda count: count.key)


def count_of_device(username: str, device: str) -> Count:
    """The one count of a device that is known as this person's."""
    return Count(_digest("device", username, device), settings.LOGIN_FAILURES, person_of(username))


def person_of(username: str) -> str:
    """What is stored of a name."""
    return _digest("person", username)


def minutes_until(until: datetime, *, now: datetime) -> int:
    """Whole minutes, at least one."""
    return max(1, math.ceil((until - now).total_seconds() / 60))


def connect() -> None:
    """Have a login take its attempt back, and all of that person's from there; and its browser be known."""
    user_logged_in.connect(_logged_in, dispatch_uid="lockout forgets")


def _logged_in(sender: Any, request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None:
        succeeded(request)
        remember(request, person_of(user.get_username()))


def _locked(counts: Sequence[Count], now: datetime) -> list[LoginCount]:
    rows = [LoginCount(key=of.key, person=of.person, place=of.place, failures=0, until=now) for of in counts]
    LoginCount.objects.bulk_create(rows, ignore_conflicts=True)
    locked = LoginCount.objects.select_for_update(no_key=True).filter(key__in=[of.key for of in counts])
    return list(locked.order_by("key"))


def _digest(kind: str, *values: str) -> str:
    """What is stored of a name or an address. Names are told apart as logins are: to the letter."""
    return salted_hmac(f"salesintel.lockout.{kind}", "\0".join(values), algorithm="sha256").hexdigest()
