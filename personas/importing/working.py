"""Works an import off, a piece of 500 rows in one transaction each: checks, writes, or takes back.

A piece is done, counted and left behind in the same commit, under the lock of its import: whoever dies in the middle
has done nothing, whoever comes next takes the piece that is next, and two at once take turns. A check writes as a run
does and is rolled back, so what it counts is what will be.
"""

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from enrichment.hop import is_away
from enrichment.killpoints import reach
from personas import news
from personas.importing import undoing
from personas.importing.mail.writing import Mailbox
from personas.importing.outcomes import Outcome
from personas.importing.packing import unpacked
from personas.importing.settings import open_questions
from personas.importing.writing import Table
from personas.models import Import, ImportFault, ImportPiece
from personas.records.saving import hold
from salesintel import audit
from salesintel.accounts.models import User
from salesintel.logs import told

logger = logging.getLogger(__name__)

SPELL = 40.0  # seconds that a worker goes on before others have their turn
MOST_ATTEMPTS = 3
STANDS = timedelta(minutes=2)  # after which an import that should go on is rung for again
Status = Import.Status
DUE = (Status.CHECKING, Status.RUNNING, Status.UNDOING)
BROKEN = "Something went wrong on our side with the rows after row {row}. What came before them is in; start it again."


def work(import_id: UUID, *, seconds: float) -> bool:
    """Go on with the import for about `seconds`; whether anything is left."""
    until, desk = time.monotonic() + seconds, _Desk()
    while (row := Import.objects.filter(pk=import_id, status__in=DUE).first()) is not None:
        if not _begun(row):
            return False
        try:
            _piece(import_id, row.position, desk)
        except Exception as error:
            if is_away(error):
                raise
            logger.error("import %s failed at piece %d: %s", import_id, row.position, told(error))
            continue  # it is tried again, until its attempts are used up
        if time.monotonic() > until:
            return Import.objects.filter(pk=import_id, status__in=DUE).exists()
    return False


def _begun(row: Import) -> bool:
    """Count an attempt before it is made, or a piece that kills its worker would do so for ever."""
    if row.attempts >= MOST_ATTEMPTS:
        _broken_off(row)
        return False
    Import.objects.filter(pk=row.pk, position=row.position).update(attempts=F("attempts") + 1, moved=timezone.now())
    return True


@transaction.atomic
def _broken_off(row: Import) -> None:
    was, words = row.status, BROKEN.format(row=row.counts.get("seen", 0))
    now = timezone.now()
    rows = Import.objects.filter(pk=row.pk, status=was, attempts=row.attempts)
    if rows.update(status=Status.FAILED, error=words, attempts=0, finished=now) and was == Status.RUNNING:
        row.status, row.finished = Status.FAILED, now
        news.import_over(row)


class _Desk:
    """What is remembered from piece to piece, and read anew by whoever goes on after a crash."""

    def __init__(self) -> None:
        self.at: tuple[str, int] = ("", 0)
        self.seen: dict[str, int] = {}

    def before(self, row: Import) -> dict[str, int]:
        """Key → row, of all pieces before the one that is next."""
        if self.at != (row.status, row.position):
            self.seen = {}
            for piece in row.importpieces.filter(number__lt=row.position).only("keys").iterator():
                for number, *keys in piece.keys or []:
                    for key in keys:
                        self.seen.setdefault(key, number)
        return self.seen

    def is_at(self, row: Import) -> None:
        self.at = (row.status, row.position)


@transaction.atomic
def _piece(import_id: UUID, position: int, desk: _Desk) -> None:
    """Do the piece at `position`, unless somebody did it meanwhile."""
    hold(User.objects.only("pk").get(pk=Import.objects.values("owner").get(pk=import_id)["owner"]))  # as erasures do
    rows = Import.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    row = rows.get(pk=import_id)
    if row.status not in DUE or row.position != position:
        return
    if row.status == Status.UNDOING:
        if undoing.some(row):
            _moved(row)
        else:
            _end(row, Status.UNDONE)
        return
    piece = row.importpieces.filter(number=position).first()
    if piece is not None:
        outcome = _tried(row, piece, desk) if row.status == Status.CHECKING else _written(row, piece, desk)
        _record(row, piece, outcome)
        row.position += 1
        reach("inside_piece")
    is_last = not row.importpieces.filter(number__gte=row.position).exists()
    if is_last:
        _end(row, Status.READY if row.status == Status.CHECKING else Status.DONE)
    else:
        _moved(row)
    desk.is_at(row)


def _tried(row: Import, piece: ImportPiece, desk: _Desk) -> Outcome:
    """What writing the piece would do. Nothing of it stays."""
    with transaction.atomic():
        outcome = _written(row, piece, desk)
        transaction.set_rollback(True)
    piece.keys = outcome.keys
    piece.save(update_fields=["keys"])
    return outcome


def _written(row: Import, piece: ImportPiece, desk: _Desk) -> Outcome:
    seen = desk.before(row)
    if row.status == Status.CHECKING and open_questions(row):
        return Outcome()  # there is nothing to say yet
    writer = Mailbox(row, seen) if row.kind == Import.Kind.MAILBOX else Table(row, seen)
    return writer.write(unpacked(piece))


def _record(row: Import, piece: ImportPiece, outcome: Outcome) -> None:
    """Count what became of the rows, and keep why some are refused."""
    counts = {name: row.counts.get(name, 0) + count for name, count in outcome.counts.items()}
    row.counts = {**row.counts, **counts, "seen": row.counts.get("seen", 0) + piece.count}
    if outcome.found:
        row.found = outcome.joined(row.found)
    ImportFault.objects.bulk_create(
        ImportFault(
            parent=row, row=each.row, piece=piece.number, place=each.place, is_repeat=each.is_repeat,
            faults=[[fault.column, fault.value, fault.words] for fault in each.faults],
        )
        for each in outcome.refused
    )  # fmt: skip
    if row.status == Status.RUNNING:
        outcome.store_changes(row)


def _moved(row: Import) -> None:
    row.attempts, row.moved = 0, timezone.now()
    row.save(update_fields=["position", "counts", "found", "attempts", "moved"])


def _end(row: Import, status: str) -> None:
    row.status, row.attempts, row.moved = status, 0, timezone.now()
    if status != Status.READY:
        row.finished = timezone.now()
        words = {Status.DONE: "import", Status.UNDONE: "undo"}[Status(status)]
        if status == Status.DONE:
            news.import_over(row)
        audit.record(words, row, counts={name: int(count) for name, count in row.counts.items()}, user=row.owner_id)
    row.save(update_fields=["status", "position", "counts", "found", "attempts", "moved", "finished"])
