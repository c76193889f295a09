"""A file is taken in: read once, cut into pieces, kept encrypted; its columns are guessed. Nothing is written yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from personas.importing.dates import evidence
from personas.importing.fields import PRESETS, TABLES
from personas.importing.guessing import Guess, columns_of, guesses, preset_of
from personas.importing.mail.boxes import is_mailbox, messages
from personas.importing.mail.letters import letter_of
from personas.importing.mail.threading import roots
from personas.importing.model import LARGEST, InvalidChoice, Row, Unreadable
from personas.importing.packing import Numbered, store
from personas.importing.presets import columns_by_name
from personas.importing.tables import all_rows, read_table
from personas.models import Import, ImportPreset
from salesintel import audit
from salesintel.accounts.models import User

_SAMPLE = 50  # rows by which columns are guessed
MOST_WAITING = 20  # imports of one person that are neither done nor left
_WAITING = (Import.Status.CHECKING, Import.Status.READY, Import.Status.RUNNING, Import.Status.UNDOING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was sent, with what was said of it. `preset`: hubspot, … or the name of one's own; "" to guess."""

    raw: bytes
    name: str = ""
    kind: str = ""  # "": a mailbox where it is one
    preset: str = ""
    encoding: str = ""
    delimiter: str = ""


def take_in(upload: Upload, *, user: User) -> Import:
    """Keep the file and guess how it is read. Raises `Unreadable` and `InvalidChoice`."""
    if len(upload.raw) > LARGEST:
        raise Unreadable(f"A file may have at most {LARGEST:,} bytes; cut it in two.")
    if Import.objects.filter(owner=user, status__in=_WAITING).count() >= MOST_WAITING:
        raise Unreadable(f"You have {MOST_WAITING} imports that wait; start or cancel some of them first.")
    kind = _kind(upload)
    zone = user.time_zone or "UTC"
    row = Import(owner=user, kind=kind, name=upload.name[:200], size=len(upload.raw), options={"zone": zone})
    rows = _letters(row, upload, user) if kind == Import.Kind.MAILBOX else _table(row, upload, user)
    row.rows = len(rows)
    with transaction.atomic():
        row.save()
        store(row, rows)
        audit.record("upload", row, counts={"rows": row.rows})
    return row


def _kind(upload: Upload) -> str:
    """What stands in it; what is mail is read as mail, whatever was said. Raises `InvalidChoice`."""
    if upload.kind and upload.kind not in Import.Kind.values:
        words = f"“{upload.kind[:40]}” is no kind; choose one of {', '.join(Import.Kind.values)}."
        raise InvalidChoice({"kind": [words]})
    if upload.kind == Import.Kind.MAILBOX or is_mailbox(upload.raw, upload.name):
        return Import.Kind.MAILBOX
    if upload.kind:
        return upload.kind
    raise InvalidChoice({"kind": [f"Say what stands in it: {', '.join(TABLES)}."]})


# --- Tables -----------------------------------------------------------------------------------------------------------


def _table(row: Import, upload: Upload, user: User) -> list[Numbered]:
    """The rows of the table; sets on `row` how they are read. Raises `Unreadable` and `InvalidChoice`."""
    table = read_table(upload.raw, encoding=upload.encoding, delimiter=upload.delimiter)
    rows = all_rows(table)
    cells = [each for _, each in islice(rows, _SAMPLE)]
    row.header, row.read_as = table.header, table.read_as
    _guess(row, cells, upload.preset, user)
    orders = {place: evidence(each[place] for _, each in rows).order for place in range(len(table.header))}
    row.orders = {str(place): order for place, order in orders.items() if order != ""}
    return [[number, each] for number, each in rows]


def _guess(row: Import, sample: Sequence[Row], preset: str, user: User) -> None:
    own = ImportPreset.objects.filter(owner=user, kind=row.kind, name=preset).first() if preset else None
    if preset and preset not in PRESETS and own is None:
        raise InvalidChoice({"preset": [f"There is no preset “{preset[:40]}”; there are {', '.join(PRESETS)}."]})
    found: list[Guess]
    if own is not None:
        row.columns, row.source = columns_by_name(own.columns, row.header), own.source
        row.options = {**row.options, **own.options}
        found = [Guess(name, place, 1.0) for name, places in row.columns.items() for place in places]
    else:
        known = preset or preset_of(row.kind, row.header)
        found = guesses(row.kind, row.header, sample, preset=known)
        row.columns, row.source = columns_of(found), known or "file"
    row.scores = {str(guess.place): guess.score for guess in found}


# --- Mailboxes --------------------------------------------------------------------------------------------------------


def _letters(row: Import, upload: Upload, user: User) -> list[Numbered]:
    """The letters of the mailbox, each with the name of its thread. Raises `Unreadable`."""
    letters = [letter_of(each).as_json() for each in messages(upload.raw)]
    threads = roots((each["id"], each["references"]) for each in letters)
    row.source, row.read_as = "mailbox", {}
    if upload.kind in TABLES:
        row.read_as = {"kind": f"mailbox, not {upload.kind}"}
    row.options = {**row.options, "own": [user.email.lower()] if user.email else []}
    found: list[Numbered] = []
    for number, letter in enumerate(letters, 1):
        chain = [*letter["references"][:1], letter["id"]]
        letter["thread"] = next((threads[each] for each in chain if each in threads), "")
        found.append([number, letter])
    return found
