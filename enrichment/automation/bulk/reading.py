"""A file of companies, as spreadsheets write them: its encoding, delimiter and columns are guessed, and told.

Pure. Every cell is text: what would be a formula to a spreadsheet is none here.
"""

import codecs
import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from enrichment.automation.bulk.model import FIELDS, LONGEST_CELL, MOST_LINES, Entry, Listed, UnreadableList
from enrichment.naming.domains import registrable_domain

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 20  # records by which delimiter and columns are guessed
MOST_COLUMNS = 200
LONGEST_READ = 131_072  # characters; a quote that is never closed makes one cell of all that follows
ROOT = 4  # letters in which a head is like a known one: “Firmenbezeichnung”, “Firma”
# How columns are called, folded: no case, accents or punctuation.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "company", "company name", "account", "account name", "organization", "organisation", "customer",
        "organization name", "organisation name", "business name", "firma", "firmenname", "unternehmen", "kunde",
        "societe", "entreprise", "empresa", "azienda", "bedrijf",
    ),
    "domain": (
        "domain", "company domain", "website", "web site", "company website", "url", "company url", "homepage", "web",
        "site", "webseite", "internet", "site web", "sitio web", "email domain", "domaene",
    ),
    "externalId": (
        "external id", "externalid", "id", "account id", "accountid", "company id", "crm id", "record id",
        "salesforce id", "hubspot id", "customer id", "kundennummer", "reference", "ref",
    ),
}  # fmt: skip


def read_table(raw: bytes, *, chosen: Mapping[str, str] | None = None) -> Listed:
    """The companies of a CSV file. `chosen`: field → the column that it is to be read from, by header or number.

    Without `chosen` columns are told by their headers, else by what is in them. Raises `UnreadableList`.
    """
    text = decoded(raw)
    records = list(_records(text))
    if not records:
        raise UnreadableList("The file has no line with anything in it.")
    header, columns = _columns([cells for _, cells in records[:LOOKED_AT]], dict(chosen or {}))
    body = records[1:] if header else records
    entries = tuple(_entry(line, cells, columns, header) for line, cells in body if any(cell.strip() for cell in cells))
    if not entries:
        raise UnreadableList("The file has a header and no company below it.")
    if len(entries) > MOST_LINES:
        raise UnreadableList(f"The file has {len(entries)} companies; one bulk takes at most {MOST_LINES}.")
    return Listed(entries=entries, columns=_told(columns, header))


