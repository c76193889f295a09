"""What a cover must cost at least, and what a purse can buy at most: the bounds that let the search stop early."""

from math import inf

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


def least_loss(losses: dict[int, float], prices: tuple[int, ...], excess: int) -> float:
    """The least that losses add up to if prices of at least `excess` are given up, the last one in part if need be."""
    total = 0.0
    for rate, rank in sorted((loss / prices[rank], rank) for rank, loss in losses.items() if prices[rank]):
        if prices[rank] >= excess:
            return total + rate * excess
        excess -= prices[rank]
        total += losses[rank]
    return inf
