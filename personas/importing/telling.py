"""An import as it is told: how it is read, what its first rows would be, how far it is, what is wrong."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from personas.importing import presets
from personas.importing.fields import PRESETS, fields_of
from personas.importing.mail.letters import moment_of
from personas.importing.outcomes import COUNTED
from personas.importing.packing import unpacked
from personas.importing.rows import RowReader
from personas.importing.settings import as_options, open_questions, reading_of
from personas.models import Import, ImportFault

SHOWN = 20  # rows of a preview
MOST_FOUND = 200  # unknown people of a mailbox
Status = Import.Status


def brief(row: Import) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "status": row.status,
        "fileName": row.name,
        "rows": row.rows,
        "progress": progress(row),
        "counts": {name: row.counts.get(name, 0) for name in (*COUNTED, "undone", "kept")},
        "createdAt": row.created,
        "startedAt": row.started,
        "finishedAt": row.finished,
        "error": row.error or None,
    }


def told(row: Import) -> dict[str, Any]:
    """All that is known of it, with its first rows as they would be read."""
    return {
        **brief(row),
        "source": row.source,
        "readAs": row.read_as,
        "questions": open_questions(row) if row.status in (Status.CHECKING, Status.READY) else [],
        "columns": columns(row),
        "fields": [{"name": each.name, "label": each.label} for each in _fields(row).values()],
        "options": as_options(row),
        "presets": [*PRESETS, *presets.names_of(row)] if row.kind != Import.Kind.MAILBOX else [],
        "preview": preview(row),
        "unknownPeople": unknown(row),
        "mailsLeftOut": {"lists": row.counts.get("lists", 0), "strangers": row.counts.get("strangers", 0)},
        "contactsMade": row.counts.get("contacts", 0),
        "canUndo": can_undo(row),
        "fileDeletedAt": row.file_gone,
    }


def progress(row: Import) -> int:
    """Per cent of its rows that are checked or written."""
    if row.status in (Status.READY, Status.DONE, Status.UNDONE):
        return 100
    return min(100 * row.counts.get("seen", 0) // row.rows, 99) if row.rows else 0


def can_undo(row: Import) -> bool:
    return (
        row.started is not None
        and row.status in (Status.DONE, Status.CANCELLED, Status.FAILED)
        and row.importchanges.filter(kept="").exists()
    )


def columns(row: Import) -> list[dict[str, Any]]:
    """Each column with the field that it is read as, None for none, and how sure that was."""
    fields = {place: name for name, places in row.columns.items() for place in places}
    return [
        {"name": name, "field": fields.get(place), "score": row.scores.get(str(place)) if place in fields else None}
        for place, name in enumerate(row.header or [])
    ]


def preview(row: Import) -> list[dict[str, Any]]:
    """The first rows: `{row, values: {field: text}, errors: [{column, value, message}]}`."""
    piece = row.importpieces.filter(number=0).first()
    if piece is None:
        return []
    rows = unpacked(piece)[:SHOWN]
    if row.kind == Import.Kind.MAILBOX:
        return [_letter(number, letter, row.options.get("own", [])) for number, letter in rows]
    reader = RowReader(reading_of(row))
    found = [reader.read(number, cells) for number, cells in rows]
    return [
        {
            "row": each.number,
            "values": {name: in_words(value) for name, value in each.values.items()},
            "errors": [{"column": f.column, "value": f.value, "message": f.words} for f in each.faults],
        }
        for each in found
    ]


def _letter(number: int, letter: dict[str, Any], own: Sequence[str]) -> dict[str, Any]:
    values = {
        "occurredAt": in_words(moment_of(letter)),
        "direction": ("out" if letter["sender"][0] in own else "in") if own else "",
        "from": letter["sender"][0],
        "to": ", ".join(address for address, _ in letter["others"]),
        "subject": letter["subject"],
    }
    return {"row": number, "values": values, "errors": []}


def unknown(row: Import) -> list[dict[str, Any]]:
    """Of a mailbox: who is no contact, those with the most mails first."""
    found = sorted((row.found or {}).items(), key=lambda each: (-each[1][1] - each[1][2], each[0]))
    return [
        {"email": address, "name": name, "sent": sent, "received": received}
        for address, (name, sent, received) in found[:MOST_FOUND]
    ]


def errors_of(faults: Sequence[ImportFault]) -> list[dict[str, Any]]:
    """One for each thing that is wrong."""
    return [
        {"row": each.row, "column": column, "value": value, "message": words, "isRepeat": each.is_repeat}
        for each in faults
        for column, value, words in each.faults
    ]


def bad_rows(row: Import) -> Iterator[dict[str, str]]:
    """The rows that were not taken, as they stand in the file, each with what is wrong: to mend and send again."""
    faults: dict[int, dict[int, ImportFault]] = {}
    for fault in row.importfaults.all():
        faults.setdefault(fault.piece, {})[fault.place] = fault
    for number in sorted(faults):
        piece = row.importpieces.filter(number=number).first()
        rows = unpacked(piece) if piece else []
        for place, fault in sorted(faults[number].items()):
            if place < len(rows):
                yield {**_cells(row, rows[place][1]), ROW: str(fault.row), WRONG: _wrong(fault)}


ROW, WRONG = "Row in the file", "What is wrong"


def head_of(row: Import) -> list[str]:
    """The columns of `bad_rows`: those of the file, then ours."""
    own = ["Date", "From", "Subject"] if row.kind == Import.Kind.MAILBOX else _unique(row.header)
    return [*own, ROW, WRONG]


def _cells(row: Import, cells: Any) -> dict[str, str]:
    if row.kind == Import.Kind.MAILBOX:
        return {"Date": cells["at"], "From": cells["sender"][0], "Subject": cells["subject"]}
    return dict(zip(_unique(row.header), cells, strict=True))


def _unique(header: Sequence[str]) -> list[str]:
    """A column that is called like one before it gets its number, for no cell may be lost."""
    return [
        name if name not in [*header[:place], ROW, WRONG] else f"{name} ({place + 1})"
        for place, name in enumerate(header)
    ]


def _wrong(fault: ImportFault) -> str:
    return " ".join(f"{column}: {words}" if column else words for column, _, words in fault.faults)


def in_words(value: Any) -> str:
    match value:
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case Decimal():
            return f"{value:f}"
        case tuple():
            return ", ".join(map(str, value))
    return "" if value is None else str(value)[:500]


def _fields(row: Import) -> dict[str, Any]:
    return fields_of(row.kind) if row.kind != Import.Kind.MAILBOX else {}
