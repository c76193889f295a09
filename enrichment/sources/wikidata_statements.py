"""Items of Wikidata and their statements: which one holds now, and which item is the company's. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from enrichment.sources.base import CompanyRef
from enrichment.sources.naming import registrable, same_name
from enrichment.sources.reading import Lenient, Object, Text, each, plain

SITE, INDUSTRY, EMPLOYEES, SEAT, INCEPTION = "P856", "P452", "P1128", "P159", "P571"
CHIEF, REVENUE, COUNTRY, PARENT, EXCHANGE, DISSOLVED = "P169", "P2139", "P17", "P749", "P414", "P576"
LEGAL_FORM = "P1454"
POINT_IN_TIME, END, TICKER = "P585", "P582", "P249"  # qualifiers
READ = (SITE, INDUSTRY, EMPLOYEES, SEAT, INCEPTION, CHIEF, REVENUE, COUNTRY, PARENT, EXCHANGE, DISSOLVED, LEGAL_FORM)
NAMED = ("id", "labels", "descriptions", "aliases")  # what else of an item is read
OF_BUSINESS = (INDUSTRY, EMPLOYEES, CHIEF, REVENUE, PARENT, EXCHANGE, LEGAL_FORM)  # nobody but an enterprise has one
US_DOLLAR = "Q4917"
MOST_STATEMENTS = 100
_RANKS = {"preferred": 0, "normal": 1}


class Statement(Lenient):
    mainsnak: Object = {}
    rank: Text = "normal"
    qualifiers: Object = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a statement says: one of these. `at`: when it was true; `ticker`: where it is a stock exchange."""

    text: str = ""
    item: str = ""  # id
    amount: float | None = None
    unit: str = ""  # id; "" for a plain number
    time: datetime | None = None
    at: datetime | None = None
    ticker: str = ""


class Entity(Lenient):
    """An item. Empty maps may come as lists."""

    id: Text = ""
    labels: Object = {}
    descriptions: Object = {}
    aliases: Object = {}
    claims: Object = {}

    @property
    def label(self) -> str:
        return _worded(self.labels.get("en"))

    @property
    def description(self) -> str:
        return _worded(self.descriptions.get("en"))

    @property
    def names(self) -> list[str]:
        aliases = self.aliases.get("en")
        return [name for name in (self.label, *map(_worded, aliases if isinstance(aliases, list) else [])) if name]

    @property
    def domain(self) -> str | None:
        """The registrable domain of its official web site."""
        return next((found for site in self.values(SITE) if (found := registrable(site.text))), None)

    @property
    def is_business(self) -> bool:
        return any(self.values(name) for name in OF_BUSINESS) and not self.values(DISSOLVED)

    def values(self, name: str) -> list[Value]:
        """What holds now of a property: the best rank, without what has ended, newest first where it is dated."""
        found = self.claims.get(name)
        statements = list(each(Statement, found[:MOST_STATEMENTS] if isinstance(found, list) else []))
        held = [s for s in statements if s.rank in _RANKS and END not in s.qualifiers]
        best = min((_RANKS[s.rank] for s in held), default=0)
        values = [value for s in held if _RANKS[s.rank] == best and (value := _value(s)) is not None]
        return sorted(values, key=lambda v: v.at or datetime.min.replace(tzinfo=UTC), reverse=True)

    def items_named(self) -> list[str]:
        """Ids of the items that its statements name."""
        found = (value.item for name in READ for value in self.values(name))
        return list(dict.fromkeys(item for item in found if item))


def chosen(company: CompanyRef, entities: Sequence[dict[str, Any]]) -> Entity | None:
    """The company's own item: with its web site; else the one enterprise of its name that has no other site."""
    items = [item for item in each(Entity, list(entities)) if item.id]
    at_home = [item for item in items if company.domain is not None and item.domain == company.domain]
    if at_home:
        return next((item for item in at_home if _is_called(item, company)), at_home[0])
    called = [item for item in items if item.is_business and _is_called(item, company)]
    fitting = [item for item in called if company.domain is None or item.domain is None]
    return fitting[0] if len(fitting) == 1 else None


def _is_called(item: Entity, company: CompanyRef) -> bool:
    return any(same_name(name, own) for name in item.names[:30] for own in (company.name, *company.aliases))


def _worded(value: object) -> str:
    """The text of a label, which is an object with its language."""
    said = value.get("value") if isinstance(value, dict) else None
    return plain(said, 500) if isinstance(said, str) else ""


def _value(statement: Statement) -> Value | None:
    """None where the value is unknown or of a kind that is not read."""
    said = _snak(statement.mainsnak)
    if said is None:
        return None
    dated = _first(statement.qualifiers, POINT_IN_TIME)
    at = _time(dated.get("time"), dated.get("precision"), last=True) if isinstance(dated, dict) else None
    ticker = _first(statement.qualifiers, TICKER)
    noted: dict[str, Any] = {"at": at, "ticker": plain(ticker, 20) if isinstance(ticker, str) else ""}
    if isinstance(said, str):
        return Value(text=plain(said), **noted)
    if not isinstance(said, dict):
        return None
    if isinstance(said.get("id"), str):
        return Value(item=said["id"][:20], **noted)
    amount = _amount(said.get("amount"))
    if amount is not None:
        unit = said.get("unit")
        return Value(
            amount=amount, unit=unit.rpartition("/")[2] if isinstance(unit, str) and "/" in unit else "", **noted
        )
    time = _time(said.get("time"), said.get("precision"))
    return Value(time=time, **noted) if time else None


def _first(qualifiers: dict[str, Any], name: str) -> object:
    found = qualifiers.get(name)
    snak = found[0] if isinstance(found, list) and found else None
    return _snak(snak) if isinstance(snak, dict) else None


def _snak(snak: dict[str, Any]) -> object:
    """The value; None for `somevalue` and `novalue`."""
    holder = snak.get("datavalue")
    return holder.get("value") if snak.get("snaktype") == "value" and isinstance(holder, dict) else None


def _amount(value: object) -> float | None:
    """A quantity's number, such as "+420"."""
    try:
        number = float(value) if isinstance(value, str) and len(value) < 40 else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e18 else None


def _time(value: object, precision: object, *, last: bool = False) -> datetime | None:
    """The moment of "+2025-12-31T00:00:00Z"; of a year or a month its first day, or its `last`."""
    if not isinstance(value, str) or not value.startswith("+") or len(value) > 30:
        return None
    try:
        year, month, day = (int(part) for part in value[1:11].split("-"))
        if precision == 9 or not month:
            month, day = (12, 31) if last else (1, 1)
        elif precision == 10 or not day:
            day = 28 if last else 1
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
