"""What a person says of a file, checked: which column is which field, how dates are meant, whose mailbox it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personas.importing import dates
from personas.importing.fields import fields_of
from personas.importing.guessing import lacking
from personas.importing.model import InvalidChoice, Reading
from personas.importing.values import NoValue, email
from personas.models import Import
from personas.zones import is_zone

MOST_ADDRESSES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was said; None: nothing about that. Columns by their names or numbers from 1, "" for no column."""

    columns: Mapping[str, Sequence[str]] | None = None
    date_order: str | None = None  # of every column whose dates do not show it
    time_zone: str | None = None
    own_addresses: Sequence[str] | None = None
    make_contacts: bool | Sequence[str] | None = None  # of unknown people: all, none, or these addresses
    save_as: str = field(default="")


def apply(row: Import, choice: Choice) -> None:
    """Set what was said on `row`, unsaved. Raises `InvalidChoice` with what is wrong by field."""
    errors: dict[str, list[str]] = {}
    if choice.columns is not None:
        try:
            row.columns = {**row.columns, **_columns(row, choice.columns)}
            row.columns = {name: places for name, places in row.columns.items() if places}
        except InvalidChoice as error:
            errors |= error.errors
    options = dict(row.options)
    if choice.date_order is not None:
        if choice.date_order not in dates.ORDERS:
            errors["dateOrder"] = ["Say dmy where the day stands first, mdy where the month does."]
        options["date_order"] = choice.date_order
    if choice.time_zone is not None:
        if not is_zone(choice.time_zone):
            errors["timeZone"] = [f"“{choice.time_zone[:40]}” is no time zone; write Europe/Berlin."]
        options["zone"] = choice.time_zone
    if choice.own_addresses is not None:
        options["own"] = _addresses(choice.own_addresses, "ownAddresses", errors)
    if choice.make_contacts is not None:
        chosen = choice.make_contacts
        options["make"] = chosen if isinstance(chosen, bool) else _addresses(chosen, "makeContacts", errors, most=5_000)
    if errors:
        raise InvalidChoice(errors)
    row.options = options


def open_questions(row: Import) -> list[str]:
    """What has to be answered before anything is written, as sentences."""
    if row.kind == Import.Kind.MAILBOX:
        return [] if row.options.get("own") else [WHOSE]
    return [*lacking(row.kind, row.columns), *([_DATES] if asks_for_order(row) else [])]


WHOSE = "Say which e-mail addresses are yours: by them it is told who wrote to whom. Over the API, send ownAddresses."
_DATES = "Say whether 03/04 is the 3rd of April (dmy) or the 4th of March (mdy): the dates do not show it."


def asks_for_order(row: Import) -> bool:
    return bool(undecided(row)) and not row.options.get("date_order")


def undecided(row: Import) -> list[int]:
    """Columns of moments whose dates do not show whether the day or the month stands first."""
    moments = [name for name, each in fields_of(row.kind).items() if each.kind == "moment"]
    places = [place for name in moments for place in row.columns.get(name, [])]
    return [place for place in places if row.orders.get(str(place), "") is None]


def reading_of(row: Import) -> Reading:
    """How the rows of a table are read now."""
    said = row.options.get("date_order", "")
    return Reading(
        kind=row.kind,
        columns={name: tuple(places) for name, places in row.columns.items()},
        header=row.header,
        date_order={place: row.orders.get(str(place)) or said for place in range(len(row.header))},
        zone=row.options.get("zone", "UTC"),
        source=row.source,
    )


def _columns(row: Import, said: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    errors: dict[str, list[str]] = {}
    found: dict[str, list[int]] = {}
    known = fields_of(row.kind) if row.kind != Import.Kind.MAILBOX else {}
    for name, columns in said.items():
        if name not in known:
            errors[f"columns.{name[:40]}"] = [f"There is no such field; there are {', '.join(known) or 'none'}."]
            continue
        places = [_place(row.header, column) for column in columns if column.strip()]
        if None in places:
            errors[f"columns.{name}"] = [f"There is no such column; there are {', '.join(row.header)[:300]}."]
        found[name] = [place for place in places if place is not None]
    if errors:
        raise InvalidChoice(errors)
    return found


def _place(header: Sequence[str], column: str) -> int | None:
    """The place of the column that is called so, or has that number from 1."""
    names = [name.casefold() for name in header]
    if column.strip().casefold() in names:
        return names.index(column.strip().casefold())
    if column.isascii() and column.isdigit() and len(column) < 4 and 1 <= int(column) <= len(header):
        return int(column) - 1
    return None


def _addresses(
    given: Sequence[str], name: str, errors: dict[str, list[str]], *, most: int = MOST_ADDRESSES
) -> list[str]:
    found: list[str] = []
    for address in given[: most + 1]:
        try:
            found.append(email(address).lower())
        except NoValue:
            errors.setdefault(name, []).append(f"“{address[:80]}” is no e-mail address; write dana@acme.com.")
    if len(given) > most:
        errors.setdefault(name, []).append(f"Give at most {most}.")
    return sorted(set(found))


def as_options(row: Import) -> dict[str, Any]:
    """What was said, as it is told."""
    return {
        "dateOrder": row.options.get("date_order"),
        "timeZone": row.options.get("zone"),
        "ownAddresses": row.options.get("own", []),
        "makeContacts": row.options.get("make", False),
    }
