"""The benchmark that fits a contact best: one's own before the general, the more exact before the wider."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from personas.benchmarks.industries import industry_of, size_of
from personas.history import Hours
from personas.models import Benchmark, Contact, OwnBenchmark, Range
from salesintel.accounts.models import User

_DAY = 24
_RESPONSE, _WORKING = Range.Metric.RESPONSE.value, Range.Metric.WORKING_RESPONSE.value
# Metrics that have no range of their own → the one that they are held against.
BORROWED = {
    "medianResponseTimeClockHours": _RESPONSE,
    "medianResponseTimeHours": _WORKING,
    "wonDealCycleDays": Range.Metric.CYCLE.value,
    "ownActsPerWeek": Range.Metric.PACE.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual, and who says so of whom."""

    low: float
    typical: float
    high: float
    source: str  # "persona-builder", "ours", or what its owner wrote
    industry: str  # "": all of them
    size: str
    is_own: bool


def benchmarks_for(contact: Contact, user: User, hours: Hours) -> Mapping[str, Usual]:
    """By metric what is usual for contacts like this one, as `user` takes it. Two queries.

    Both the industry and the size may be unknown: the nearest is what holds for all of them. A response time in working
    hours that has no range of its own is held against the one by the clock, a day of which is a working day: 24 to 48
    hours are 9 to 18 where one works from 9 to 18.
    """
    industry, size = industry_of(contact.industry), size_of(contact.employees)
    fits = Q(industry__in={industry, ""}, size__in={size, ""})
    general = [_usual(row, row.origin, is_own=False) for row in sorted(Benchmark.objects.filter(fits), key=_exactness)]
    own = [
        _usual(row, row.source or "yours", is_own=True)
        for row in sorted(OwnBenchmark.objects.filter(fits, owner=user), key=_exactness)
    ]
    return _with_borrowed(dict([*general, *own]), (hours.ends - hours.begins) / _DAY)


def _exactness(row: Range) -> tuple[bool, bool]:
    """The widest first, so that the last of each metric is the most exact: an industry says more than a size."""
    return bool(row.industry), bool(row.size)


def _usual(row: Range, source: str, *, is_own: bool) -> tuple[str, Usual]:
    return row.metric, Usual(
        low=row.low,
        typical=row.typical,
        high=row.high,
        source=source,
        industry=row.industry,
        size=row.size,
        is_own=is_own,
    )


def _with_borrowed(found: dict[str, Usual], day: float) -> dict[str, Usual]:
    clock, working = found.get(_RESPONSE), found.get(_WORKING)
    if clock and (working is None or (clock.is_own and not working.is_own)):
        found[_WORKING] = Usual(
            low=clock.low * day,
            typical=clock.typical * day,
            high=clock.high * day,
            source=f"{clock.source}, as working days",
            industry=clock.industry,
            size=clock.size,
            is_own=clock.is_own,
        )
    return found | {name: found[lender] for name, lender in BORROWED.items() if lender in found}
