"""What was called, what it cost and what reuse saved, by day, source, consumer, user or cache type. Reads only.

Days that are over are taken as they were added up (`rollup.py`), the rest is counted (`counting.py`); what comes out is
the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from enrichment.models import UsageDay, UsageFigure
from enrichment.workflow import counting
from enrichment.workflow.counting import Where
from enrichment.workflow.days import day_of, local_day
from salesintel.accounts.models import User

NOTHING = Decimal(0)
SUMS = ("calls", "cost", "unpriced", "requests", "saved")
Of = UsageFigure.Of


class By(StrEnum):
    """What usage is added up by."""

    DAY = "day"
    SOURCE = "source"
    CONSUMER = "consumer"
    USER = "user"


# Where the lines of a ledger have it.
FIELDS = {By.DAY: "day", By.SOURCE: "source", By.CONSUMER: "request__consumer", By.USER: "request__user"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked at: days of a zone, data of one origin, one person's work or (`whose` None) everybody's."""

    first: date
    last: date  # inclusive
    zone: ZoneInfo
    origin: str
    whose: User | None

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, datetime.min.time(), self.zone)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), self.zone)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One day, source, consumer or user. `unpriced`: calls whose price nobody knows, which are in no sum.

    `key` is what it is told by, `label` what people call it; empty is unknown: a request that was deleted.
    """

    key: str
    label: str
    calls: int = 0
    cost: Decimal = NOTHING
    unpriced: int = 0
    requests: int = 0
    saved: Decimal = NOTHING

    def __add__(self, other: "Line") -> "Line":
        return replace(
            self,
            calls=self.calls + other.calls,
            cost=self.cost + other.cost,
            unpriced=self.unpriced + other.unpriced,
            requests=self.requests + other.requests,
            saved=self.saved + other.saved,
        )


@dataclass(slots=True)
class Lines:
    """Lines that are being added up, of all four kinds."""

    found: dict[By, dict[str, Line]] = field(default_factory=lambda: {by: {} for by in By})

    def add(self, by: By, key: Any, **figures: Any) -> None:
        text = "" if key is None else str(key)
        line = Line(key=text, label=text, **figures)
        known = self.found[by].get(text)
        self.found[by][text] = line if known is None else known + line


def usage(scope: Scope, wanted: Collection[By] = tuple(By)) -> dict[By, list[Line]]:
    """The breakdowns that are wanted, and that by day; every day of the scope in order, else dearest first.

    At most eight queries where all are wanted, however many lines there are; days that are added up are not counted.
    """
    kinds = [by for by in By if by is By.DAY or by in wanted]
    lines = Lines()
    for day in scope.days:
        lines.add(By.DAY, day)
    kept = Kept.of(scope)
    kept.add_days(lines, to_person=By.USER in kinds)
    kept.add_kinds(lines, [by for by in kinds if by is not By.DAY])
    _count(lines, scope, kept.rest, kinds)
    found = {by: lines.found[by] for by in kinds}
    if By.USER in kinds:
        found[By.USER] = _named(found[By.USER])
    return {by: _ordered(by, found[by].values()) for by in kinds}


def _count(lines: Lines, scope: Scope, where: Where, kinds: list[By]) -> None:
    """What is not added up, from the ledgers: a row for each combination that occurs."""
    if not where.spans:
        return
    called = local_day("started", scope.since, scope.until, scope.zone)
    for *keys, calls, cost, unpriced in counting.calls(where, [FIELDS[by] for by in kinds], called):
        for by, key in zip(kinds, keys, strict=True):
            lines.add(by, key, calls=calls, cost=cost, unpriced=unpriced)
    asked = [by for by in kinds if by is not By.SOURCE]
    answered = local_day("answered", scope.since, scope.until, scope.zone)
    for *keys, requests, saved in counting.requests(where, [str(by) for by in asked], answered):
        for by, key in zip(asked, keys, strict=True):
            lines.add(by, key, requests=requests, saved=saved)
    if By.SOURCE in kinds:
        for source, saved in counting.saved_by_source(where):
            lines.add(By.SOURCE, source, saved=saved)


def _named(found: Mapping[str, Line]) -> dict[str, Line]:
    """With people's names in place of their ids."""
    names = dict(User.objects.filter(pk__in=[int(key) for key in found if key]).values_list("pk", "username"))
    named = ((names.get(int(key), "") if key else "", line) for key, line in found.items())
    return {name: replace(line, key=name, label=name) for name, line in named}


