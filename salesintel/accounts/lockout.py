"""Who guesses passwords has to wait. Counted before the password is looked at: many guesses at once are as many.

Three counts: of a name from an address, of an address whatever the names, of a name wherever from. The first is small;
the others are ten times that, so that an office behind one address is not locked out by one of its own, nor a person by
a stranger elsewhere in a few tries. Only keyed digests are stored, whether somebody of that name is there or not.
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
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from salesintel import audit
from salesintel.accounts.addresses import address_of
from salesintel.accounts.models import LoginCount, User

WIDER = 10  # times the limit of one name from one address
LOCKED = "locked_until"  # the request's attribute that forms look at


@dataclass(frozen=True, slots=True)
class Count:
    """One of the three: what it is kept under, whose it is, and how many failures it bears."""

    key: str
    person: str
    limit: int


class LockoutBackend:
    """Comes before the backends that look at passwords; lets everybody by who is not locked out."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **_: Any) -> None:
        """Count an attempt. Raises `PermissionDenied` and leaves the moment of its end if there were too many."""
        if request is None or username is None:
            return
        until = attempt(username, address_of(request), now=timezone.now())
        if until is not None:
            setattr(request, LOCKED, until)
            raise PermissionDenied


def attempt(username: str, address: str, *, now: datetime) -> datetime | None:
    """Count one attempt as a failure, which a login takes back; until when nobody may try, None if this one may."""
    counts = counts_of(username, address)
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
        person = User.objects.filter(username=username).values_list("pk", flat=True).first()
        audit.record("lock out", User, pk=person or "")


def unlock(users: Sequence[User]) -> int:
    """Let these people try again at once, from wherever; how many of them had been counted. Recorded."""
    freed = 0
    for user in users:
        with transaction.atomic():
            deleted, _ = LoginCount.objects.filter(person=_digest("person", user.get_username())).delete()
            if deleted:
                audit.record("unlock", user)
                freed += 1
    return freed


def counts_of(username: str, address: str) -> list[Count]:
    """The three counts of an attempt, in the order in which they are locked."""
    limit, person = settings.LOGIN_FAILURES, _digest("person", username)
    counts = [
        Count(_digest("pair", username, address), person, limit),
        Count(_digest("person", username), person, limit * WIDER),
    ]
    if address:
        counts.append(Count(_digest("address", address), "", limit * WIDER))
    return sorted(counts, key=lambda count: count.key)


def minutes_until(until: datetime, *, now: datetime) -> int:
    """Whole minutes, at least one."""
    return max(1, math.ceil((until - now).total_seconds() / 60))


def connect() -> None:
    """Have a login take its attempt back, and all of that person's from there."""
    user_logged_in.connect(_forget, dispatch_uid="lockout forgets")


def _forget(sender: Any, request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is None:
        return
    username, address = user.get_username(), address_of(request)
    keys = [count.key for count in counts_of(username, address) if count.person]
    LoginCount.objects.filter(key__in=keys).delete()
    # Not forgotten: else whoever has one account could guess at others' for ever.
    LoginCount.objects.filter(key=_digest("address", address), failures__gt=0).update(failures=F("failures") - 1)


def _locked(counts: Sequence[Count], now: datetime) -> list[LoginCount]:
    rows = [LoginCount(key=of.key, person=of.person, failures=0, until=now) for of in counts]
    LoginCount.objects.bulk_create(rows, ignore_conflicts=True)
    locked = LoginCount.objects.select_for_update(no_key=True).filter(key__in=[of.key for of in counts])
    return list(locked.order_by("key"))


def _digest(kind: str, *values: str) -> str:
    """What is stored of a name or an address. Names are told apart as logins are: to the letter."""
    return salted_hmac(f"salesintel.lockout.{kind}", "\0".join(values), algorithm="sha256").hexdigest()
