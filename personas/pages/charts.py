"""What the charts of a contact draw: coordinates, so that a page needs no script for a picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from personas.metrics import Channel, Week

WIDE, HIGH = 640, 120  # of the chart of weeks, in units of its picture
MOST_WEEKS = 52
CELL = 12  # of the grid of hours
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of a week's bar."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # theirs, ours, other
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An hour of the week; `level` 0 to 4, by the most that any hour has."""

    x: int
    y: int
    level: int
    title: str


def bars(weeks: Sequence[Week]) -> list[Bar]:
    """The last year's weeks as stacked bars, the contact's own acts at the bottom."""
    shown = weeks[-MOST_WEEKS:]
    top = max((week.theirs + week.ours + week.other for week in shown), default=0)
    if not top:
        return []
    step = WIDE / len(shown)
    return [bar for place, week in enumerate(shown) for bar in _stack(week, place * step, step * 0.8, HIGH / top)]


def _stack(week: Week, x: float, width: float, unit: float) -> list[Bar]:
    found, y = [], float(HIGH)
    words = {"theirs": "by them", "ours": "by you", "other": "other"}
    for kind, label in words.items():
        count: int = getattr(week, kind)
        if count:
            y -= count * unit
            title = f"Week of {week.begins:%d %B %Y}: {count} {label}"
            found.append(
                Bar(
                    x=round(x, 1),
                    y=round(y, 1),
                    width=round(width, 1),
                    height=round(count * unit, 1),
                    kind=kind,
                    title=title,
                )
            )
    return found


def cells(hours: Sequence[Sequence[int]]) -> list[Cell]:
    """The 7 × 24 hours of a week, none where nothing happened at all."""
    top = max((count for day in hours for count in day), default=0)
    if not top:
        return []
    return [
        Cell(
            x=hour * CELL,
            y=day * CELL,
            level=0 if not count else 1 + (count * 4 - 1) // top if count < top else 4,
            title=f"{DAYS[day]} {hour}:00: {count}",
        )
        for day, row in enumerate(hours)
        for hour, count in enumerate(row)
    ]


def shares(channels: Sequence[Channel]) -> list[tuple[str, int, int]]:
    """(channel, per cent, n) of those that are known well enough."""
    return [
        (each.name, round(each.share.value * 100), each.share.n) for each in channels if each.share.value is not None
    ]
