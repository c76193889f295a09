"""All figures of a history at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from personas.history import History, Moment, Terms
from personas.metrics import feelings, mails, meetings, replies, rhythm, sales, when
from personas.metrics.intervals import Floats
from personas.metrics.model import POINTS, Channel, Measured, Slot, Stage, Week, counted
from personas.metrics.quality import Quality, quality
from personas.metrics.sorting import CHANNELS, Sorted, is_mail, is_ours, sorted_of

_MOST_WEEKS = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """A contact in figures. `figures` by the names that the API and the pages show; the rest is what charts draw."""

    figures: Mapping[str, Measured]
    quality: Quality
    counts: Mapping[str, Mapping[str, int]]  # of interactions by type, direction, outcome, channel
    weeks: tuple[Week, ...]  # at most 104, the earliest first, empty ones too
    hours: tuple[tuple[int, ...], ...]  # 7 × 24 acts of theirs from Monday, in their zone
    hours_smoothed: Floats  # the same as shares that add up to 1
    channels: tuple[Channel, ...]
    preferred_channel: str | None
    best_time: Slot | None
    stages: tuple[Stage, ...]


def measure(history: History, terms: Terms) -> Metrics:
    """All that is computed of one contact's history up to `terms.now`."""
    found = sorted_of(history, terms)
    figures = {
        "totalInteractions": counted(len(found.moments)),
        "ownActs": counted(len(found.acts)),
        **mails.mails(found, terms),
        **replies.response_times(found, history, terms),
        **rhythm.rhythm(found, history, terms),
        **meetings.meetings(found, terms),
        **meetings.calls(found, terms),
        **meetings.documents(found, terms),
        **feelings.feelings(found, terms),
        **sales.sales(history, terms),
    }
    score = quality(found, history, figures, terms)
    acts = when.grid(found.acts, history.hours)
    return Metrics(
        figures=figures | {"dataQualityScore": counted(score.total, POINTS, n=len(found.moments))},
        quality=score,
        counts=meetings.by(found.moments) | {"channel": _by_channel(found.moments)},
        weeks=_weeks(found, history, terms),
        hours=tuple(tuple(int(hour) for hour in day) for day in acts),
        hours_smoothed=when.smoothed(acts),
        channels=when.channels(found.active, terms),
        preferred_channel=when.preferred(found.active, terms),
        best_time=when.best_time(found.acts, history, terms),
        stages=sales.stages(history, terms),
    )


def _by_channel(moments: Iterable[Moment]) -> dict[str, int]:
    return dict(Counter(CHANNELS.get(each.type, "other") for each in moments))


def _weeks(found: Sorted, history: History, terms: Terms) -> tuple[Week, ...]:
    zone = history.hours.zone
    theirs = {each.id for each in found.acts}
    counts: Counter[tuple[date, str]] = Counter()
    for each in found.moments:
        counts[_monday(each.at.astimezone(zone).date()), _side(each, theirs)] += 1
    if not counts:
        return ()
    last = _monday(terms.now.astimezone(zone).date())
    first = max(min(week for week, _ in counts), last - timedelta(weeks=_MOST_WEEKS - 1))
    mondays = (first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1))
    return tuple(
        Week(begins=day, theirs=counts[day, "theirs"], ours=counts[day, "ours"], other=counts[day, "other"])
        for day in mondays
    )


def _side(moment: Moment, theirs: set[UUID]) -> str:
    if moment.id in theirs:
        return "theirs"
    is_by_us = is_ours(moment) if is_mail(moment) else moment.direction == "out"
    return "ours" if is_by_us and not moment.is_automatic else "other"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
