"""Funding rounds and yearly sums, as rows of a record's sheet. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from enrichment.sources.dates import day
from enrichment.sources.headlines import stated, usd
from enrichment.sources.sheet import Row

SIGNAL_LASTS = timedelta(days=730)  # an event before that says nothing of growth now


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One round. `title` as Crunchbase writes it, "Series C - Acme", so that it is one round whoever tells of it."""

    title: str
    dollars: float | None = None  # None: undisclosed, or in other money
    at: datetime | None = None  # when it was announced


def round_rows(found: Iterable[Raised], *, fetched_at: datetime) -> Iterator[Row]:
    """Each round as money that is there to spend, and a recent one as a sign of growth."""
    for item in found:
        date = day(item.at)
        raised = f": ${item.dollars:,.0f}" if item.dollars is not None else ""
        line = f"{item.title}{raised}{f', announced {date}' if date else ''}"
        amount = usd(item.dollars) if item.dollars is not None else None
        told = {"indicator": f"{item.title}{raised}", "amount_usd": amount, "date": date}
        yield "budget_indicators", line, stated(told)
        if is_recent(item.at, fetched_at=fetched_at):
            yield "growth_signals", line, stated({"headline": item.title, "signal_type": "funding", "date": date})


def is_recent(at: datetime | None, *, fetched_at: datetime) -> bool:
    """Whether an event of then still says something of growth; one without a date is given the benefit."""
    return at is None or fetched_at - at <= SIGNAL_LASTS


def sum_rows(label: str, dollars: float | None) -> Iterator[Row]:
    """A sum that the record states, "Total funding: $90,000,000"; nothing where it is unknown or zero."""
    if dollars:
        line = f"{label}: ${dollars:,.0f}"
        yield "budget_indicators", line, {"indicator": line, "amount_usd": usd(dollars)}
