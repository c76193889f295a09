"""What volunteers wrote about the companies of the world: statements with ranks, dates and gaps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.sec_filings import ticker_of
from enrichment.sandbox.world import Company, World

NOTABLE = 300  # people
CALENDAR = "http://www.wikidata.org/entity/Q1985727"


def is_listed(company: Company) -> bool:
    said = company.wikidata.listed
    return said if said is not None else company.employees >= NOTABLE or bool(company.ticker)


def item_of(company: Company) -> str:
    return f"Q{90_000_000 + int(digest('company', company.domain)[:6], 16)}"


def value_of(label: str) -> str:
    """The id of what a statement names: an industry, a city, a person."""
    return f"Q{50_000_000 + int(digest('value', label)[:6], 16)}"


def labels_of_values(world: World) -> dict[str, str]:
    return {value_of(label): label for company in world for label in values_named(company)}


def values_named(company: Company) -> Iterable[str]:
    item = company.wikidata
    exchange = company.ticker.partition(":")[0]
    return filter(
        None,
        (trade(company), seat(company), company.country, chief(company), item.parent, exchange, "Former Owner Ltd"),
    )


def trade(company: Company) -> str:
    return (company.wikidata.industry or company.industry).lower()


def seat(company: Company) -> str:
    return company.wikidata.headquarters or company.city


def chief(company: Company) -> str:
    """Who heads the company, as far as anybody wrote it down: of every third one nobody did."""
    if company.wikidata.chief:
        return company.wikidata.chief
    titled = (p.name for p in company.people if p.left is None and p.title.startswith(("CEO", "Chief Executive")))
    return next(titled, "") if pick(3, "chief", company.domain) else ""


def claims(company: Company, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """The statements by property; what nobody knows is left out or a `somevalue`."""
    item, head = company.wikidata, chief(company)
    year = item.employees_year or at.year - 1
    site = item.website or f"{'www.' if company.site.canonical == 'www' else ''}{company.domain}"
    found = {
        "P31": [of_item("business")],
        "P856": [statement("string", f"https://{site}/")],
        "P452": [of_item(trade(company))],
        "P159": [of_item(seat(company))],
        "P17": [of_item(company.country)],
        "P571": [statement("time", time(f"+{company.founded}-00-00T00:00:00Z", 9))],
        "P1128": [
            dated(quantity(item.employees or company.employees), year),
            dated(quantity(round(company.employees * 0.7)), year - 4),
            {**dated(quantity(company.employees * 100), year), "rank": "deprecated"},
        ],
    }
    if head:
        found["P169"] = [of_item(head)]
    elif not pick(2, "unknown", company.domain):
        found["P169"] = [{"mainsnak": {"snaktype": "somevalue", "property": "P169"}, "rank": "normal"}]
    if company.ticker:
        found["P414"] = [of_item(company.ticker.partition(":")[0]) | qualified("P249", "string", ticker_of(company))]
    if item.parent:
        found["P749"] = [
            of_item(item.parent),
            of_item("Former Owner Ltd") | qualified("P582", "time", time(f"+{year - 3}-06-01T00:00:00Z", 11)),
        ]
    if company.sec.revenue_usd:
        found["P2139"] = [dated(quantity(company.sec.revenue_usd, "http://www.wikidata.org/entity/Q4917"), year)]
    return found


def statement(kind: str, value: Any) -> dict[str, Any]:
    return {"mainsnak": snak(kind, value), "type": "statement", "rank": "normal", "references": []}


def snak(kind: str, value: Any) -> dict[str, Any]:
    return {"snaktype": "value", "datavalue": {"type": kind, "value": value}}


def of_item(label: str) -> dict[str, Any]:
    name = value_of(label)
    return statement("wikibase-entityid", {"entity-type": "item", "numeric-id": int(name[1:]), "id": name})


def quantity(amount: int, unit: str = "1") -> dict[str, Any]:
    return statement("quantity", {"amount": f"+{amount}", "unit": unit})


def time(text: str, precision: int) -> dict[str, Any]:
    return {"time": text, "timezone": 0, "before": 0, "after": 0, "precision": precision, "calendarmodel": CALENDAR}


def dated(said: dict[str, Any], year: int) -> dict[str, Any]:
    return said | qualified("P585", "time", time(f"+{year}-12-31T00:00:00Z", 11))


def qualified(name: str, kind: str, value: Any) -> dict[str, Any]:
    return {"qualifiers": {name: [snak(kind, value)]}, "qualifiers-order": [name]}
