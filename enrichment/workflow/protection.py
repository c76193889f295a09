"""What an operator is asked about personal data: what is held, how long, under which keys, and who was forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db.models import Min

from enrichment.models import CacheEntry, Erasure, Evidence, OptOut, Report, ResearchRequest, Retention, WorkflowRun
from enrichment.resealing import Column, columns
from salesintel.privacy.registry import REGISTRY, Whose

MOST_READ = 2_000  # stored values of one column that are looked at for the age of their keys


@dataclass(frozen=True, slots=True)
class Holding:
    """One table that holds personal data: whose, why, until when, how many rows."""

    table: str
    whose: str
    purpose: str
    keep: str
    rows: int


@dataclass(frozen=True, slots=True)
class Secret:
    """One encrypted column: values stored, the oldest's time, and how many are by an older key, or by none of ours."""

    column: str
    values: int
    oldest: datetime | None
    by_older: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the page. `oldest`: label and time of the oldest row of its kind."""

    retention: tuple[Retention, ...]
    holdings: tuple[Holding, ...]
    oldest: tuple[tuple[str, datetime], ...]
    secrets: tuple[Secret, ...]
    keys: int
    seals_bodies: bool
    opt_outs: int
    erasures: int
    under_way: int
    last_erasure: datetime | None
    late: timedelta | None  # how long the oldest unfinished erasure has been waiting


def overview(*, now: datetime) -> Overview:
    """Counts every table of the registry: for a person who looks now and then, not for a machine."""
    waiting = Erasure.objects.filter(finished=None).aggregate(since=Min("began"))["since"]
    last = Erasure.objects.exclude(finished=None).order_by("-began").values_list("finished", flat=True).first()
    return Overview(
        retention=tuple(Retention.objects.all()),
        holdings=tuple(_holdings()),
        oldest=tuple(_oldest()),
        secrets=tuple(_secret(column) for column in columns() if not column.is_bytes),
        keys=len(settings.CREDENTIAL_KEYS),
        seals_bodies=settings.ENCRYPT_BODIES,
        opt_outs=OptOut.objects.count(),
        erasures=Erasure.objects.count(),
        under_way=Erasure.objects.filter(finished=None).count(),
        last_erasure=last,
        late=None if waiting is None else now - waiting,
    )


def _holdings() -> Iterator[Holding]:
    """By table and how long it is kept, in the registry's order; histories of rules are left out: they are staff's."""
    seen: dict[tuple[str, str], list[Any]] = {}
    for each in REGISTRY:
        if each.model != "*":
            seen.setdefault((each.model, each.keep.value), []).append(each)
    counts = {label: apps.get_model(label)._default_manager.count() for label in {label for label, _ in seen}}
    for (label, keep), parts in seen.items():
        model = apps.get_model(label)
        purposes = dict.fromkeys(part.purpose for part in parts)
        yield Holding(
            table=str(model._meta.verbose_name_plural),
            whose=", ".join(sorted({Whose(part.whose).value for part in parts})),
            purpose="; ".join(purposes),
            keep=keep,
            rows=counts[label],
        )


_AGES = (
    ("response", CacheEntry, "fetched_at"),
    ("item of evidence", Evidence, "collected_at"),
    ("report", Report, "generated_at"),
    ("run", WorkflowRun, "created"),
    ("request", ResearchRequest, "created"),
)


def _oldest() -> Iterator[tuple[str, datetime]]:
    for label, model, field in _AGES:
        oldest = model._default_manager.aggregate(oldest=Min(field))["oldest"]
        if oldest is not None:
            yield label, oldest


def _secret(column: Column) -> Secret:
    """A Fernet token says when it was made."""
    ring = MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])
    first = Fernet(settings.CREDENTIAL_KEYS[0])
    oldest: int | None = None
    values = older = unreadable = 0
    for _, raw in column.stored()[:MOST_READ]:
        if not raw:
            continue
        values += 1
        try:
            made = ring.extract_timestamp(raw.encode())
        except InvalidToken:
            unreadable += 1
            continue
        oldest = made if oldest is None else min(oldest, made)
        older += not _opens(first, raw.encode())
    since = None if oldest is None else datetime.fromtimestamp(oldest, UTC)
    return Secret(str(column), values, since, older, unreadable)


def _opens(key: Fernet, token: bytes) -> bool:
    try:
        key.extract_timestamp(token)
    except InvalidToken:
        return False
    return True
