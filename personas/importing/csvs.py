"""CSV as programs write it: the delimiter is guessed, quoted cells may go over lines."""

import csv
import io
from collections.abc import Iterator

from personas.importing.decoding import decoded
from personas.importing.model import LONGEST_CELL, MOST_COLUMNS, Row, Table, Unreadable

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_LOOKED_AT = 20  # lines by which the delimiter is guessed
_HEAD = 64 * 1024  # characters in which they stand

_LONGEST_FIELD = 1024 * 1024  # characters: a mail in a cell is longer than the library thinks a cell can be


def read_csv(raw: bytes, *, encoding: str = "", delimiter: str = "") -> Table:
    """The table of a CSV file; `encoding` and `delimiter` (by name) as a person tells them. Raises `Unreadable`.

    Rows are read as they are asked for, which may raise `Unreadable`, too.
    """
    text, told = decoded(raw, encoding=encoding)
    if delimiter and delimiter not in DELIMITERS:
        raise Unreadable(f"“{delimiter[:20]}” is no delimiter; choose one of {', '.join(DELIMITERS)}.")
    name = delimiter or _guessed(text[:_HEAD])
    records = _records(text, DELIMITERS[name])
    header = next(records, None)
    if header is None:
        raise Unreadable("The file has no line with anything in it.")
    return Table(header[1], records, {"encoding": told, "delimiter": name})


def _records(text: str, mark: str) -> Iterator[tuple[int, Row]]:
    """(number of its first line, cells) of every record that is not blank."""
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))  # of the whole process: never made less
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"Line {line} is no CSV: {error}.") from error


def _guessed(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns, and into as many in each."""
    lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    counts = {name: [_outside_quotes(line, mark) for line in lines] for name, mark in DELIMITERS.items()}

    def worth(name: str) -> tuple[int, int]:
        first = counts[name][:1]
        return min(counts[name], default=0), first[0] if first else 0

    return max(DELIMITERS, key=worth)  # of equals the first: a comma


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])
