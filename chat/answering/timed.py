"""Answers of a time: which days those are, and what comes nearest where nothing is of them. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from chat.answering.asked import About
from chat.answering.held import Held
from chat.answering.words import day_told, days_told

T = TypeVar("T")


def when(held: Held, about: About) -> str:
    """The days with a space before them, as they stand behind what is said; "" where no time is asked of."""
    span = about.span
    return f" {days_told(span.since, span.until, held.now.date())}" if span else ""


def in_that_time(held: Held, about: About) -> str:
    """The same behind what is not."""
    return f" in that time ({when(held, about).strip()})" if about.span else ""


def is_in_time(held: Held, value: Any, about: About) -> bool:
    """Whether a date or a moment is of the time that is asked of; what has no date is not."""
    day = held.day(value)
    return about.span is None or (day is not None and day in about.span)


def nearest_before(held: Held, about: About, rows: Iterable[tuple[Any, T]]) -> tuple[str, list[T]]:
    """Of rows with their dates those before the time, the newest first; and a sentence of ours that says how near."""
    span = about.span
    if span is None:
        return "", []
    dated = [(day, row) for value, row in rows if (day := held.day(value))]
    before = sorted(_before(dated, span.since), key=lambda each: each[0], reverse=True)
    if before:
        return f" The nearest before is of {day_told(before[0][0])}:", [row for _, row in before]
    return " Nothing that is older is held either." if dated else "", []


def _before(dated: Iterable[tuple[date, T]], since: date) -> list[tuple[date, T]]:
    return [each for each in dated if each[0] < since]
