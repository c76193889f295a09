"""The SEC's register on a company itself: name, trade, seat, and two figures of its annual report. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from enrichment.sources.base import Observation
from enrichment.sources.dates import day, moment
from enrichment.sources.headlines import stated, usd
from enrichment.sources.reading import Lenient, Number, Object, Text, each
from enrichment.sources.sec_filings import PUBLISHER, Registrant
from enrichment.sources.sheet import Row, Sheet

PAGE = "https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK={cik:010d}"
OLDEST_FIGURE = timedelta(days=800)
A_YEAR = (timedelta(days=340), timedelta(days=390))  # of 52 or 53 weeks too


class Address(Lenient):
    city: Text = ""
    stateOrCountry: Text = ""
    stateOrCountryDescription: Text = ""


class Figure(Lenient):
    """One value of a concept. Uncertain: `start` is absent where it holds at `end`."""

    start: Text = ""
    end: Text = ""
    val: Number = None
    form: Text = ""


class Concept(Lenient):
    units: Object = {}

    def newest(self, unit: str | None, *, yearly: bool, fetched_at: datetime) -> tuple[float, datetime] | None:
        """The value of an annual report with the latest end, and that end. `unit` None: of any unit."""
        found = []
        for name, items in list(self.units.items())[:20]:
            figures = each(Figure, items[-300:] if isinstance(items, list) else []) if unit in (None, name) else ()
            for figure in figures:
                end = moment(figure.end, fetched_at=fetched_at)
                if (
                    figure.val is not None
                    and end
                    and end > fetched_at - OLDEST_FIGURE
                    and _is_annual(figure, yearly=yearly)
                ):
                    found.append((end, figure.val))
        end, value = max(found, default=(None, 0.0), key=lambda pair: pair[0])
        return (value, end) if end is not None and value > 0 else None


def profile(registrant: Registrant, concepts: dict[str, Any], *, fetched_at: datetime) -> Iterator[Observation]:
    """The register's entry, and the figures with the day that they were true."""
    url = PAGE.format(cik=registrant.number) if registrant.number else ""
    title = f"{registrant.name} in the SEC's register"
    yield from Sheet(title=title, url=url, publisher=PUBLISHER).page(_rows(registrant))
    for row, end in _figures(concepts, fetched_at):
        yield from Sheet(title=title, url=url, publisher=PUBLISHER, at=end).page([row])


def _rows(registrant: Registrant) -> Iterator[Row]:
    listed = " and ".join(
        f"{exchange}: {ticker}" for exchange, ticker in zip(registrant.exchanges, registrant.tickers, strict=False)
    )
    state = f", incorporated in {registrant.stateOfIncorporation}" if registrant.stateOfIncorporation else ""
    yield "company_name", f"Name: {registrant.name}{f', listed at {listed}' if listed else ''}{state}", registrant.name
    if registrant.sicDescription:
        yield "industry", f"Industry (SIC): {registrant.sicDescription}", registrant.sicDescription
    seat = _seat(registrant)
    if seat:
        yield "headquarters", f"Business address: {seat}", seat


def _seat(registrant: Registrant) -> str:
    """Such as "San Francisco, CA" or "London, United Kingdom": the register writes cities in capitals."""
    address = Address.model_validate(_object(registrant.addresses.get("business")))
    if not address.city:
        return ""
    code = address.stateOrCountry
    place = code if code.isalpha() and len(code) == 2 else address.stateOrCountryDescription
    city = address.city.title() if address.city.isupper() else address.city
    return ", ".join(part for part in (city, place) if part)


def _figures(concepts: dict[str, Any], fetched_at: datetime) -> Iterator[tuple[Row, datetime]]:
    employees = _concept(concepts, "employees").newest(None, yearly=False, fetched_at=fetched_at)
    if employees and employees[0] == int(employees[0]):
        count, end = int(employees[0]), employees[1]
        line = f"Employees on {day(end)}: {count:,} (annual report)"
        yield ("employee_count", line, {"low": count, "high": count}), end
    revenue = _concept(concepts, "revenue").newest("USD", yearly=True, fetched_at=fetched_at)
    if revenue:
        amount, end = usd(revenue[0]), revenue[1]
        line = f"Revenue of the year to {day(end)}: ${amount:,}"
        yield ("budget_indicators", line, stated({"indicator": line, "amount_usd": amount, "date": day(end)})), end


def _is_annual(figure: Figure, *, yearly: bool) -> bool:
    if figure.form and not figure.form.startswith(("10-K", "20-F", "40-F")):
        return False
    if not yearly:
        return True
    try:
        span = datetime.fromisoformat(figure.end) - datetime.fromisoformat(figure.start)
    except (ValueError, TypeError):
        return False
    return A_YEAR[0] <= span <= A_YEAR[1]


def _concept(concepts: dict[str, Any], name: str) -> Concept:
    return Concept.model_validate(_object(concepts.get(name)))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
