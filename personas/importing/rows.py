"""One row of a table as a record: the value of each field, what is wrong, and what makes it the same as another row."""

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from personas.importing import dates, values
from personas.importing.dates import NoDate
from personas.importing.fields import Field, fields_of, folded, words
from personas.importing.model import Fault, Parsed, Reading, Row
from personas.importing.values import NoValue
from personas.zones import zone_of

_UNITS = (("millisecond", 0.001), ("minute", 60), ("hour", 3600))
_FORMULA = re.compile(r"=[^=\s]")
FORMULA = (
    "This is a formula, and none is worked out here; write its value, or an apostrophe before it to keep it as text."
)
MAILS_OF_THEIRS = {"email_sent": "email_replied"}  # a mail that came in


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.fields = [field for name, field in fields_of(reading.kind).items() if name in reading.columns]
        self.zone = zone_of(reading.zone)
        self.finish: Callable[[dict[str, Any], list[Fault]], tuple[str, ...]] = {
            "contacts": _contact,
            "interactions": _interaction,
            "deals": _deal,
        }[reading.kind]

    def read(self, number: int, cells: Row) -> Parsed:
        """The row as it would be written; never raises."""
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        clock = self._clock(cells, faults)
        for field in self.fields:
            place, cell = self._cell(field, cells)
            if not cell or field.kind == "time":
                continue
            if _FORMULA.match(cells[place].strip()):
                faults.append(Fault(self.reading.header[place], cell[:200], FORMULA))
                continue
            try:
                found[field.name] = self._value(field, place, cell, clock)
                if field.kind == "amount" and (code := values.currency_in(cell)):
                    found.setdefault("currency", code)
            except (NoValue, NoDate) as error:
                faults.append(Fault(self.reading.header[place], cell[:200], str(error)))
        if faults:
            return Parsed(number=number, values=found, faults=tuple(faults))
        keys = self.finish(found, faults)
        return Parsed(number=number, values=found, faults=tuple(faults), keys=() if faults else keys)

    def _cell(self, field: Field, cells: Row) -> tuple[int, str]:
        """The first cell of the field's columns that says anything."""
        places = self.reading.columns[field.name]
        for place in places:
            cell = _unescaped(cells[place].strip()) if place < len(cells) else ""
            if cell and cell not in ("-", "—", "null", "NULL", "N/A", "n/a", "#N/A"):
                return place, cell
        return places[0], ""

    def _value(self, field: Field, place: int, cell: str, clock: time | None) -> Any:
        if field.kind == "moment":
            return dates.moment(cell, order=self.reading.date_order.get(place, ""), zone=self.zone, clock=clock)
        if field.kind == "duration":
            return self._seconds(place, cell)
        return values.READERS[field.kind](cell)

    def _seconds(self, place: int, cell: str) -> int:
        if self.reading.source == "pipedrive" and cell.count(":") == 1:
            cell = f"{cell}:00"  # hours and minutes there
        head = folded(self.reading.header[place])
        return values.seconds(cell, unit=next((unit for name, unit in _UNITS if name in head), 1))

    def _clock(self, cells: Row, faults: list[Fault]) -> time | None:
        for field in self.fields:
            if field.kind == "time":
                place, cell = self._cell(field, cells)
                try:
                    return dates.clock_of(cell) if cell else None
                except NoDate as error:
                    faults.append(Fault(self.reading.header[place], cell[:200], str(error)))
        return None


def _unescaped(cell: str) -> str:
    """Without the apostrophe that our own tables put before what a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _contact(found: dict[str, Any], faults: list[Fault]) -> tuple[str, ...]:
    parts = [found.pop(name, "") for name in ("firstName", "lastName")]
    if not found.get("name"):
        found["name"] = " ".join(filter(None, parts))[:200]
    if not found["name"] and not found.get("email"):
        faults.append(Fault("", "", "The row has neither a name nor an address; write one of them."))
        return ()
    if not found["name"]:
        del found["name"]
    keys = [f"id {found['externalId']}"] if found.get("externalId") else []
    if found.get("email"):
        keys.append(f"email {found['email'].casefold()}")
    return tuple(keys) or (_content("contact", found, "name", "company"),)


def _interaction(found: dict[str, Any], faults: list[Fault]) -> tuple[str, ...]:
    if not found.get("contactEmail") and not found.get("contactId"):
        faults.append(Fault("", "", "The row does not say with whom; write the contact's e-mail or id."))
    if not found.get("occurredAt"):
        faults.append(Fault("", "", "The row does not say when; write a date."))
    if faults:
        return ()
    kind = found.setdefault("type", "note")
    if found.get("direction") == "in":
        kind = found["type"] = MAILS_OF_THEIRS.get(kind, kind)
    if kind == "meeting" and found.get("outcome") == "done":
        found["outcome"] = "held"
    if found.get("externalId"):
        return (f"id {found['externalId']}",)
    names = ("contactEmail", "contactId", "occurredAt", "type", "direction", "subject", "body", "duration")
    return (_content("interaction", found, *names),)


def _deal(found: dict[str, Any], faults: list[Fault]) -> tuple[str, ...]:
    if not found.get("name"):
        faults.append(Fault("", "", "The deal has no name; write one."))
    said = {found.get("status", "open"), words("status").get(folded(found.get("stage", "")), "open")}
    found["status"] = next((each for each in ("won", "lost") if each in said), "open")
    if found["status"] == "open":
        found.pop("closedAt", None)  # when it is expected to close: that it did is not said
    elif "closedAt" not in found:
        faults.append(Fault("", "", f"The deal is {found['status']}; write when, in a column for that."))
    else:
        found.setdefault("openedAt", found["closedAt"])
    if faults:
        return ()
    if found.get("externalId"):
        return (f"id {found['externalId']}",)
    return (_content("deal", found, "name", "company", "openedAt", "contactEmail", "contactId"),)


def _content(kind: str, found: dict[str, Any], *names: str) -> str:
    """What stands for the id of a row that has none: what is in it."""
    told = [
        found[name].isoformat() if isinstance(found.get(name), datetime) else str(found.get(name, "")) for name in names
    ]
    return "\x1f".join(("content", kind, *told)).casefold()
