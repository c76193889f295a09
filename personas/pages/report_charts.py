"""What the charts of the report draw: bars of how many, lines of how good. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from personas.pages.charts import HIGH, WIDE
from personas.reporting.making import Made

MOST_BARS = 92  # days; of more, weeks are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A day or a week: its bar."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A week's mean."""

    x: float
    y: float
    title: str


def columns(made: Sequence[Made]) -> list[Column]:
    """How many were made; none of a time without any."""
    top, step = max((each.n for each in made), default=0), WIDE / max(1, len(made))
    return [
        Column(
            x=round(place * step, 1),
            y=round(HIGH - HIGH * each.n / top, 1),
            width=round(step * 0.8, 1),
            height=round(HIGH * each.n / top, 1),
            title=f"{each.begins:%d %B %Y}: {each.n}",
        )
        for place, each in enumerate(made)
        if each.n
    ]


def quality(weeks: Sequence[Made]) -> list[Point]:
    """Mean data quality, 0 to 100 points from below to above."""
    return _points([(each, None if each.quality is None else each.quality / 100, "of 100") for each in weeks])


def evidenced(weeks: Sequence[Made]) -> list[Point]:
    """Mean share of traits with enough evidence, 0 to 1 from below to above."""
    return _points([(each, each.borne, "% of traits") for each in weeks])


def _points(values: Sequence[tuple[Made, float | None, str]]) -> list[Point]:
    step = WIDE / max(1, len(values))
    return [
        Point(
            x=round((place + 0.5) * step, 1),
            y=round(HIGH * (1 - value), 1),
            title=f"Week of {week.begins:%d %B %Y}: {value * 100:.0f} {unit}",
        )
        for place, (week, value, unit) in enumerate(values)
        if value is not None
    ]
