"""In which way and when a contact acts: channels, and hours of the week in their own time zone."""

from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np

from personas.history import History, Hours, Moment, Terms
from personas.metrics import intervals
from personas.metrics.model import SHARE, Channel, Slot, estimated
from personas.metrics.sorting import CHANNELS

LEVEL = 0.05  # of all tests for a best time together
_WINDOW = 2  # hours
_WORKDAYS = 5
_SMOOTHED = np.array([0.25, 0.5, 0.25])  # the hour before, this one, the one after


def channels(active: Sequence[Moment], terms: Terms) -> tuple[Channel, ...]:
    """The share of each channel in what they did beyond looking, the largest first, with Wilson's intervals."""
    counts = Counter(CHANNELS[each.type] for each in active)
    n = len(active)
    shares = [
        (name, estimated(hits / n, intervals.wilson(hits, n), n=n, unit=SHARE, terms=terms))
        for name, hits in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return tuple(Channel(name=name, share=share) for name, share in shares)


def preferred(active: Sequence[Moment], terms: Terms) -> str | None:
    """The channel that leads the next one by more than chance: Wilson's interval of the two lies above a half."""
    counts = Counter(CHANNELS[each.type] for each in active).most_common(2)
    if len(active) < terms.enough or not counts:
        return None
    first, second = counts[0][1], counts[1][1] if len(counts) > 1 else 0
    low, _ = intervals.wilson(first, first + second)
    return counts[0][0] if low is not None and low > 1 / 2 else None


def grid(acts: Sequence[Moment], hours: Hours) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """How many acts in each hour of the week, 7 × 24 from Monday, in the contact's zone."""
    counts = np.zeros((7, 24), dtype=np.int64)
    for each in acts:
        local = each.at.astimezone(hours.zone)
        counts[local.weekday(), local.hour] += 1
    return counts


def smoothed(counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> intervals.Floats:
    """Shares of the week's hours, each mixed with its neighbours (¼ ½ ¼, Sunday night runs on into Monday).

    Half an act is given to every hour first (Jeffreys' prior), so that no hour is impossible. They add up to 1.
    """
    line = counts.reshape(-1) + 0.5
    mixed = sum(weight * np.roll(line, shift) for weight, shift in zip(_SMOOTHED, (1, 0, -1), strict=True))
    shares: intervals.Floats = mixed / mixed.sum()
    return shares.reshape(7, 24)


def best_time(acts: Sequence[Moment], history: History, terms: Terms) -> Slot | None:
    """When they act more than somebody who acts at all working hours alike; None where that may be chance.

    Only acts in working hours are looked at, so that working by day is no preference. Tried are every two hours of a
    weekday, every two hours of any day, every weekday; binomial tests at 5 % together (Bonferroni). Of those that pass,
    the most exact, and of those the one of the greatest share.
    """
    begins, ends = history.hours.begins, history.hours.ends
    counts = grid(acts, history.hours)[:_WORKDAYS, begins:ends]
    n, width = int(counts.sum()), ends - begins
    starts = range(max(1, width - _WINDOW + 1))
    tries = [*product(range(_WORKDAYS), starts), *product([None], starts), *product(range(_WORKDAYS), [None])]
    if n < terms.enough:
        return None
    best: Slot | None = None
    for weekday, start in tries:
        part = counts if weekday is None else counts[weekday : weekday + 1]
        part = part if start is None else part[:, start : start + _WINDOW]
        hits, expected = int(part.sum()), part.size / counts.size
        is_better = best is None or (_kind(best) == (weekday is None, start is None) and hits > best.share * n)
        if is_better and expected < 1 and intervals.tail_above(hits, n, expected) <= LEVEL / len(tries):
            best = Slot(
                weekday=weekday,
                begins=None if start is None else begins + start,
                ends=None if start is None else min(ends, begins + start + _WINDOW),
                share=hits / n,
                expected=expected,
                n=n,
            )
    return best


def _kind(slot: Slot) -> tuple[bool, bool]:
    return slot.weekday is None, slot.begins is None
