"""Keeps the days that are over added up, so that nobody who asks for usage has to count the ledgers' lines.

A day is added up for each clock that people live by, two hours after it ended. What changes one of its lines later
leaves a mark in the same transaction (`UsageMark`): the day counts as not added up from that commit on, and is done
again. Whoever reads counts the lines of days that are not there, so figures never wait for this.
"""

import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min

from enrichment.models import EngineCall, Origin, ResearchRequest, SourceCall, UsageDay, UsageFigure, UsageMark
from enrichment.models.clock import database_now
from enrichment.models.usage import ROLLED_AFTER
from enrichment.workflow import counting
from enrichment.workflow.counting import Where
from enrichment.workflow.days import day_of, zone_named
from salesintel.accounts.models import User

EVERY = timedelta(minutes=5)
MARKS = 500  # that are worked through in one transaction
Of = UsageFigure.Of
Span = tuple[datetime, datetime]
Sums = dict[tuple[bool, int | None, str, str], Counter[str]]  # everybody, user, of, key → sums


def roll_up(now: datetime | None = None) -> int:
    """Add up every day that is over and is not added up; returns how many."""
    waiting = wanting(now or database_now())
    for span in waiting:
        add_up(span)
    return len(waiting)


def wanting(now: datetime) -> list[Span]:
    """The days that are over and are not added up, the latest first, in every zone that people live by."""
    while _heed_marks():
        pass
    first = _first_moment()
    if first is None:
        return []
    known = set(UsageDay.objects.exclude(added_up=None).values_list("starts", "ends"))
    wanted = {span for zone in _zones() for span in _days_over(zone, first, now - ROLLED_AFTER)}
    return sorted(wanted - known, reverse=True)


def _first_moment() -> datetime | None:
    """Of whatever is counted; one look into an index each."""
    moments = [SourceCall.objects.filter(origin=origin).aggregate(at=Min("started"))["at"] for origin in Origin.values]
    moments.append(EngineCall.objects.aggregate(at=Min("started"))["at"])
    moments.append(ResearchRequest.objects.filter(parent=None).aggregate(at=Min("answered"))["at"])
    return min((at for at in moments if at is not None), default=None)


def _zones() -> set[ZoneInfo]:
    names = set(User.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True).distinct())
    return {zone_named(name) or ZoneInfo("UTC") for name in names | {"UTC"}}


def _days_over(zone: ZoneInfo, first: datetime, until: datetime) -> Iterator[Span]:
    day: date = first.astimezone(zone).date()
    while (span := day_of(day, zone))[1] <= until:
        yield span
        day += timedelta(days=1)


# --- Adding up --------------------------------------------------------------------------------------------------------


def add_up(span: Span) -> None:
    """Count the day's lines and keep the sums, unless they are kept and hold.

    The day's row is there, and committed, before its lines are read under its lock: so whoever heeds a mark meanwhile
    finds the row, and takes back what was added up without the change.
    """
    starts, ends = span
    day, _ = UsageDay.objects.get_or_create(starts=starts, ends=ends)
    with transaction.atomic():
        day = UsageDay.objects.select_for_update(no_key=True).get(pk=day.pk)
        if day.added_up is not None:
            return  # by another watchdog, just now
        day.figures.all().delete()
        found = [figure for origin in Origin.values for figure in _figures(day, origin)]
        UsageFigure.objects.bulk_create(found)
        day.added_up = database_now()
        day.save(update_fields=["added_up"])


def _figures(day: UsageDay, origin: str) -> Iterator[UsageFigure]:
    for (everybody, user, of, key), sums in _sums(Where(spans=[(day.starts, day.ends)], origin=origin)).items():
        yield UsageFigure(day=day, origin=origin, everybody=everybody, user_id=user, of=of, key=key, **sums)


def _sums(where: Where) -> Sums:
    found: Sums = {}

    def add(user: int | None, of: str, key: str | None, **sums: Any) -> None:
        wholes = [(True, None)] if user is None else [(True, None), (False, user)]
        for everybody, whose in wholes:
            counter = found.setdefault((everybody, whose, of, key or ""), Counter())
            counter.update(sums)

    def add_person(user: int | None, **sums: Any) -> None:
        found.setdefault((True, user, Of.USER, ""), Counter()).update(sums)

    for user, consumer, source, *counts in counting.calls(where, ("request__user", "request__consumer", "source")):
        sums = dict(zip(("calls", "cost", "unpriced"), counts, strict=True))
        add(user, Of.CONSUMER, consumer, **sums)
        add(user, Of.SOURCE, source, **sums)
        add_person(user, **sums)
    for user, consumer, count, saved in counting.requests(where, ("user", "consumer")):
        add(user, Of.CONSUMER, consumer, requests=count, saved=saved)
        add_person(user, requests=count, saved=saved)
    for user, source, saved in counting.saved_by_source(where, ("user",)):
        add(user, Of.SOURCE, source, saved=saved)
    for user, cache_type, hits, misses, saved in counting.reuse(where, ("user",)):
        add(user, Of.CACHE, cache_type, hits=hits, misses=misses, saved=saved)
    return found


@transaction.atomic
def _heed_marks() -> int:
    """Take back the days in which some of the marks are, and the marks; returns how many marks that were."""
    marks = list(UsageMark.objects.order_by("pk").values_list("pk", "at")[:MARKS])
    for at in sorted({_quarter(at) for _, at in marks}):  # in one order, as whoever else does the same
        UsageDay.objects.filter(starts__lte=at, ends__gt=at).update(added_up=None)
    UsageMark.objects.filter(pk__in=[pk for pk, _ in marks]).delete()
    return len(marks)


def _quarter(at: datetime) -> datetime:
    """The quarter of an hour that it is in: days begin with one in every zone."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


@dataclass(slots=True)
class Roller:
    """Adds up one day at a time, so that whoever has it do so is never held up for long."""

    due: float = field(default_factory=time.monotonic)
    waiting: deque[Span] = field(default_factory=deque)

    def tick(self) -> None:
        """Add up a day, if one waits; look for such days every few minutes."""
        if not self.waiting and time.monotonic() >= self.due:
            self.due = time.monotonic() + EVERY.total_seconds()
            self.waiting.extend(wanting(database_now()))
        if self.waiting:
            add_up(self.waiting.popleft())
