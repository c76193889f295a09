"""Seals entries into a chain.

Writers never stand in line: an entry is written with its change, and the chain goes on behind them, a batch at a time,
under the lock of the one row that says where it ends. Every seal holds the digest of its entry and of the seal before
it, so whoever changes, removes or reorders a row has to make all later seals anew. The end is signed with a key that
the database does not have; and each batch's digest is logged, for whoever keeps logs elsewhere.

An entry is safe from the moment it is sealed, which the watchdog does every two seconds.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from salesintel.audit.models import Cut, Entry, Head, Seal
from salesintel.audit.recording import record
from salesintel.audit.signing import Forged, is_signed, sign

logger = logging.getLogger(__name__)

BATCH = 500
# No transaction lasts so long. Ids are given at once and seen at the commit, so a smaller one may still turn up.
LONGEST_TRANSACTION = timedelta(minutes=15)
ONLY = 1  # the head's row


def seal(limit: int = BATCH) -> int:
    """Seal up to `limit` entries; how many it was. One transaction. Raises `Forged`."""
    if not _waiting(Head.objects.filter(pk=ONLY).first() or Head()).exists():
        return 0  # a look without the lock; nearly always there is nothing to do
    with transaction.atomic():
        head = locked_head()
        entries = list(_waiting(head).order_by("pk")[:limit])
        seals = list(_next(head, entries))
        if seals:
            Seal.objects.bulk_create(seals)
            head.settled = _settled(head)
            sign(head)
            head.save()
            logger.info("audit log sealed up to %d: %s", head.number, head.digest)
    return len(seals)


def locked_head() -> Head:
    """The head, for whoever goes on from it, in their transaction. Raises `Forged` where it is not as it was left.

    What an older version sealed without signing follows from what was signed, or is not accepted.
    """
    head = Head.objects.select_for_update(no_key=True).filter(pk=ONLY).first()
    if head is None or not is_signed(head):
        raise Forged("no key of this installation signed where the audit log begins and ends")
    if last_cut().number != head.begins:
        raise Forged("the audit log was cut off by somebody else")
    before, number = head.signed_digest, head.signed
    for one in Seal.objects.filter(number__gt=head.signed).order_by("number").iterator(BATCH):
        number += 1
        if one.number != number or link(before, number, one.content) != one.digest:
            raise Forged(f"seal {number} does not follow from what was signed")
        before = one.digest
    if (number, before) != (head.number, head.digest):
        raise Forged("the audit log does not end where its head says")
    return head


@transaction.atomic
def sign_anew() -> None:
    """Sign the head though no key of ours did; for whoever lost them, and has looked at all of it. Recorded."""
    head = Head.objects.select_for_update(no_key=True).get(pk=ONLY)
    sign(head)
    head.save()
    record("sign anew", head)


def last_cut() -> Cut:
    """Where the chain begins; an unsaved one with number 0 where nothing was cut off yet."""
    return Cut.objects.order_by("-number").first() or Cut(number=0, digest="")


@transaction.atomic
def resign() -> None:
    """Sign the head with the first key of the ring. Raises `Forged`."""
    head = locked_head()
    sign(head)
    head.save()


def unsealed() -> QuerySet[Entry]:
    """Entries without a seal."""
    found: QuerySet[Entry] = Entry.objects.filter(~Exists(Seal.objects.filter(entry=OuterRef("pk"))))
    return found


def _waiting(head: Head) -> QuerySet[Entry]:
    return unsealed().filter(pk__gt=head.settled)


def _next(head: Head, entries: Sequence[Entry]) -> Iterator[Seal]:
    for entry in entries:
        content = content_of(entry)
        head.number, head.digest = head.number + 1, link(head.digest, head.number + 1, content)
        yield Seal(number=head.number, entry=entry.pk, content=content, digest=head.digest)


def _settled(head: Head) -> int:
    """The greatest id below which nothing can turn up any more."""
    old = Entry.objects.filter(pk__gt=head.settled, at__lt=timezone.now() - LONGEST_TRANSACTION)
    first = (old & unsealed()).order_by("pk").values_list("pk", flat=True).first()
    if first is not None:
        return int(first) - 1
    return int(old.aggregate(last=Max("pk"))["last"] or head.settled)


def content_of(entry: Entry) -> str:
    """SHA-256 of all that an entry says, in hex."""
    said = {
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "key": entry.key_prefix,
        "via": str(entry.via),
        "action": entry.action,
        "model": entry.model,
        "object": entry.object_id,
        "fields": entry.fields,
        "counts": entry.counts,
        "request": entry.request_id,
        "run": entry.run,
    }
    return _digest(said)


def link(before: str, number: int, content: str) -> str:
    """The digest of seal `number`, which goes on from the digest `before`."""
    return _digest([before, number, content])


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
