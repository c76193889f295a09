"""Counting requests against their limits: one statement a request, exact under any concurrency, nothing held.

A window begins with a caller's first request and lasts as the limit says: a fixed window, but each caller's own, so the
turn of a minute does not let a burst through twice. A sliding window would take a row for each request, or guess from
two windows; and refill drop by drop, which no caller can plan with. What a fixed one lets through at worst is twice
the limit around its end, which a limit that protects a machine can bear: money has limits of its own.
"""

import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from enrichment.models import RequestCount
from enrichment.models.limits import STRANGERS
from salesintel.accounts.addresses import network_of

KEPT = timedelta(days=1)

# The limit is read where it is counted, so an admin's change holds from the next request on, in every process.
COUNT = """
    INSERT INTO enrichment_requestcount (bucket, began, used, requests, seconds)
    SELECT %s, %s, 1, requests, seconds FROM enrichment_requestlimit
    WHERE scope = %s AND enabled AND (
        key_id IS NULL OR key_id = %s OR key_id IN (SELECT id FROM accounts_apikey WHERE first_id = %s)
    )
    ORDER BY key_id IS NULL, key_id DESC LIMIT 1
    ON CONFLICT (bucket) DO UPDATE SET
        used = CASE WHEN excluded.began >= enrichment_requestcount.began + excluded.seconds * 1000
            THEN 1 ELSE enrichment_requestcount.used + 1 END,
        began = CASE WHEN excluded.began >= enrichment_requestcount.began + excluded.seconds * 1000
            THEN excluded.began ELSE enrichment_requestcount.began END,
        requests = excluded.requests,
        seconds = excluded.seconds
    RETURNING began, used, requests, seconds
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a limit leaves its caller after this request."""

    scope: str
    requests: int  # the limit
    seconds: int  # the window's length
    used: int
    resets_in: int  # whole seconds until the window is over, at least 1

    @property
    def left(self) -> int:
        return max(self.requests - self.used, 0)

    @property
    def is_passed(self) -> bool:
        """Whether this request was one too many."""
        return self.used > self.requests


def count(scope: str, caller: str, *, at: datetime, family: int | None = None) -> Allowance | None:
    """Count a request of `caller` under `scope`; None where nothing limits it. `family` is that of the key, if any.

    A key and its successors are one caller, whom the limit of the newest one that has its own holds for.
    Concurrent requests each get a number of their own: of 200 at once under a limit of 100, 100 pass.
    """
    now = round(at.timestamp() * 1000)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [f"{scope} {caller}", now, scope, family, family])
        row = cursor.fetchone()
    if row is None:
        return None
    began, used, requests, seconds = row
    left = math.ceil((began + seconds * 1000 - now) / 1000)
    return Allowance(scope, requests, seconds, used, resets_in=min(max(left, 1), seconds))


def count_for(user: int, family: int | None, scope: str, *, at: datetime) -> Allowance | None:
    """Count something that a person's page asked for, or a key of `family` and its successors."""
    return count(scope, f"user {user}" if family is None else f"key {family}", at=at, family=family)


def stranger(address: str) -> str:
    """Whoever asks from `address`, under a name that tells nobody the address."""
    digest = hmac.new(settings.SECRET_KEY.encode(), network_of(address).encode(), "sha256")
    return f"address {digest.hexdigest()[:32]}"


def outdated(at: datetime) -> QuerySet[RequestCount]:
    """Counts that began longer than a day ago."""
    return RequestCount.objects.filter(began__lt=round((at - KEPT).timestamp() * 1000))


__all__ = ["STRANGERS", "Allowance", "count", "outdated", "stranger"]
