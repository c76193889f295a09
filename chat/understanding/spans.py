"""The time that a question asks of: "last quarter", "since March", "in the past two weeks". Pure.

This, last and previous with a unit are of the calendar, weeks from Monday: in November last quarter is July to
September. Past, and any number of units, end today: the past week is the day of today a week ago, until today.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = tuple("january february march april may june july august september october november december".split())
DAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
NUMBERS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))
NUMBERS |= {"a": 1, "an": 1, "couple": 2, "few": 3, "several": 3, "dozen": 12}
MOST_UNITS = 120
LONGEST_TEXT = 400  # characters of a question that are read

_MONTH = "|".join([*MONTHS, *(f"{name[:3]}\\b\\.?" for name in MONTHS), r"sept\b\.?"])
_UNIT = r"(?P<unit>hour|day|week|fortnight|month|quarter|year)s?"
_NUMBER = rf"(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SINCE = r"(?P<since>(?:ever\s+)?since|as\s+of|from|after|starting)\s+"
_AT = r"(?:(?:in|during|of|for|over|back\s+in|from|on|the\s+month\s+of)\s+)"
_END = r"(?![\w-])"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to `until`, both included; `words` as they were asked."""

    since: date
    until: date
    words: str = ""

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


def span_in(text: str, today: date) -> Span | None:
    """The first time that the text asks of, as days by the asker's calendar; None where it asks of none.

    What lies wholly ahead is no time to ask news of. Never raises.
    """
    said = " ".join(text[:LONGEST_TEXT].casefold().split())
    for pattern, read in _PATTERNS:
        for found in pattern.finditer(said):
            bounds = read(found.groupdict(), today)
            if bounds is not None and date.min < bounds[0] <= min(bounds[1], today):
                return Span(bounds[0], min(bounds[1], today), found[0].strip())
    return None


Bounds = tuple[date, date] | None
Groups = dict[str, str | None]


def _ago(today: date, count: int, unit: str) -> date:
    """The day so many units before: 31 May less a month is 30 April. An hour counts as its part of a day."""
    if unit == "hour":
        return today - timedelta(days=-(-count // 24))
    if unit in ("day", "week", "fortnight"):
        return today - timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    months = today.year * 12 + today.month - 1 - count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])) if year > 0 else date.min


def _begin(day: date, unit: str) -> date:
    """The first day of the calendar's unit that holds the day."""
    if unit in ("week", "fortnight"):
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": day.month - (day.month - 1) % 3, "year": 1}.get(unit)
    return day.replace(month=month, day=1) if month else day


def _rolling(held: Groups, today: date) -> Bounds:
    """“the past two weeks”, “last 6 months”, “the past year”."""
    word = held.get("count") or "1"
    count = int(word) if word.isdigit() else NUMBERS[word]
    return (_ago(today, count, held.get("unit") or "day"), today) if 0 < count <= MOST_UNITS else None


def _calendar(held: Groups, today: date) -> Bounds:
    """“this quarter” until today; “last week” the whole one before; with “since”, from its first day until today."""
    unit, is_this = held.get("unit") or "day", held.get("which") in ("this", "current")
    if unit == "hour":
        return None
    begin = _begin(today, unit)
    if is_this:
        return begin, today
    last = begin - timedelta(days=1)
    first = _ago(begin, 1, unit) if unit == "fortnight" else _begin(last, unit)
    return first, today if held.get("since") else last


def _day(held: Groups, today: date) -> Bounds:
    """“yesterday”, “today”, “since Monday”, “on Friday”: the last one before today."""
    word = held.get("day") or ""
    day = {"yesterday": today - timedelta(days=1)}.get(word, today)
    if word in DAYS:
        day = today - timedelta(days=(today.weekday() - DAYS.index(word) - 1) % 7 + 1)
    return day, today if held.get("since") else day


def _dated(held: Groups, today: date) -> Bounds:
    """“since 1 June”, “on June 3rd 2025”, “since 2026-06-01”: without a year, the last one that is not ahead."""
    number, month, year = int(held.get("number") or 0), _month(held.get("month")), held.get("year")
    found = next(
        (day for y in _years(year, today) if (day := _date(y, month, number)) and (year or day <= today)), None
    )
    return (found, today if held.get("since") else found) if found else None


def _in_month(held: Groups, today: date) -> Bounds:
    """“in March”, “since last March”, “in March 2025”."""
    month, year = _month(held.get("month")), held.get("year")
    first = next(day for day in (date(each, month, 1) for each in _years(year, today)) if year or day <= today)
    last = first.replace(day=monthrange(first.year, month)[1])
    return first, today if held.get("since") else last


