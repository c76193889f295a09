"""How good chances were: scores beside the base rate's, and whether as much happened as was said. Pure."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from personas.metrics.intervals import Floats, effective, student, wilson
from personas.predicting.model import Bin, Compared, Example

BINS = 5
_FEWEST = 10  # cases in a bin


def brier(chances: Floats, happened: Floats) -> Floats:
    """Of each case (chance − outcome)²: 0 is right and sure, 1 wrong and sure (Brier 1950)."""
    return (chances - happened) ** 2


def log_loss(chances: Floats, happened: Floats) -> Floats:
    """Of each case −ln of the chance that was given to what came."""
    return -np.log(np.where(happened > 0, chances, 1 - chances))


def compared(ours: Floats, base: Floats, tried: Sequence[Example]) -> Compared:
    """Mean losses, and the mean of their difference with the 95 % interval of its ratio estimator over groups.

    D = Σ w·d ÷ Σ w; error √(m ÷ (m − 1) · Σ_g (Σ_g w(d − D))²) ÷ Σ w over m groups, Student's t of m − 1 (Cochran 1977,
    11.3, with whole groups drawn). Cases of one contact are alike: to count each for itself makes it too sure.
    """
    weights = np.array([each.weight for each in tried])
    total = float(weights.sum())
    gains = base - ours
    gain = float(weights @ gains) / total
    _, places = np.unique([str(each.group) for each in tried], return_inverse=True)
    sums = np.bincount(places, weights=weights * (gains - gain))
    m = len(sums)
    half = student(m - 1) * sqrt(m / (m - 1) * float((sums**2).sum())) / total if m > 1 else float("inf")
    return Compared(
        ours=float(weights @ ours) / total,
        base=float(weights @ base) / total,
        gain=gain,
        low=gain - half,
        high=gain + half,
    )


def bins(chances: Floats, tried: Sequence[Example]) -> tuple[Bin, ...]:
    """At most five bins of as many cases each, from the least chance to the greatest; the interval is Wilson's."""
    count = max(1, min(BINS, len(tried) // _FEWEST))
    order = np.argsort(chances, kind="stable")
    happened = np.array([each.happened for each in tried], dtype=float)
    weights = np.array([each.weight for each in tried])
    return tuple(_bin(chances[some], happened[some], weights[some]) for some in np.array_split(order, count))


def _bin(chances: Floats, happened: Floats, weights: Floats) -> Bin:
    total = float(weights.sum())
    came, n = float(weights @ happened) / total, effective(weights)
    low, high = wilson(came * n, n)
    return Bin(
        said=float(weights @ chances) / total,
        came=came,
        low=0.0 if low is None else low,
        high=1.0 if high is None else high,
        n=len(chances),
    )
