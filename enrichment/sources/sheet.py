"""Evidence from a record: its lines, gathered into as few items as their length allows. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment.sources.base import Evidence, Observation
from enrichment.sources.reading import LONGEST_TEXT, plain

Row = tuple[str, str, Any]  # dataset, the line that says it, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where a record's lines come from. `at`: when the record was made; None if it does not say."""

    title: str
    url: str
    publisher: str
    at: datetime | None = None
    kind: str = "record"

    def page(self, rows: Iterable[Row]) -> Iterator[Observation]:
        """One observation per row. Rows share an evidence whose text holds their lines, up to 2,000 characters each."""
        waiting: list[Row] = []
        length = 0
        for dataset, line, value in rows:
            text = plain(line)
            if waiting and length + len(text) + 1 > LONGEST_TEXT:
                yield from self._observed(waiting)
                waiting, length = [], 0
            waiting.append((dataset, text, value))
            length += len(text) + 1
        yield from self._observed(waiting)

    def _observed(self, rows: list[Row]) -> Iterator[Observation]:
        text = "\n".join(dict.fromkeys(line for _, line, _ in rows))[:LONGEST_TEXT]
        evidence = Evidence(
            kind=self.kind, title=self.title, url=self.url, text=text, publisher=self.publisher, published_at=self.at
        )
        for dataset, _, value in rows:
            yield Observation(dataset=dataset, value=value, evidence=(evidence,), observed_at=self.at)


_COUNT = r"(\d{1,3}(?:[,.' ]\d{3})+|\d{1,9})"
_BAND = re.compile(rf"{_COUNT}\s*(?:-|–|—|to)\s*{_COUNT}", re.IGNORECASE)
_OPEN = re.compile(rf"{_COUNT}\s*\+")
_EXACT = re.compile(_COUNT)


def head_count(text: str) -> dict[str, int | None] | None:
    """A number of employees in words: "251-500", "10,001+", "about 1,200 people"; None where there is none."""
    said = text[:100]
    if match := _BAND.search(said):
        low, high = _whole(match[1]), _whole(match[2])
        return {"low": low, "high": high} if low <= high else None
    if match := _OPEN.search(said):
        return {"low": _whole(match[1]), "high": None}
    if match := _EXACT.search(said):
        return {"low": _whole(match[1]), "high": _whole(match[1])}
    return None


def _whole(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))
