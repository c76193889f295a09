"""How use and sources go from day to day: which addresses are asked, how answers are judged, how often sources answer.

Routes are counted by each web process for itself, and written a batch at a time (salesintel/measuring.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet, Sum

from enrichment.models import Rating, RouteUse, SourceCall
from enrichment.workflow.days import local_day
from enrichment.workflow.usage import Scope

KEPT = timedelta(days=400)
Key = tuple[date, str, str]  # day, route, method
ANSWERED = [SourceCall.Status.OK, SourceCall.Status.EMPTY]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Calls of one route; `refused` with 4xx, `failed` with 5xx."""

    calls: int = 0
    refused: int = 0
    failed: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        calls, refused = self.calls + other.calls, self.refused + other.refused
        return Counted(calls=calls, refused=refused, failed=self.failed + other.failed)


def note(counts: Mapping[Key, Counted]) -> None:
    """Add a batch to the rows of its days, whoever else adds at the same moment."""
    for (day, route, method), more in counts.items():
        place = {"day": day, "route": route[:120], "method": method[:10]}
        added: dict[str, Any] = {name: getattr(more, name) for name in ("calls", "refused", "failed")}
        if _added(place, added):
            continue
        try:
            with transaction.atomic():
                RouteUse.objects.create(**place, **added)
        except IntegrityError:  # another process's first of the day came between
            _added(place, added)


def outdated(today: date) -> QuerySet[RouteUse]:
    """What is older than 400 days."""
    return RouteUse.objects.filter(day__lt=today - KEPT)


def _added(place: dict[str, Any], added: dict[str, int]) -> int:
    return RouteUse.objects.filter(**place).update(**{name: F(name) + more for name, more in added.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation: its calls, and on how many days it was asked."""

    route: str
    method: str
    counted: Counted
    days: int


def routes(first: date, last: date) -> list[Route]:
    """What was asked in these days (of UTC, both included), most often first. One query."""
    rows = RouteUse.objects.filter(day__gte=first, day__lte=last).values_list("route", "method").order_by()
    grouped = rows.annotate(n=Sum("calls"), no=Sum("refused"), bad=Sum("failed"), days=Count("day", distinct=True))
    found = [
        Route(route=route, method=method, counted=Counted(calls=n, refused=no, failed=bad), days=days)
        for route, method, n, no, bad, days in grouped
    ]
    return sorted(found, key=lambda each: (-each.counted.calls, each.route, each.method))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Of one day: how many, and how many of them were good."""

    day: str
    n: int
    good: float

    @property
    def share(self) -> float | None:
        return self.good / self.n if self.n else None


def reliability(scope: Scope) -> dict[str, list[Day]]:
    """Source → each day of the scope on which it was asked: calls, and how many it answered. One query."""
    rows = SourceCall.objects.filter(origin=scope.origin, started__gte=scope.since, started__lt=scope.until).order_by()
    rows = rows.exclude(status=SourceCall.Status.INTENT)
    day = local_day("started", scope.since, scope.until, scope.zone)
    counted = rows.annotate(day=day).values_list("source", "day")
    counted = counted.annotate(n=Count("pk"), good=Count("pk", filter=Q(status__in=ANSWERED)))
    return _by_day(counted)


def stars(scope: Scope) -> list[Day]:
    """Each day on which somebody gave stars: how many ratings, and their sum. One query."""
    rows = Rating.objects.filter(created__gte=scope.since, created__lt=scope.until, report__origin=scope.origin)
    if scope.whose is not None:
        rows = rows.visible_to(scope.whose)
    day = local_day("created", scope.since, scope.until, scope.zone)
    counted = rows.order_by().annotate(day=day).values_list("day").annotate(n=Count("pk"), good=Sum("stars"))
    return sorted((Day(day=str(on), n=n, good=good) for on, n, good in counted), key=lambda each: each.day)


def _by_day(rows: Iterable[Any]) -> dict[str, list[Day]]:
    found: defaultdict[str, list[Day]] = defaultdict(list)
    for source, day, n, good in rows:
        found[source].append(Day(day=str(day), n=n, good=good))
    return {source: sorted(days, key=lambda each: each.day) for source, days in sorted(found.items())}
