"""Two shares beside each other. Pure."""

from dataclasses import dataclass
from math import sqrt

from personas.metrics.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`hits` of `n`, with Wilson's 95 % interval; None where n is 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def within(self) -> tuple[float | None, float | None]:
        return wilson(self.hits, self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One share less another, with its 95 % interval."""

    value: float
    low: float
    high: float


def difference(one: Share, other: Share) -> Difference | None:
    """p₁ − p₂ with Newcombe's hybrid score interval (Newcombe 1998, method 10); None where either n is 0.

    d − √((p₁ − l₁)² + (u₂ − p₂)²) to d + √((u₁ − p₁)² + (p₂ − l₂)²) of Wilson's intervals: 56 of 70 less 48 of 80
    is 0.2, 0.0524 to 0.3339.
    """
    (low, high), (other_low, other_high) = one.within, other.within
    if one.value is None or other.value is None or None in (low, high, other_low, other_high):
        return None
    p, q = one.value, other.value
    ends = [float(each or 0.0) for each in (low, high, other_low, other_high)]
    gap = p - q
    return Difference(
        value=gap,
        low=gap - sqrt((p - ends[0]) ** 2 + (ends[3] - q) ** 2),
        high=gap + sqrt((ends[1] - p) ** 2 + (q - ends[2]) ** 2),
    )
