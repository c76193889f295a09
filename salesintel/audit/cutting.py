"""Cuts off what is old enough, so that the rest can still be verified; and the watchdog's part."""

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from salesintel.audit.chain import BATCH, ONLY, seal
from salesintel.audit.models import Cut, Entry, Head, Seal
from salesintel.audit.recording import record

SEAL_EVERY, PRUNE_EVERY = 2.0, 3600.0  # seconds


def prune(limit: int = BATCH) -> int:
    """Cut off up to `limit` sealed entries older than `AUDIT_KEEP`, from the chain's beginning; how many. None: never.

    The cut says where the chain goes on, and an entry says that it was made.
    """
    if settings.AUDIT_KEEP is None:
        return 0
    with transaction.atomic():
        Head.objects.select_for_update(no_key=True).filter(pk=ONLY).first()
        first = list(Seal.objects.order_by("number")[:limit])
        stays = Entry.objects.filter(pk__in=[s.entry for s in first], at__gte=timezone.now() - settings.AUDIT_KEEP)
        young = set(stays.values_list("pk", flat=True))
        old = first[: next((place for place, s in enumerate(first) if s.entry in young), len(first))]
        if not old:
            return 0
        cut = Cut.objects.create(number=old[-1].number, digest=old[-1].digest)
        with connection.cursor() as cursor:  # the models refuse; the database lets go what the cut covers
            marks = ", ".join(["%s"] * len(old))
            cursor.execute(f"DELETE FROM audit_entry WHERE id IN ({marks})", [s.entry for s in old])  # noqa: S608
            cursor.execute("DELETE FROM audit_seal WHERE number <= %s", [cut.number])
        record("prune", cut, counts={"entries": len(old)})
        return len(old)


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
