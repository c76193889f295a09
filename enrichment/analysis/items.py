"""What one collected item names, how it speaks, and how fresh it was: read from its text when an answer is rendered.

Pure. Nothing of it is a column: people that an item names are in its text, and go from both at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment import technologies
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.sentiment import sentiment_of
from enrichment.analysis.text import normal, tidy

_DATA = Path(__file__).parents[1] / "data"
_RAW = tomllib.loads((_DATA / "items.toml").read_text(encoding="utf-8"))
_STATES = tomllib.loads((_DATA / "places.toml").read_text(encoding="utf-8"))["states"]
LONGEST = 2_000  # characters of an item that are read
MOST = 24  # entities of one item
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}\.? {_MONTH},? \d{{4}}\b|\b{_MONTH} \d{{1,2}},? \d{{4}}\b"
    rf"|\b{_MONTH} \d{{4}}\b"
    r"|\b(?:Q[1-4]|H[12]) (?:FY ?)?\d{4}\b"
)
_SUM = re.compile(
    r"(?:(?:US|A|C|NZ|HK|S)?[$€£¥]\s?\d[\d.,]*(?:\s?(?:k|mn?|bn?|tn?|thousand|million|billion|trillion)\b)?"
    r"|\b\d[\d.,]*\s(?:(?:thousand|million|billion|trillion)\s)?(?:dollars|euros|pounds|USD|EUR|GBP|CHF|SEK|JPY)\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(sorted(map(re.escape, {*_RAW["places"]["names"], *_STATES}), key=len, reverse=True))
    + r")(?!\w)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Whom an item may name: companies that play a part, and people who are known at the company."""

    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that an item names. `kind`: company, person, technology, sum, date or place."""

    kind: str
    text: str


@lru_cache(maxsize=2048)  # a report that is not kept rendered is read anew with every answer, at some 20 ms an item
def entities_of(text: str, names: Names) -> tuple[Entity, ...]:
    """What the text names, each once, by kind, then as it comes. A text that talks to machines names nothing."""
    read = tidy(text, LONGEST)
    if talks_to_machines(read):
        return ()
    found = dict.fromkeys(_found(read, names))
    return tuple(found)[:MOST]


def _found(text: str, names: Names) -> Iterator[Entity]:
    folded = normal(text)
    yield from (Entity("company", name) for name in names.companies if _stands_in(folded, name))
    yield from (Entity("person", name) for name in names.people if " " in name.strip() and _stands_in(folded, name))
    yield from (Entity("technology", each.name) for each in technologies.in_text(text))
    yield from (Entity("sum", match[0].strip(" .,")) for match in _SUM.finditer(text))
    yield from (Entity("date", match[0]) for match in _DATE.finditer(text))
    yield from (Entity("place", match[0]) for match in _PLACE.finditer(text))


def _stands_in(folded: str, name: str) -> bool:
    wanted = normal(name)
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded) is not None


def freshness(kind: str, told: datetime | None, at: datetime) -> float | None:
    """2^(−age ÷ half-life) of the kind, in [0, 1]; None for an item without a date. An article of a month ago: 0.5."""
    if told is None:
        return None
    half_life = timedelta(days=_RAW["half_life"].get(kind, _RAW["half_life"]["other"]))
    return round(float(2 ** (-max(at - told, timedelta(0)) / half_life)), 4)


def understood(item: Mapping[str, Any], names: Names, *, at: datetime) -> dict[str, Any]:
    """What is added to an item as reports keep it: `entities`, `sentiment` (of articles) and `freshness` as of `at`."""
    title, text, kind = (str(item.get(name) or "") for name in ("title", "text", "kind"))
    told = item.get("publishedAt") or item.get("collectedAt")
    return {
        "entities": [{"kind": each.kind, "text": each.text} for each in entities_of(f"{title}. {text}", names)],
        "sentiment": _tone(title, text) if kind == "article" else None,
        "freshness": freshness(kind, datetime.fromisoformat(told) if told else None, at),
    }


@lru_cache(maxsize=4096)
def _tone(title: str, text: str) -> dict[str, Any]:
    felt = sentiment_of(tidy(f"{title}. {text}", 1_000))
    return {"label": felt.label, "score": felt.score, "because": list(felt.because)}


def names_of(body: Mapping[str, Any], companies: Sequence[str | None]) -> Names:
    """The names that a report's body and its companies bring."""
    contacts = body.get("target_contacts")
    people = [each.get("name") for each in contacts if isinstance(each, Mapping)] if isinstance(contacts, list) else []
    rivals = body.get("competitors")
    return Names(
        companies=tuple(
            dict.fromkeys(name for name in (*companies, *(rivals if isinstance(rivals, list) else ())) if name)
        ),
        people=tuple(dict.fromkeys(name for name in people if isinstance(name, str))),
    )
