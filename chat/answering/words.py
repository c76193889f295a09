"""Numbers, days and names as people say them. Pure."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
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


def day_of(value: Any) -> date | None:
    """The day of an ISO 8601 date or moment; None for anything else."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


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


PERIODS = {
    "today": timedelta(days=1),
    "yesterday": timedelta(days=2),
    "week": timedelta(days=7),
    "fortnight": timedelta(days=14),
    "month": timedelta(days=31),
    "quarter": timedelta(days=92),
    "year": timedelta(days=366),
}
BESIDE_A_PERIOD = frozenset("last this past the since recent recently lately new latest".split())
