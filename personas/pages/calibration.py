"""The picture of what was said against what came: coordinates in a square of 200. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from personas.predicting.model import Bin

SIDE = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A bin: the dot, and the ends of its interval. 0 is below."""

    x: float
    y: float
    low: float
    high: float
    title: str


def dots(bins: Sequence[Bin]) -> list[Dot]:
    return [
        Dot(
            x=round(each.said * SIDE, 1),
            y=round((1 - each.came) * SIDE, 1),
            low=round((1 - each.low) * SIDE, 1),
            high=round((1 - each.high) * SIDE, 1),
            title=f"{each.said:.0%} said, {each.came:.0%} came, n = {each.n}",
        )
        for each in bins
    ]
