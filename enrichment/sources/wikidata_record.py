"""What a company's item in Wikidata says, as observations. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from enrichment.sources.base import Observation
from enrichment.sources.dates import day
from enrichment.sources.headlines import stated, usd
from enrichment.sources.sheet import Row, Sheet
from enrichment.sources.wikidata_statements import (
    CHIEF,
    COUNTRY,
    EMPLOYEES,
    EXCHANGE,
    INCEPTION,
    INDUSTRY,
    PARENT,
    REVENUE,
    SEAT,
    US_DOLLAR,
    Entity,
    Value,
)

PUBLISHER = "Wikidata"
MOST_EMPLOYEES = 5_000_000  # more than any company has: a slip of somebody's hand
MOST_CHIEFS = 2  # that hold office at once; with more, ends were forgotten


def profile(item: Entity, labels: Mapping[str, str], *, fetched_at: datetime) -> Iterator[Observation]:
    """The item's statements; a number with a date of its own is as old as that."""
    title, url = f"{item.label} in Wikidata", f"https://www.wikidata.org/wiki/{item.id}"
    sheet = Sheet(title=title, url=url, publisher=PUBLISHER)
    yield from sheet.page(_rows(item, labels))
    for chief in _chiefs(item, labels):  # an evidence of their own: a person may have to be erased
        yield from sheet.page([chief])
    for row, at in _figures(item):
        moment = min(at, fetched_at) if at else None
        yield from Sheet(title=title, url=url, publisher=PUBLISHER, at=moment).page([row])


def _rows(item: Entity, labels: Mapping[str, str]) -> Iterator[Row]:
    if item.label:
        yield "company_name", f"Name: {item.label}", item.label
    if item.domain:
        yield "company_domain", f"Official web site: {item.domain}", item.domain
    industry = _named(item, INDUSTRY, labels)
    if industry:
        value = industry[0][:1].upper() + industry[0][1:]
        yield "industry", f"Industry: {value}", value
    seat = _seat(item, labels)
    if seat:
        yield "headquarters", f"Headquarters: {seat}", seat
    overview = _overview(item, labels)
    if overview:
        yield "company_overview", overview, overview


def _chiefs(item: Entity, labels: Mapping[str, str]) -> Iterator[Row]:
    names = _named(item, CHIEF, labels)
    for name in names if len(names) <= MOST_CHIEFS else ():
        value = {"name": name, "title": "Chief Executive Officer"}
        yield "decision_makers", f"Chief Executive Officer: {name}", value


def _figures(item: Entity) -> Iterator[tuple[Row, datetime | None]]:
    """Employees and revenue, each the newest, with the day that it is of."""
    counts = [v for v in item.values(EMPLOYEES) if v.amount is not None and 0 < v.amount < MOST_EMPLOYEES]
    if counts:
        count, at = int(counts[0].amount or 0), counts[0].at
        yield ("employee_count", f"Employees{_of(at)}: {count:,}", {"low": count, "high": count}), at
    sums = [v for v in item.values(REVENUE) if v.amount and v.amount > 0 and v.unit == US_DOLLAR]
    if sums:
        amount, at = usd(sums[0].amount or 0.0), sums[0].at
        line = f"Revenue{_of(at)}: ${amount:,}"
        yield ("budget_indicators", line, stated({"indicator": line, "amount_usd": amount, "date": day(at)})), at


def _of(at: datetime | None) -> str:
    return f" of {at.year}" if at else ""


def _seat(item: Entity, labels: Mapping[str, str]) -> str:
    """City and country: which state a city is in, the item of the company does not tell."""
    cities, countries = _named(item, SEAT, labels), _named(item, COUNTRY, labels)
    return ", ".join([*cities[:1], *countries[:1]]) if cities else ""


def _overview(item: Entity, labels: Mapping[str, str]) -> str:
    """The item's description with its age, its owner and where it is listed, as sentences; "" without a description."""
    if not item.description:
        return ""
    founded = next((value.time.year for value in item.values(INCEPTION) if value.time), None)
    listings = [_listing(value, labels) for value in item.values(EXCHANGE)]
    parents = _named(item, PARENT, labels)
    facts = [
        f"founded in {founded}" if founded else "",
        f"listed at {listings[0]}" if listings and listings[0] else "",
        f"owned by {parents[0]}" if parents else "",
    ]
    described = f"{item.label}: {item.description}" if item.label else item.description
    return "; ".join([described, *(fact for fact in facts if fact)]) + "."


def _listing(value: Value, labels: Mapping[str, str]) -> str:
    name = labels.get(value.item, "")
    return f"{name} as {value.ticker}" if name and value.ticker else name


def _named(item: Entity, name: str, labels: Mapping[str, str]) -> list[str]:
    """The labels of the items that a property names; what has no English label is left out."""
    return [label for value in item.values(name) if (label := labels.get(value.item, "")[:200])]