def _in_quarter(held: Groups, today: date) -> Bounds:
    """“in Q3”, “since Q1 2025”."""
    month, year = int(held.get("quarter") or 1) * 3 - 2, held.get("year")
    first = next(day for day in (date(each, month, 1) for each in _years(year, today)) if year or day <= today)
    return first, today if held.get("since") else _ago(first, -1, "quarter") - timedelta(days=1)


def _in_year(held: Groups, today: date) -> Bounds:
    year = int(held.get("year") or today.year)
    return date(year, 1, 1), today if held.get("since") else date(year, 12, 31)


def _to_date(_held: Groups, today: date) -> Bounds:
    return _begin(today, "year"), today


def _month(word: str | None) -> int:
    return next(at for at, name in enumerate(MONTHS, 1) if name.startswith((word or "").rstrip(".")[:3]))


def _years(year: str | None, today: date) -> tuple[int, ...]:
    return (int(year),) if year else (today.year, today.year - 1, today.year - 2, today.year - 3, today.year - 4)


def _date(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 0 < day <= monthrange(year, month)[1] else None


def _iso(held: Groups, today: date) -> Bounds:
    year, month = int(held.get("year") or 0), int(held.get("month") or 0)
    day = _date(year, month, int(held.get("number") or 0)) if 0 < month < 13 else None
    return (day, today if held.get("since") else day) if day else None


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){pattern}{_END}")


_MAYBE_SINCE = rf"(?:{_SINCE})?"
_NTH = r"(?P<number>\d{1,2})(?:st|nd|rd|th)?"
_OF_YEAR = rf"(?:,?\s+(?:of\s+)?{_YEAR})?"
_LAST_N = rf"(?:the\s+)?(?:last|past|previous|recent)\s+{_NUMBER}(?:\s+of)?\s+{_UNIT}"
_WHOLE_UNIT = rf"(?:the\s+)?(?P<which>this|current|last|previous)\s+{_UNIT}(?!\s+to\b)"
_PART = r"(?:last\s+|this\s+|early\s+|late\s+|mid\s+|the\s+end\s+of\s+)?"
_BEGINNING = r"(?:the\s+)?(?:start|beginning)\s+of\s+"
_PLAIN_MONTH = rf"(?P<month>(?!may|march)(?:{'|'.join(MONTHS)}))"  # these two are words of another sense, too
# The first that matches counts; more special ones stand before what they hold.
_PATTERNS = (
    (_compiled(rf"{_MAYBE_SINCE}{_YEAR}-(?P<month>\d\d)-(?P<number>\d\d)"), _iso),
    (_compiled(rf"{_MAYBE_SINCE}(?:the\s+)?{_NTH}\s+(?:of\s+)?(?P<month>{_MONTH}){_OF_YEAR}"), _dated),
    (_compiled(rf"{_MAYBE_SINCE}(?P<month>{_MONTH})\s+{_NTH}{_OF_YEAR}"), _dated),
    (_compiled(rf"(?:(?:in|over|within|during|for|of|from)\s+)?{_LAST_N}"), _rolling),
    (_compiled(rf"(?:(?:in|over|within|during)\s+the\s+last|(?:the\s+)?past)\s+{_UNIT}"), _rolling),
    (_compiled(rf"(?:since\s+)?{_NUMBER}\s+{_UNIT}\s+ago"), _rolling),
    (_compiled(rf"(?:the\s+)?year\s+to\s+date|ytd|since\s+{_BEGINNING}the\s+year"), _to_date),
    (_compiled(rf"{_MAYBE_SINCE}(?:{_BEGINNING})?{_WHOLE_UNIT}"), _calendar),
    (_compiled(rf"{_MAYBE_SINCE}(?:{_AT})?q(?P<quarter>[1-4])(?:\s+(?:of\s+)?{_YEAR})?"), _in_quarter),
    (_compiled(rf"(?:{_SINCE}|{_AT}){_PART}(?P<month>{_MONTH})(?:\s+(?:of\s+)?{_YEAR})?"), _in_month),
    (_compiled(rf"{_MAYBE_SINCE}(?:last\s+)?(?P<month>{_MONTH})\s+(?:of\s+)?{_YEAR}"), _in_month),
    (_compiled(rf"(?P<since>since\s+)?(?:last\s+)?{_PLAIN_MONTH}"), _in_month),
    (_compiled(rf"(?:{_SINCE}|{_AT})(?:(?:the\s+)?year\s+)?{_YEAR}"), _in_year),
    (_compiled(rf"{_MAYBE_SINCE}(?:last\s+|on\s+)?(?P<day>{'|'.join(DAYS)})"), _day),
    (_compiled(rf"{_MAYBE_SINCE}(?P<day>yesterday|today)"), _day),
)
