"""The typed cache: what is kept under which key, and single flight for what is not.

A key is a digest of everything that a value depends on. Functions that write expect the caller's transaction.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField, F, Q, QuerySet, TextField, UUIDField

from enrichment.models import CacheDependency, CacheEntry, Company, Fill
from enrichment.models.clock import DatabaseNow
from salesintel.prepared import Gap, Prepared

FILL_LEASE = timedelta(seconds=90)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def digest(*parts: object) -> str:
    """SHA-256 over `parts` as canonical JSON: 64 hex digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def response_type(source: str) -> str:
    """The cache type of a source's responses: `serp_news` → `SERP_NEWS_RAW`."""
    return f"{source.upper()}_RAW"


def response_key(source: str, company: int, origin: str) -> str:
    """The key of a source's response on a company: one per origin, so that sandbox and live never mix."""
    return digest("response", source, company, origin)


def held_responses(
    company: int, *, origin: str, at: datetime, not_before: datetime | None = None
) -> dict[str, CacheEntry]:
    """Usable responses on the company, by source; their bytes are left in the database.

    Of several of one source, as a company has that absorbed another one, the newest that says anything.
    """
    entries = _HELD.all(at=at, company=company, origin=origin, since=not_before or LONG_AGO)
    return {entry.source: entry for entry in entries}


def _held() -> "QuerySet[CacheEntry]":
    entries = CacheEntry.objects.fresh(Gap("at", DateTimeField())).since(Gap("since", DateTimeField()))
    entries = entries.exclude(source="").filter(
        company=Gap("company", BigIntegerField()), origin=Gap("origin", TextField())
    )
    return entries.defer("body").order_by("-is_empty", "fetched_at")


_HELD = Prepared(_held)


def bought_by(run: UUID) -> dict[str, CacheEntry]:
    """What the run itself bought, by source, however old it is by now; not what went stale since."""
    return {entry.source: entry for entry in _BOUGHT.all(run=run)}


def _bought() -> "QuerySet[CacheEntry]":
    entries = CacheEntry.objects.filter(calls__run=Gap("run", UUIDField()), stale_since=None)
    return entries.exclude(source="").defer("body")


_BOUGHT = Prepared(_bought)


def read(cache_type: str, key: str, *, at: datetime, not_before: datetime | None = None) -> CacheEntry | None:
    """The usable entry of that type and key, with its bytes."""
    return CacheEntry.objects.fresh(at).since(not_before).filter(type=cache_type, key=key).first()


# --- Single flight ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to fetch one entry: its fence token and the company's epoch when it was given."""

    key: str
    token: int
    data_epoch: int


def fill_key(cache_type: str, key: str) -> str:
    return f"{cache_type}:{key}"


def claim(key: str, *, holder: UUID, data_epoch: int, lease: timedelta = FILL_LEASE) -> Claim | None:
    """Take the right to fill `key` for the call `holder`; None while another call's lease on it runs.

    A call whose driver died takes its own right again, whose lease may still run, under a new token.
    """
    # A new row is born free, so that making it and taking it are told apart under any concurrency.
    Fill.objects.bulk_create([Fill(key=key, token=0, lease_until=LONG_AGO)], ignore_conflicts=True)
    [row] = _FILL.all(key=key)
    free = Fill.objects.filter(pk=row.pk, token=row.token).filter(Q(lease_until__lt=DatabaseNow()) | Q(holder=holder))
    until = DatabaseNow() + lease
    if not free.update(token=row.token + 1, holder=holder, lease_until=until, data_epoch=data_epoch):
        return None
    return Claim(key, row.token + 1, data_epoch)


_FILL = Prepared(lambda: Fill.objects.select_for_update(no_key=True).filter(key=Gap("key", TextField())))


def extend(held: Claim, *, lease: timedelta = FILL_LEASE) -> bool:
    """Go on holding it for `lease` from now; False if somebody else took it over."""
    return bool(Fill.objects.filter(key=held.key, token=held.token).update(lease_until=DatabaseNow() + lease))


def release(held: Claim) -> None:
    """Give the right back; nothing happens if somebody else took it over meanwhile."""
    Fill.objects.filter(key=held.key, token=held.token).update(lease_until=LONG_AGO)


def let_go(key: str, *, holder: UUID) -> None:
    """Free `key` if the call `holder`, whose driver is known to be dead, still has it."""
    Fill.objects.filter(key=key, holder=holder).update(token=F("token") + 1, lease_until=LONG_AGO)


# --- Keeping ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Something to keep. `fetched_at` of a derived answer is that of the oldest response it was made from.

    `digest`: of what came, where the bytes that are kept are others.
    """

    type: str
    key: str
    company: int
    origin: str
    body: bytes
    fetched_at: datetime
    ttl: timedelta
    source: str = ""
    is_empty: bool = False
    paid: Decimal = Decimal(0)
    digest: str = ""


def keep(answer: Answer, *, at: datetime) -> CacheEntry:
    """Store the answer over what was kept under its key; what was made from other content goes stale."""
    content = answer.digest or hashlib.sha256(answer.body).hexdigest()
    values = {
        "company_id": answer.company,
        "source": answer.source,
        "origin": answer.origin,
        "body": answer.body,
        "digest": content,
        "is_empty": answer.is_empty,
        "paid": answer.paid,
        "fetched_at": answer.fetched_at,
        "expires_at": at + answer.ttl,
        "stale_since": None,
    }
    # One statement where update_or_create takes six.
    (entry,) = CacheEntry.objects.bulk_create(
        [CacheEntry(type=answer.type, key=answer.key, **values)],
        update_conflicts=True,
        unique_fields=["type", "key"],
        update_fields=[name.removesuffix("_id") for name in values],
    )
    used_before = CacheDependency.objects.filter(on=entry).exclude(digest=content)
    CacheEntry.objects.filter(made_from__in=used_before).go_stale(at)
    return entry


def depend(entry: CacheEntry, *, on: Iterable[CacheEntry]) -> None:
    """Note what a derived entry was made from, in place of what was noted before."""
    CacheDependency.objects.filter(entry=entry).delete()
    CacheDependency.objects.bulk_create([CacheDependency(entry=entry, on=used, digest=used.digest) for used in on])


def expire(entries: Iterable[int], *, at: datetime) -> int:
    """Use these no more from `at` on, nor what was made from them; returns how many were in use."""
    rows = CacheEntry.objects.fresh(at).filter(pk__in=list(entries))
    count = rows.update(expires_at=at)
    CacheEntry.objects.filter(made_from__on__in=list(entries)).go_stale(at)
    return count


@transaction.atomic
def invalidate(company: Company, *, at: datetime) -> None:
    """Nothing kept about the company, or made from that, is used again; what is being fetched now will not be kept."""
    row = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    Company.objects.filter(pk=row.pk).update(data_epoch=row.data_epoch + 1)
    CacheEntry.objects.filter(company=row).go_stale(at)
