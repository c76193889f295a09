"""The days that a report is of, in a person's time zone. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL = 90  # days
LONGEST = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the first day to the last, both in it."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def ends(self) -> datetime:
        """The moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone)

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=day) for day in range((self.last - self.first).days + 1))

    def mondays(self) -> list[date]:
        """Of the weeks that it touches."""
        return sorted({monday(day) for day in self.days()})


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
