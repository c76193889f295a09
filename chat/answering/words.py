"""Numbers, days and names as people say them. Pure."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any

LONGEST = 300  # characters of one collected text in a sentence


def joined(names: Sequence[str]) -> str:
    """["AWS", "Slack", "Jira"] → "AWS, Slack and Jira"."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def counted(count: int, one: str, many: str = "") -> str:
    """2, "post" → "2 posts"; 1, "person", "people" → "1 person"."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def text(value: Any, longest: int = LONGEST) -> str:
    """A collected text on one line, cut at a word; "" for what is no text."""
    line = one_line(value[: longest * 4]) if isinstance(value, str) else ""
    return line if len(line) <= longest else f"{line[: longest - 1].rsplit(' ', 1)[0]}…"


def one_line(text: str) -> str:
    """The text on one line, without control and direction marks, or letters that nobody sees."""
    return " ".join(
        "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) not in _UNSEEN).split()
    )


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def day_of(value: Any, zone: tzinfo | None = None) -> date | None:
    """The day of an ISO 8601 date, or of a moment by the clocks of `zone` (else its own); None for anything else."""
    if isinstance(value, datetime):
        return (value.astimezone(zone) if zone and value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    for read in (value, value[:10]) if isinstance(value, str) else ():
        try:
            return day_of(datetime.fromisoformat(read), zone)
        except (ValueError, OverflowError):
            continue
    return None


def day_told(day: date) -> str:
    """As people say it: "22 November 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def days_told(since: date, until: date, today: date) -> str:
    """Say "on 21 November 2026"; "since 1 March 2026", until today; else "from 1 July 2026 to 30 September 2026"."""
    if since == until:
        return f"on {day_told(since)}"
    return f"since {day_told(since)}" if until >= today else f"from {day_told(since)} to {day_told(until)}"


def ago(day: date | None, now: datetime) -> str:
    """In words: "today", "3 days ago", "5 weeks ago", "2 years ago"; a day to come as it is; "" for none."""
    if day is None:
        return ""
    days = (now.date() - day).days
    if days < 0:
        return day.isoformat()
    if days < 2:
        return ("today", "yesterday")[days]
    for length, unit in ((730, 365), (70, 30), (21, 7)):
        if days >= length:
            return f"{days // unit} {({365: 'years', 30: 'months', 7: 'weeks'})[unit]} ago"
    return f"{days} days ago"


def ended(sentence: str) -> str:
    """The sentence with a full stop, where nothing ends it yet."""
    return sentence if not sentence or sentence.endswith((".", "!", "?", "…", ":", ".”", "?”")) else f"{sentence}."


TIME_WORDS = frozenset(
    """last this past the since recent recently lately new latest today yesterday day days week weeks fortnight month
    months quarter quarters year years""".split()
)  # these single nothing out
