"""Dates as providers write them, made aware. Pure: relative ones count back from when the reply was fetched."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

# "09/28/2026, 01:53 AM, +0200 EET": SerpApi's own form, whose zone varies.
_SERPAPI = re.compile(r"(\d{1,2}/\d{1,2}/\d{4}),? (\d{1,2}:\d{2} [AP]M),? ([+-])(\d{2}):?(\d{2})\b")
_RELATIVE = re.compile(
    r"(?:about |over |posted )?(\d{1,4}|an?|one)\+? ?(second|minute|min|hour|day|week|month|year)s? ago"
)
_SPAN = {
    "second": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_FORMATS = (
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d %H:%M:%S",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%m/%d/%Y",
    "%Y-%m",
)


def moment(text: str, *, fetched_at: datetime) -> datetime | None:
    """The moment that `text` names, in UTC; None where it names none, or one before 1990 or after tomorrow.

    Reads ISO 8601, RFC 822, "09/28/2026, 01:53 AM, +0200 EET", "Sep 28, 2026", "4 days ago", "yesterday". A month is 30
    days; a date without a zone is taken as UTC.
    """
    said = " ".join(text[:60].split())
    found = _iso(said) or _serpapi(said) or _relative(said.lower(), fetched_at) or _written(said) or _mailed(said)
    if found is None:
        return None
    try:
        at = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    return at if datetime(1990, 1, 1, tzinfo=UTC) <= at <= fetched_at + timedelta(days=1) else None


def day(at: datetime | None) -> str | None:
    """`at` as an ISO date in UTC."""
    return at.astimezone(UTC).date().isoformat() if at else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _serpapi(text: str) -> datetime | None:
    match = _SERPAPI.search(text)
    if match is None:
        return None
    date, clock, sign, hours, minutes = match.groups()
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        naive = datetime.strptime(f"{date} {clock}", "%m/%d/%Y %I:%M %p")  # noqa: DTZ007 - the zone follows
        return naive.replace(tzinfo=timezone(-shift if sign == "-" else shift))
    except ValueError:
        return None


def _relative(text: str, fetched_at: datetime) -> datetime | None:
    if text in {"today", "just now", "just posted"}:
        return fetched_at
    if text == "yesterday":
        return fetched_at - timedelta(days=1)
    match = _RELATIVE.search(text)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else 1
    try:
        return fetched_at - count * _SPAN[match[2]]
    except OverflowError:
        return None


def _written(text: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _mailed(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
