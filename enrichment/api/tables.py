"""Tables as CSV: what a spreadsheet opens, and nothing that it would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

RUNS = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is a formula to a spreadsheet


def cell(value: Any) -> Any:
    """The value as a cell; a text that a spreadsheet would run is led by an apostrophe, numbers stay as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RUNS) else value


def table(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> str:
    """CSV as RFC 4180 has it, with a header."""
    return "".join(lines(rows, columns))


def lines(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> Iterator[str]:
    """The same, a line at a time."""
    names = list(columns)
    yield _line([cell(name) for name in names])
    for row in rows:
        yield _line([cell(row[name]) for name in names])


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


class CsvRenderer(BaseRenderer):
    """The `results` of an answer as CSV; a problem stays JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        rows = data.get("results") if isinstance(data, Mapping) else None
        if rows is None:
            return bytes(JSONRenderer().render(data))
        columns = rows[0].keys() if rows else data.get("columns", ())
        return table(rows, columns).encode()