def decoded(raw: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or, where it is neither, Windows-1252: Latin-1 and a little more."""
    for mark, name in MARKS:
        if raw.startswith(mark):
            return _clean(raw.decode(name, "replace"))
    if len(raw) > 1 and b"\0" in raw[:200]:  # UTF-16 without its mark: every other byte of ASCII is zero
        return _clean(raw.decode("utf-16-be" if raw[0] == 0 else "utf-16-le", "replace"))
    try:
        return _clean(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _clean(raw.decode("cp1252", "replace"))


def _clean(text: str) -> str:
    return text.replace("\0", "")


# --- Records ----------------------------------------------------------------------------------------------------------


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of every record that is not blank. Raises `UnreadableList`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    line = 1
    try:
        for cells in reader:
            _bound(cells)
            if any(cell.strip() for cell in cells):
                yield line, cells[:MOST_COLUMNS]
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableList(f"Line {line} is no CSV: {error}.") from error


def _bound(cells: list[str]) -> None:
    if max(map(len, cells), default=0) > LONGEST_READ:
        raise csv.Error(f"a cell has more than {LONGEST_READ} characters")


def _delimiter(text: str) -> str:
    """Of the usual ones the one that cuts the first records into the most columns, as many in each."""
    first = [line for line in text.splitlines()[: LOOKED_AT * 2] if line.strip()][:LOOKED_AT]
    counts = {mark: [_outside_quotes(line, mark) for line in first] for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (min(counts[mark], default=0), counts[mark][:1], -DELIMITERS.index(mark)))


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


# --- Columns ----------------------------------------------------------------------------------------------------------


def _columns(records: Sequence[list[str]], chosen: Mapping[str, str]) -> tuple[list[str] | None, dict[str, int]]:
    """The header, None where there is none, and the place of each field's column. Raises `UnreadableList`."""
    header = records[0] if _is_header(records[0]) or chosen.keys() & set(FIELDS) else None
    columns = _by_header(header) if header else _by_content(records)
    for field, column in chosen.items():
        columns[field] = _place(column, header or records[0])
    if header and not {"name", "domain"} & columns.keys() and len(records) > 1:
        columns |= _by_content(records[1:])
    if not {"name", "domain"} & columns.keys():
        raise UnreadableList("No column names companies: call one “name” or “domain”, or say which one does.")
    return header, columns


def _is_header(cells: Iterable[str]) -> bool:
    known = {word for words in HEADERS.values() for word in words}
    return any(_folded(cell) in known for cell in cells)


def _by_header(cells: Sequence[str]) -> dict[str, int]:
    """Field → place of the column whose header is the most usual for it."""
    found: dict[str, int] = {}
    folded = [_folded(cell) for cell in cells]
    for field, words in HEADERS.items():
        place = next((folded.index(word) for word in words if word in folded), None)
        if place is not None and place not in found.values():
            found[field] = place
    return found


def _by_content(records: Sequence[list[str]]) -> dict[str, int]:
    """The column with the most domains, and the first of the others that holds words."""
    width = max(len(cells) for cells in records)
    columns = [[cells[place] for cells in records if place < len(cells)] for place in range(width)]
    domains = [sum(_is_domain(cell) for cell in cells) for cells in columns]
    found: dict[str, int] = {}
    if max(domains) * 2 >= len(records):
        found["domain"] = domains.index(max(domains))
    for place, cells in enumerate(columns):
        if place not in found.values() and sum(any(c.isalpha() for c in cell) for cell in cells) * 2 > len(cells):
            found["name"] = place
            break
    return found


def _is_domain(cell: str) -> bool:
    return "." in cell and registrable_domain(cell.strip()) is not None


def _place(column: str, cells: Sequence[str]) -> int:
    """The place of the column that is called so, or has that number from 1. Raises `UnreadableList`."""
    names = [cell.strip().casefold() for cell in cells]
    if column.strip().casefold() in names:
        return names.index(column.strip().casefold())
    if re.fullmatch(r"[0-9]{1,3}", column) and 1 <= int(column) <= len(cells):
        return int(column) - 1
    raise UnreadableList(f"There is no column “{column[:60]}”; there are {', '.join(cells)[:300]}.")


def meant(word: str) -> str | None:
    """The field that a column, or a caller's own field, is likely called for: “Firmenbezeichnung” for the name."""
    folded = _folded(word)
    known = {each: field for field, words in HEADERS.items() for each in words}
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.8)
    if near:
        return known[near[0]]
    alike = [field for each, field in known.items() if len(each) >= ROOT and folded[:ROOT] == each[:ROOT]]
    return alike[0] if alike else None


def _folded(cell: str) -> str:
    plain = unicodedata.normalize("NFKD", cell).casefold()
    return " ".join(re.sub(r"[^\w]+|_", " ", "".join(c for c in plain if not unicodedata.combining(c))).split())


def _told(columns: Mapping[str, int], header: Sequence[str] | None) -> dict[str, str]:
    """Field → its column's header as it is written; its number where there is no header."""
    return {
        field: (header[place].strip() if header and header[place].strip() else f"column {place + 1}")
        for field, place in sorted(columns.items())
    }


def _entry(line: int, cells: Sequence[str], columns: Mapping[str, int], header: Sequence[str] | None) -> Entry:
    def of(field: str) -> str:
        place = columns.get(field)
        return plain(cells[place]) if place is not None and place < len(cells) else ""

    entry = Entry(line=line, name=of("name"), domain=of("domain"), external_id=of("externalId"))
    if entry.name or entry.domain or header is None:
        return entry
    return replace(entry, reason=_why_blank(header, cells, columns))


def _why_blank(header: Sequence[str], cells: Sequence[str], columns: Mapping[str, int]) -> str:
    """Which column was left unread though the line says something there; "" where it says nothing at all."""
    unread = [place for place, cell in enumerate(cells) if cell.strip() and place not in columns.values()]
    called = [plain(header[place]) for place in unread if place < len(header) and header[place].strip()]
    if not called:
        return ""
    word = next((each for each in called if meant(each) not in (None, *columns)), called[0])
    field = meant(word)
    tail = f"; did you mean {field}? Choose it with {field}Column." if field else "; choose it with nameColumn."
    return f"The line has no name and no domain. Column “{word[:60]}” is not one I know{tail}"


def plain(cell: str) -> str:
    """One cell as it is kept: on one line, bounded, without the apostrophe that tables put before a formula."""
    text = " ".join(cell.split())[:LONGEST_CELL]
    return text[1:] if re.match(r"'[=+\-@]", text) else text
