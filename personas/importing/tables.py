"""A table out of the bytes of a file, whichever kind it is of."""

import re
from itertools import chain

from personas.importing.csvs import read_csv
from personas.importing.fields import knows
from personas.importing.model import MOST_ROWS, Row, Table, Unreadable
from personas.importing.workbooks import is_workbook, read_workbook

_VALUE = re.compile(r"@|^\s*[+(]?\d[\d\s().:/-]*$")  # an address, a number, a date: no name of a column


def read_table(raw: bytes, *, encoding: str = "", delimiter: str = "") -> Table:
    """The table in a CSV file or a workbook, with a header: columns of one that has none are numbered.

    Raises `Unreadable`, also when its rows are asked for.
    """
    if not raw.strip():
        raise Unreadable("The file is empty.")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("This is a workbook of the old kind (XLS); save it as XLSX or CSV.")
    table = read_workbook(raw) if is_workbook(raw) else read_csv(raw, encoding=encoding, delimiter=delimiter)
    if _is_header(table.header):
        return Table(_named(table.header), table.rows, table.read_as)
    header = [f"column {place}" for place in range(1, len(table.header) + 1)]
    return Table(header, chain([(1, table.header)], table.rows), {**table.read_as, "header": "none"})


def all_rows(table: Table) -> list[tuple[int, Row]]:
    """Every row, each as wide as the header. Raises `Unreadable` where there are none, or too many."""
    width = len(table.header)
    rows: list[tuple[int, Row]] = []
    for number, cells in table.rows:
        if len(rows) == MOST_ROWS:
            raise Unreadable(f"One import takes at most {MOST_ROWS:,} rows; cut the file in two.")
        rows.append((number, (cells + [""] * (width - len(cells)))[:width]))
    if not rows:
        raise Unreadable("The file has a header and no row below it.")
    return rows


def _named(cells: Row) -> Row:
    """The header, each column with a name; empty ones at the end are none."""
    names = [cell.strip()[:200] for cell in cells]
    while names and not names[-1]:
        names.pop()
    return [name or f"column {place}" for place, name in enumerate(names, 1)]


def _is_header(cells: Row) -> bool:
    """Known names make a header; without any, a row in which nothing looks like a value."""
    if any(knows(cell) for cell in cells):
        return True
    return not any(_VALUE.search(cell) for cell in cells if cell.strip())
