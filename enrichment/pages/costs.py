"""The cost page's figures, as it shows them: bars in units of their drawing, money and shares in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from enrichment.pages.words import label_of, percent, usd
from enrichment.workflow.usage import By, Line, Reuse

WIDTH, HEIGHT = 100.0, 100.0  # units of the drawings
STEP, BAR = 10.0, 8.0  # of a day, and of the bar in it
MOST = 50  # lines of one table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table, with its bar: what was paid, then what was saved, in hundredths of the longest."""

    label: str
    calls: str
    paid: str
    saved: str
    paid_width: str
    saved_width: str
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Of one kind. `others`: how many lines are left out."""

    by: str
    title: str
    rows: list[Row]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the chart: two bars, one on the other; `y` from above."""

    x: str
    paid_y: str
    paid_height: str
    saved_y: str
    saved_height: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRow:
    label: str
    hits: str
    needed: str
    rate: str
    saved: str


TITLES = {By.SOURCE: "By source", By.CONSUMER: "By consumer", By.USER: "By user"}
KNOWN = {"SHARED_RUN": "Joined a run under way", "LLM_ANALYSIS_PROCESSED": "Other analyses"}


def chart(days: Sequence[Line]) -> list[Day]:
    """A bar for each day, the highest filling the height."""
    highest = max((line.cost + line.saved for line in days), default=Decimal(0)) or Decimal(1)
    return [_day(place, line, highest) for place, line in enumerate(days)]


def _day(place: int, line: Line, highest: Decimal) -> Day:
    paid, saved = (float(amount / highest) * HEIGHT for amount in (line.cost, line.saved))
    told = f"{date.fromisoformat(line.key):%d %b %Y}: {usd(line.cost)} paid, {usd(line.saved)} saved"
    return Day(
        x=f"{place * STEP + (STEP - BAR) / 2:.1f}",
        paid_y=f"{HEIGHT - paid:.2f}",
        paid_height=f"{paid:.2f}",
        saved_y=f"{HEIGHT - paid - saved:.2f}",
        saved_height=f"{saved:.2f}",
        told=told,
    )


def tables(found: Mapping[By, Sequence[Line]], labels: dict[str, str]) -> list[Table]:
    """Sources, consumers and users. `labels`: slug → what people call it."""
    return [
        Table(
            by=str(by),
            title=title,
            rows=rows(found[by][:MOST], _words(by, found[by]) | labels),
            others=max(len(found[by]) - MOST, 0),
        )
        for by, title in TITLES.items()
    ]


def _words(by: By, lines: Sequence[Line]) -> dict[str, str]:
    """Consumers and engines by their slugs' words."""
    return {line.key: label_of(line.key) for line in lines if line.key} if by is not By.USER else {}


def rows(lines: Sequence[Line], labels: Mapping[str, str]) -> list[Row]:
    """Lines of one table."""
    longest = max((line.cost + line.saved for line in lines), default=Decimal(0)) or Decimal(1)
    return [_row(line, longest, labels) for line in lines]


def _row(line: Line, longest: Decimal, labels: Mapping[str, str]) -> Row:
    return Row(
        label=labels.get(line.key) or line.label or "Request deleted",
        calls=f"{line.calls:,}",
        paid=usd(line.cost),
        saved=usd(line.saved),
        paid_width=f"{float(line.cost / longest) * WIDTH:.2f}",
        saved_width=f"{float(line.saved / longest) * WIDTH:.2f}",
        unpriced=line.unpriced,
    )


def cache_rows(found: Sequence[Reuse], labels: Mapping[str, str]) -> list[CacheRow]:
    """How often what was needed was there, by cache type."""
    return [
        CacheRow(
            label=KNOWN.get(each.cache_type) or _type_label(each.cache_type, labels),
            hits=f"{each.hits:,}",
            needed=f"{each.hits + each.misses:,}",
            rate=percent(each.rate),
            saved=usd(each.saved),
        )
        for each in found
    ]


def _type_label(cache_type: str, labels: Mapping[str, str]) -> str:
    source = cache_type.removesuffix("_RAW").lower()
    return labels.get(source) or label_of(cache_type.lower())


def hit_rate(found: Sequence[Reuse]) -> str:
    """Of all that was needed, the share that was there."""
    hits, needed = sum(each.hits for each in found), sum(each.hits + each.misses for each in found)
    return percent(hits / needed) if needed else "–"
