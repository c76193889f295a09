"""Workbooks (XLSX): the first sheet with anything in it, as values. A formula is never worked out.

Of a formula the value is read that the workbook holds; where it holds none, the formula stands there as it is written,
which no field takes.

A workbook is a zip of XML, so it is bounded before it is opened: by what it says it unpacks to, which the zip reader
holds it to. Sheets are read piece by piece; openpyxl parses every other part whole, so those are held to far less.
XML is parsed with defusedxml, which openpyxl takes where it is there.

A shared text costs some 9 µs, so as many as are let in take 2.7 s; 4 MB of styles were measured at 2.8 s and 134 MB.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from defusedxml.ElementTree import fromstring
from openpyxl.reader.excel import load_workbook

from personas.importing.model import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, SPOILT, Row, Table, Unreadable

LARGEST_UNPACKED = 256 * 1024 * 1024  # bytes of all parts
LARGEST_STRINGS = 32 * 1024 * 1024  # bytes of the one part of texts, which is held in memory as a whole
MOST_STRINGS = 300_000  # some 9 µs each; more are read as CSV in a tenth of the time
LARGEST_PART = 4 * 1024 * 1024  # bytes of any other part but a sheet
LARGEST_REST = 16 * 1024 * 1024  # bytes of all of those together
LARGEST_TYPES = 512 * 1024  # bytes of the list of parts
MOST_PARTS = 2_000
MOST_CELLS = 5_000_000
_TYPES, _STRINGS = "[Content_Types].xml", "xl/sharedStrings.xml"
_STRING = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_CHUNK, _OVERLAP = 1024 * 1024, 100  # bytes that are looked at together, and of those before them
_BROKEN = "This is no workbook that we can read; save it as XLSX once more, or as CSV."


def is_workbook(raw: bytes) -> bool:
    """Whether these bytes are a zip with the parts of a workbook."""
    return raw.startswith(b"PK\x03\x04") and any(name.startswith("xl/") for name in _names(raw))


def read_workbook(raw: bytes) -> Table:
    """The table of the first sheet that has any. Raises `Unreadable`, also when its rows are asked for."""
    _bounded(raw)
    try:
        values = _sheets(raw, data_only=True)
        formulas = _sheets(raw, data_only=False) if _has_formulas(raw) else [None] * len(values)
    except SPOILT as error:
        raise Unreadable(_BROKEN) from error
    for sheet, formula in zip(values, formulas, strict=True):
        records = _records(sheet, formula)
        header = next(records, None)
        if header is not None:
            return Table(header[1], records, {"sheet": str(sheet.title)[:60]})
    raise Unreadable("The workbook has no row with anything in it.")


def _sheets(raw: bytes, *, data_only: bool) -> list[Any]:
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=data_only, keep_links=False)
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)


def _has_formulas(raw: bytes) -> bool:
    """Whether a sheet has any: only then all of it is read twice."""
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        return any(_is_found(parts, name) for name in parts.namelist() if _is_sheet(name))


def _is_found(parts: zipfile.ZipFile, name: str) -> bool:
    end = b""
    with parts.open(name) as part:
        while chunk := part.read(_CHUNK):
            if _FORMULA.search(end + chunk):
                return True
            end = chunk[-_OVERLAP:]
    return False


def _rows(sheet: Any, formulas: Any) -> Iterator[Sequence[Any]]:
    """The values of each row; for a formula without one the formula."""
    sheet.reset_dimensions()  # what the file says of its size is not believed
    if formulas is None:
        yield from sheet.iter_rows(values_only=True)
        return
    formulas.reset_dimensions()
    for values, told in zip(sheet.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True):
        yield [
            getattr(formula, "text", formula) if value is None else value  # a matrix of formulas is no plain text
            for value, formula in zip(values, told, strict=True)
        ]


def _records(sheet: Any, formulas: Any) -> Iterator[tuple[int, Row]]:
    cells = 0
    try:
        for number, values in enumerate(_rows(sheet, formulas), 1):
            cells += len(values)
            _check_size(number, cells)
            row = [_text(value) for value in values[:MOST_COLUMNS]]
            if any(row):
                yield number, row
    except Unreadable:
        raise
    except SPOILT as error:
        raise Unreadable(_BROKEN) from error


def _check_size(rows: int, cells: int) -> None:
    if rows > MOST_ROWS * 2 or cells > MOST_CELLS:
        raise Unreadable(f"The sheet has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells; cut it in two.")


def _text(value: Any) -> str:
    """A cell as text: dates as ISO 8601, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dt.datetime():
            return value.isoformat(sep=" ", timespec="seconds") if value.time() != dt.time() else str(value.date())
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return str(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
    return str(value).replace("\0", "").strip()[:LONGEST_CELL]


def _names(raw: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            return parts.namelist()[: MOST_PARTS + 1]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return []


def _bounded(raw: bytes) -> None:
    """Raises `Unreadable` for what would fill the memory, or take long to parse."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            sizes = {part.filename: part.file_size for part in parts.infolist()}
            _check_parts(sizes)
            if _STRINGS in sizes:
                _check_strings(parts.read(_STRINGS))
            listed = fromstring(parts.read(_TYPES)) if _TYPES in sizes else ()
            named = [(each.get("PartName", ""), each.get("ContentType", "")) for each in listed]
    except Unreadable:
        raise
    except SPOILT as error:
        raise Unreadable(_BROKEN) from error
    if any(_is_sheet(name.lstrip("/")) and not kind.endswith(".worksheet+xml") for name, kind in named):
        raise Unreadable(_BROKEN)  # what is no sheet, and would be parsed whole, under the name of one


def _check_parts(sizes: dict[str, int]) -> None:
    if len(sizes) > MOST_PARTS or sum(sizes.values()) > LARGEST_UNPACKED:
        raise Unreadable(f"The workbook unpacks to more than {LARGEST_UNPACKED:,} bytes; save it as CSV.")
    if sizes.get(_STRINGS, 0) > LARGEST_STRINGS:
        raise Unreadable(f"The workbook holds more than {LARGEST_STRINGS:,} bytes of text; save it as CSV.")
    rest = [size for name, size in sizes.items() if name != _STRINGS and not _is_sheet(name)]
    if max(rest, default=0) > LARGEST_PART or sum(rest) > LARGEST_REST or sizes.get(_TYPES, 0) > LARGEST_TYPES:
        raise Unreadable("The workbook holds too much beside its sheets, as styles or pictures; save it as CSV.")


def _check_strings(xml: bytes) -> None:
    if sum(1 for _ in _STRING.finditer(xml)) > MOST_STRINGS:
        raise Unreadable(f"The workbook holds more than {MOST_STRINGS:,} different texts; save it as CSV.")


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and not name.startswith("xl/worksheets/_rels/")
