"""Days of a time zone as the database tells them: moments are kept in UTC, and a zone's offset changes in a range."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, Func, When

STEP = timedelta(hours=1)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone, None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def day_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Its first moment, and the first one after it."""
    first, after = (datetime.combine(each, datetime.min.time(), zone) for each in (day, day + timedelta(days=1)))
    return first.astimezone(UTC), after.astimezone(UTC)


def offsets(since: datetime, until: datetime, zone: ZoneInfo) -> list[tuple[datetime, int]]:
    """From when on (UTC) which offset holds, in minutes; the first from `since`. To the hour, as zones change it."""
    found: list[tuple[datetime, int]] = []
    at = since.astimezone(UTC)
    while at < until:
        offset = round((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() / 60)
        if not found or found[-1][1] != offset:
            found.append((at, offset))
        at = at.replace(minute=0, second=0, microsecond=0) + STEP
    return found


class _Day(Func):
    """The date of a moment at a fixed offset, as text: 2026-11-21. Native on both databases, so quick."""

    output_field = CharField()

    def __init__(self, moment: str, minutes: int) -> None:
        super().__init__(F(moment))
        self.minutes = minutes

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"DATE(%(expressions)s, '{self.minutes:+d} minutes')")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        shifted = f"(%(expressions)s AT TIME ZONE 'UTC') + INTERVAL '{self.minutes:d} minutes'"
        return self.as_sql(compiler, connection, template=f"TO_CHAR({shifted}, 'YYYY-MM-DD')")


def local_day(moment: str, since: datetime, until: datetime, zone: ZoneInfo) -> Case | _Day:
    """The day in `zone` that the field `moment`, in [since, until), falls on: an expression that gives 2026-11-21."""
    first, *later = offsets(since, until, zone)
    day = _Day(moment, first[1])
    if not later:
        return day
    whens = [When(**{f"{moment}__gte": at}, then=_Day(moment, minutes)) for at, minutes in reversed(later)]
    return Case(*whens, default=day, output_field=CharField())
