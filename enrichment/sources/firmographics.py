"""What a company's record says it is: name, site, trade, size, seat, what it does. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from enrichment.sources.sheet import Row

FIRMOGRAPHICS = frozenset(
    {"company_name", "company_domain", "industry", "employee_count", "headquarters", "company_overview"}
)
LONGEST_OVERVIEW = 1_800  # characters: fits into one evidence with its label
MOST_EMPLOYEES = 10_000_000  # more than anybody has: a slip of somebody's hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A company in a record. Empty or None is unknown; `employees` in the shape of `docs/datasets.md`."""

    name: str
    domain: str | None = None
    industry: str = ""
    employees: dict[str, int | None] | None = None
    headquarters: str = ""
    overview: str = ""


def firm_rows(firm: Firm) -> Iterator[Row]:
    """A row for each thing that is known."""
    yield "company_name", f"Name: {firm.name}", firm.name
    if firm.domain:
        yield "company_domain", f"Website: {firm.domain}", firm.domain
    if firm.industry:
        trade = firm.industry[:1].upper() + firm.industry[1:]
        yield "industry", f"Industry: {trade}", trade
    if firm.employees:
        yield "employee_count", f"Employees: {_written(firm.employees)}", firm.employees
    if firm.headquarters:
        yield "headquarters", f"Headquarters: {firm.headquarters}", firm.headquarters
    overview = firm.overview[:LONGEST_OVERVIEW].rstrip()
    if overview:
        yield "company_overview", f"About: {overview}", overview


def exactly(count: float | None) -> dict[str, int | None] | None:
    """A head-count that a record gives as one number; None for none, zero, or more than anybody has."""
    found = int(count or 0)
    return {"low": found, "high": found} if 0 < found < MOST_EMPLOYEES else None


def _written(employees: dict[str, int | None]) -> str:
    low, high = employees["low"], employees["high"]
    if high is None:
        return f"{low:,}+"
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"
