"""The collected items behind statements and facts, numbered in the order in which a page cites them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment.analysis.credibility import Credibility, as_json
from enrichment.models import Evidence
from enrichment.pages.words import State, age, day, label_of, moment, percent, safe_link

MOST_TEXT = 1_500  # characters of an item that are shown; the link leads to the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far its publisher is believed, in words, with the reasons."""

    state: State
    percent: str
    publisher: str  # what kind of publisher it is
    reasons: tuple[str, ...]


TONES = {"high": "good", "good": "good", "fair": "plain", "doubtful": "warn"}


def trust_of(judged: Any) -> Trust | None:
    """The credibility of an item as reports keep it; None for what is none."""
    if not isinstance(judged, Mapping) or judged.get("band") not in TONES:
        return None
    band = str(judged["band"])
    return Trust(
        state=State(TONES[band], f"{band} credibility"),
        percent=percent(judged.get("score")),
        publisher=str(judged.get("publisher") or ""),
        reasons=tuple(str(reason) for reason in judged.get("reasons") or ()),
    )


KINDS = {
    "company": "Companies",
    "person": "People",
    "technology": "Technology",
    "sum": "Sums",
    "date": "Dates",
    "place": "Places",
}


def names_in(entities: Any) -> tuple[tuple[str, str], ...]:
    """What an item names, as lines of a list; nothing for items of before."""
    told = [each for each in entities if isinstance(each, Mapping)] if isinstance(entities, list) else []
    by_kind = [
        (label, ", ".join(str(each.get("text")) for each in told if each.get("kind") == kind))
        for kind, label in KINDS.items()
    ]
    return tuple((label, text) for label, text in by_kind if text)


def tone_of(sentiment: Any) -> str:
    """“negative tone: “layoffs””; "" where nothing was said, or nothing for or against."""
    if not isinstance(sentiment, Mapping) or sentiment.get("label") not in ("positive", "negative"):
        return ""
    because = ", ".join(f"“{word}”" for word in sentiment.get("because") or ())
    return f"{sentiment['label']} tone" + (f": {because}" if because else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A collected item as a reader opens it."""

    number: int
    id: str  # of its element on the page
    title: str
    publisher: str
    date: str  # of publication, else of collection
    age: str
    url: str  # http or https, or ""
    text: str
    source: str  # who gave it to us
    kind: str
    names: tuple[tuple[str, str], ...] = ()  # what it names, by kind: ("Sums", "$50M, $3M")
    tone: str = ""  # how it speaks of the company, in words
    trust: Trust | None = None  # None where it was never judged: reports of before


class Citations:
    """Numbers items as they are cited. `evidence`: id → item as reports keep it."""

    def __init__(self, evidence: Mapping[str, Mapping[str, Any]], *, now: datetime) -> None:
        self._evidence = evidence
        self._now = now
        self._cited: dict[str, Source] = {}

    @property
    def cited(self) -> list[Source]:
        """What was cited so far, by number."""
        return list(self._cited.values())

    def cite(self, names: Iterable[str]) -> tuple[Source, ...]:
        """The items of these ids; an id that nothing is kept of is left out. By number."""
        found = [self._source(name) for name in names if name in self._evidence]
        return tuple(sorted(found, key=lambda source: source.number))

    def _source(self, name: str) -> Source:
        if name not in self._cited:
            self._cited[name] = self._read(self._evidence[name], number=len(self._cited) + 1)
        return self._cited[name]

    def _read(self, item: Mapping[str, Any], *, number: int) -> Source:
        dated = moment(item.get("publishedAt")) or moment(item.get("collectedAt"))
        url, kind = safe_link(item.get("url")), str(item.get("kind") or "")
        return Source(
            number=number,
            id=f"source-{number}",
            title=str(item.get("title") or "") or url or label_of(kind or "record"),
            publisher=str(item.get("publisher") or ""),
            date=day(dated),
            age=age(dated, self._now),
            url=url,
            text=_cut(str(item.get("text") or "")),
            source=label_of(str(item.get("source") or "")),
            kind=kind,
            names=names_in(item.get("entities")),
            tone=tone_of(item.get("sentiment")),
            trust=trust_of(item.get("credibility")),
        )


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT].rsplit(" ", 1)[0] + " …"


def as_item(row: Evidence, judged: Credibility) -> dict[str, Any]:
    """A row of evidence in the form in which reports keep it."""
    return {
        "source": row.source,
        "kind": row.kind,
        "title": row.title,
        "url": row.url,
        "publisher": row.publisher,
        "text": row.text,
        "publishedAt": row.published_at.isoformat() if row.published_at else None,
        "collectedAt": row.collected_at.isoformat(),
        "credibility": as_json(judged),
    }
