"""Cuts off what is old enough, so that the rest can still be verified; and the watchdog's part."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from salesintel.audit.chain import BATCH, last_cut, locked_head, seal
from salesintel.audit.models import Cut, Entry, Seal
from salesintel.audit.recording import record
from salesintel.audit.signing import Forged, sign
from salesintel.audit.verifying import of_seal

SEAL_EVERY, PRUNE_EVERY = 2.0, 3600.0  # seconds
SKEW = timedelta(hours=1)  # so much may this machine's clock be ahead of the database's, whose guards look, too


def prune(limit: int = BATCH) -> int:
    """Cut off up to `limit` sealed entries older than `AUDIT_KEEP`, from the chain's beginning; how many. None: never.

    The cut says where the chain goes on, and an entry says that it was made. Raises `Forged` where what would go is
    not as it was sealed: that is kept to be looked at.
    """
    if settings.AUDIT_KEEP is None or not _first_is_old(settings.AUDIT_KEEP):
        return 0
    with transaction.atomic():
        head = locked_head()
        old = _old(limit, settings.AUDIT_KEEP)
        if not old:
            return 0
        _refuse_forged(old)
        cut = Cut.objects.create(
            number=old[-1].number,
            digest=old[-1].digest,
            entries=len(old),
            kept=int(settings.AUDIT_KEEP.total_seconds()),
        )
        with connection.cursor() as cursor:  # the models refuse; the database lets go what the cut covers
            marks = ", ".join(["%s"] * len(old))
            cursor.execute(f"DELETE FROM audit_entry WHERE id IN ({marks})", [s.entry for s in old])  # noqa: S608
            cursor.execute("DELETE FROM audit_seal WHERE number <= %s", [cut.number])
        head.begins = cut.number
        sign(head)
        head.save()
        record("prune", cut, counts={"entries": len(old)})
        return len(old)


def _first_is_old(keep: timedelta) -> bool:
    """A look without the lock; nearly always there is nothing to do."""
    first = Seal.objects.order_by("number").values("entry")[:1]
    return Entry.objects.filter(pk__in=first, at__lt=timezone.now() - keep - SKEW).exists()


def _old(limit: int, keep: timedelta) -> list[Seal]:
    """The chain's first seals, up to the first one of a young entry."""
    first = list(Seal.objects.order_by("number")[:limit])
    stays = Entry.objects.filter(pk__in=[s.entry for s in first], at__gte=timezone.now() - keep - SKEW)
    young = set(stays.values_list("pk", flat=True))
    return first[: next((place for place, s in enumerate(first) if s.entry in young), len(first))]


def _refuse_forged(seals: list[Seal]) -> None:
    entries, before = Entry.objects.in_bulk([one.entry for one in seals]), last_cut().digest
    for one in seals:
        for finding in of_seal(one, entries.get(one.entry), before):
            raise Forged(f"nothing is cut off: {finding.words}")
        before = one.digest


@dataclass(slots=True)
class Sealer:
    """Seals every two seconds, and cuts off what is too old once an hour; a batch at a time."""

    seal_due: float = field(default_factory=time.monotonic)
    prune_due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """A batch of what is due."""
        now = time.monotonic()
        if now >= self.seal_due and seal() < BATCH:
            self.seal_due = now + SEAL_EVERY
        if now >= self.prune_due and prune() < BATCH:
            self.prune_due = now + PRUNE_EVERY