def _ordered(by: By, lines: Iterable[Line]) -> list[Line]:
    if by is By.DAY:
        return sorted(lines, key=lambda line: line.key)
    return sorted(lines, key=lambda line: (-line.cost, -line.saved, line.key))


def total(lines: Iterable[Line]) -> Line:
    """The sum of the lines of one breakdown by day, which holds all there is."""
    return sum(lines, Line(key="total", label="Total"))


# --- The cache --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """How often answers of one cache type were there when they were needed, and what that saved in USD."""

    cache_type: str
    hits: int
    misses: int
    saved: Decimal

    @property
    def rate(self) -> float | None:
        """Hits over all, in [0, 1]; None where nothing was needed."""
        needed = self.hits + self.misses
        return self.hits / needed if needed else None


def reuse(scope: Scope) -> list[Reuse]:
    """By cache type, the greatest savings first; what each request saved is counted once, where it was found.

    At most four queries.
    """
    found: dict[str, Reuse] = {}
    kept = Kept.of(scope)
    counted = counting.reuse(kept.rest) if kept.rest.spans else ()
    for cache_type, hits, misses, saved in (*kept.cache(), *counted):
        known = found.get(cache_type) or Reuse(cache_type=cache_type, hits=0, misses=0, saved=NOTHING)
        found[cache_type] = replace(
            known, hits=known.hits + hits, misses=known.misses + misses, saved=known.saved + saved
        )
    return sorted(found.values(), key=lambda each: (-each.saved, -each.hits, each.cache_type))


# --- What is added up -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The days of a scope that are added up, and where the rest is to be counted."""

    figures: QuerySet[UsageFigure]
    days: Mapping[int, date]
    person: int | None
    rest: Where

    @classmethod
    def of(cls, scope: Scope) -> "Kept":
        """One query."""
        spans = {day_of(day, scope.zone): day for day in scope.days}
        rows = UsageDay.objects.rolled().filter(starts__gte=scope.since, ends__lte=scope.until)
        known = {span: pk for pk, *ends in rows.values_list("pk", "starts", "ends") if (span := tuple(ends)) in spans}
        whose = {"everybody": True} if scope.whose is None else {"everybody": False, "user": scope.whose}
        return cls(
            figures=UsageFigure.objects.filter(day__in=known.values(), origin=scope.origin, **whose).order_by(),
            days={pk: spans[span] for span, pk in known.items()},
            person=None if scope.whose is None else scope.whose.pk,
            rest=Where(
                spans=_joined(span for span in spans if span not in known), origin=scope.origin, whose=scope.whose
            ),
        )

    def add_days(self, lines: Lines, *, to_person: bool) -> None:
        """Each day's totals, which are those of its consumers; one person's are that person's, too."""
        for day, *sums in self._sums("day", of=[Of.CONSUMER]):
            lines.add(By.DAY, self.days[day], **dict(zip(SUMS, sums, strict=True)))
            if to_person and self.person is not None:
                lines.add(By.USER, self.person, **dict(zip(SUMS, sums, strict=True)))

    def add_kinds(self, lines: Lines, kinds: list[By]) -> None:
        for kind, key, user, *sums in self._sums("of", "key", "user", of=[str(by) for by in kinds]):
            lines.add(By(kind), user if kind == By.USER else key, **dict(zip(SUMS, sums, strict=True)))

    def cache(self) -> Iterator[tuple[Any, ...]]:
        """Cache type, hits, misses, USD saved."""
        rows = self.figures.filter(of=Of.CACHE).values_list("key")
        yield from rows.annotate(hit=Sum("hits"), miss=Sum("misses"), sum=Sum("saved"))

    def _sums(self, *fields: str, of: list[str]) -> Iterator[tuple[Any, ...]]:
        if self.days and of:
            rows = self.figures.filter(of__in=of).values_list(*fields)
            yield from rows.annotate(**{f"sum_{name}": Sum(name) for name in SUMS})


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Days that follow each other as one span; `spans` in order."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found
