"""What a cover must cost at least, and how low a shortfall can fall: the bounds that let the search stop early."""

from dataclasses import dataclass
from math import exp

from enrichment.planning.problem import DECIMALS, Problem

WHOLE = 1024  # a row is met when the shares of its chosen candidates add up to this
FLOAT_ERROR = 1e-12  # far above what a dozen products lose, far below what rounding to 9 decimals sees

Row = list[tuple[int, int]]  # (candidate, share of WHOLE that it meets at most)


def share_of(gain: float, need: float) -> int:
    """How much of `need` a gain meets, in parts of WHOLE, rounded up so that no cover is overlooked."""
    return WHOLE if gain >= need else min(WHOLE, int(gain / need * WHOLE) + 1)


def price_bound(rows: list[Row], prices: tuple[int, ...]) -> tuple[int, dict[int, int]]:
    """A lower bound on the sum of prices of any set that meets every row, and what the bound leaves of each price.

    Dual ascent: each row in turn, the most constrained first, charges its candidates as much as the one with the least
    left can bear. A set that contains a candidate costs at least the bound plus what is left of that one's price
    (in WHOLE-ths). One row, two candidates of 5 and 3 that both meet it: bound 3, left 2 × WHOLE and 0.
    """
    left = {rank: prices[rank] * WHOLE for row in rows for rank, _ in row}
    bound = 0
    for row in sorted(rows, key=len):
        charge = min(left[rank] // share for rank, share in row)
        if charge:
            bound += charge
            for rank, share in row:
                left[rank] -= share * charge
    return bound, left


@dataclass(slots=True)
class Outlook:
    """What the open candidates can still do for a group of needs."""

    now: float  # weighted shortfall with the calls so far
    lowest: float  # no superset within the budget gets below this; rounded as plans are compared
    gains: dict[int, float]  # candidate → how much it alone would lower `now`


def outlook(
    problem: Problem,
    places: tuple[int, ...],
    state: tuple[int, list[float], list[float]],
    purse: int | None,
) -> Outlook:
    """Bound the shortfall of the needs at `places` from below.

    `state` is (open candidates, log by cell, log by need); `purse` is what worst prices may still add up to. Shortfall
    falls by less the more is already there (it is submodular), so single gains add up to at least any common gain.
    """
    open_mask, cells, logs = state
    now = reach = 0.0
    gains: dict[int, float] = {}
    for place in places:
        need = problem.needs[place]
        doubt = exp(-logs[place])
        short = need.threshold - 1.0 + doubt
        if short <= 0.0:
            continue
        top: dict[int, float] = {}
        for rank, cell, log in problem.givers[place]:
            rise = log - cells[cell] if open_mask >> rank & 1 else 0.0
            if rise > 0.0:
                gain = min(short, doubt * (1.0 - exp(-rise)))
                gains[rank] = gains.get(rank, 0.0) + need.weight * gain
                top[cell] = max(top.get(cell, 0.0), rise)
        now += need.weight * short
        reach += need.weight * max(0.0, need.threshold - 1.0 + doubt * exp(-sum(top.values())))
    if purse is not None:
        reach = max(reach, now - affordable_gain(gains, problem.worst_prices, purse))
    return Outlook(now, round(max(0.0, reach - FLOAT_ERROR), DECIMALS), gains)


def affordable_gain(gains: dict[int, float], prices: tuple[int, ...], purse: int) -> float:
    """The most that gains can add up to within the purse if the last one may be bought in part."""
    total = 0.0
    costly = []
    for rank, gain in gains.items():
        if prices[rank]:
            costly.append((gain / prices[rank], rank))
        else:
            total += gain
    for rate, rank in sorted(costly, reverse=True):
        if prices[rank] >= purse:
            return total + rate * purse
        purse -= prices[rank]
        total += gains[rank]
    return total
