"""Dates and times as tables write them, and whether 03/04 is March or April."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from personas.importing.fields import folded, words

DMY, MDY = "dmy", "mdy"
ORDERS = (DMY, MDY)
_TIME = r"(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_AFTER = rf"(?:[T,\s]+(?:at\s+|um\s+)?{_TIME}{_ZONE})?\s*(?:Uhr)?\s*$"
_ISO = re.compile(rf"^(?P<y>\d{{4}})[-/.](?P<mo>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_AFTER}", re.IGNORECASE)
_NUMBERS = re.compile(
    rf"^(?P<a>\d{{1,2}})(?P<mark>[-/.])\s?(?P<b>\d{{1,2}})(?P=mark)\s?(?P<y>\d{{4}}|\d{{2}}){_AFTER}", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    r"^(?:\w+,\s*)?(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:de\s+)?(?P<name>[^\W\d]+)\.?[\s-]+(?:de\s+)?"
    rf"(?P<y>\d{{4}}|\d{{2}}){_AFTER}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"^(?:\w+,\s*)?(?P<name>[^\W\d]+)\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_AFTER}", re.IGNORECASE
)
_CLOCK = re.compile(rf"^{_TIME}$", re.IGNORECASE)
_EXCEL = datetime.fromisoformat("1899-12-30")  # day 0 of workbooks, which know no zones
_SERIAL = re.compile(r"^[2-7]\d{4}(?:[.,]\d+)?$")  # 1954 to 2119
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")  # seconds or milliseconds since 1970, from 2001 to 2033


class NoDate(ValueError):
    """The text is no date, or none that there is; says what to write instead."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a column shows of the order of day and month: the greatest first and second numbers."""

    first: int = 0
    second: int = 0
    count: int = 0

    @property
    def order(self) -> str | None:
        """Dmy or mdy where a number above 12 shows it; "" where no date hangs on it; None where a person must say."""
        if not self.count:
            return ""
        if self.first > 12 >= self.second:
            return DMY
        if self.second > 12 >= self.first:
            return MDY
        return None


def evidence(cells: Iterable[str]) -> Evidence:
    """Of one column's cells. Dates with points count nowhere: those have the day first."""
    first = second = count = 0
    for cell in cells:
        found = _NUMBERS.match(cell.strip()[:60]) if cell[:3].strip()[:1].isdigit() else None
        if found and found["mark"] != ".":
            first, second, count = max(first, int(found["a"])), max(second, int(found["b"])), count + 1
    return Evidence(first, second, count)


def moment(text: str, *, order: str, zone: ZoneInfo, clock: time | None = None) -> datetime:
    """The moment that `text` says; naive times are of `zone`, days without a time are at `clock`, else at noon.

    Noon, because a day that somebody noted is no midnight, and at noon it stays that day in every zone but a few.
    Raises `NoDate`.
    """
    text = text.strip()
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), tz=UTC)
    if _SERIAL.match(text):
        return _whole(_EXCEL + timedelta(days=float(text.replace(",", "."))), clock).replace(tzinfo=zone)
    if len(text) > 80:
        raise NoDate("This is no date; write 2026-03-31 14:30.")
    for pattern in (_ISO, _NUMBERS, _DAY_FIRST, _MONTH_FIRST):
        if found := pattern.match(text):
            return _moment(found, _day(found, order), zone, clock)
    raise NoDate("This is no date; write 2026-03-31 14:30.")


def clock_of(text: str) -> time:
    """The time of day that `text` says. Raises `NoDate`."""
    found = _CLOCK.match(text.strip())
    if not found:
        raise NoDate("This is no time of day; write 14:30.")
    return _clock(found)


def _whole(at: datetime, clock: time | None) -> datetime:
    at = at.replace(microsecond=0)
    return at if at.time() != time() else datetime.combine(at.date(), clock or time(12))


def _day(found: re.Match[str], order: str) -> date:
    parts = found.groupdict()
    year = _year(parts["y"])
    if "a" in parts:
        first, second = int(parts["a"]), int(parts["b"])
        if parts["mark"] == "." or order == DMY:
            first, second = second, first
        elif order != MDY:
            raise NoDate("Say whether the day or the month stands first.")
        month, day = first, second
    elif "name" in parts:
        name = words("month").get(folded(parts["name"]))
        if name is None:
            raise NoDate(f"“{parts['name'][:20]}” is no month that we know; write 2026-03-31.")
        month, day = int(name), int(parts["d"])
    else:
        month, day = int(parts["mo"]), int(parts["d"])
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDate("There is no such day; write 2026-03-31.") from None


def _year(text: str) -> int:
    """Of two digits: up to 69 in this century."""
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < 70 else 1900)


def _moment(found: re.Match[str], day: date, zone: ZoneInfo, clock: time | None) -> datetime:
    if found["h"] is None:
        return datetime.combine(day, clock or time(12), tzinfo=zone)
    at = datetime.combine(day, _clock(found))
    named = found["zone"]
    try:
        return at.replace(tzinfo=_offset(named) if named else zone)
    except ValueError:
        raise NoDate("There is no such time zone; write +01:00.") from None


def _clock(found: re.Match[str]) -> time:
    hour, half = int(found["h"]), (found["half"] or "").replace(".", "").lower()
    if half and not 1 <= hour <= 12:
        raise NoDate("There is no such time; write 14:30.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(found["m"]), int(found["s"] or 0))
    except ValueError:
        raise NoDate("There is no such time; write 14:30.") from None


def _offset(name: str) -> timezone:
    if name[0] not in "+-":
        return UTC
    span = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
    return timezone(-span if name[0] == "-" else span)
