"""The mood of a contact's own words, as it was read when each was stored (`personas/texts.py`)."""

import numpy as np

from personas.history import Terms
from personas.metrics import intervals
from personas.metrics.mails import weights_of
from personas.metrics.model import MOOD, Measured, Weighted, estimated
from personas.metrics.sorting import Sorted

_FOUR_WEEKS = 28 * 86_400.0


def feelings(found: Sorted, terms: Terms) -> dict[str, Measured]:
    """The mean mood of their words (Student's t, within −1 and 1), and how it changes in four weeks (Theil–Sen)."""
    told = [each for each in found.active if each.mood is not None]
    moods = np.array([each.mood for each in told], dtype=float)
    n = len(moods)
    if n < terms.enough:
        empty = estimated(None, (None, None), n=n, unit=MOOD, terms=terms)
        return {"mood": empty, "moodTrend": empty}
    at = np.array([each.at.timestamp() for each in told]) / _FOUR_WEEKS
    trend, within = intervals.slope(at, moods)
    return {
        "mood": estimated(
            float(moods.mean()),
            intervals.mean(moods, least=-1.0, most=1.0),
            n=n,
            unit=MOOD,
            terms=terms,
            weighted=_weighted(moods, weights_of([each.at for each in told], terms)),
        ),
        "moodTrend": estimated(trend, within, n=n, unit=MOOD, terms=terms),
    }


def _weighted(moods: intervals.Floats, weight: intervals.Floats) -> Weighted | None:
    """The weighted mean, with Student's t at the effective n."""
    n = intervals.effective(weight)
    if n <= 2:  # no spread to tell of fewer
        return None
    value = float((weight * moods).sum() / weight.sum())
    spread = float((weight * (moods - value) ** 2).sum() / weight.sum()) * n / (n - 1)
    half = intervals.student(n - 1) * (spread / n) ** 0.5
    return Weighted(value=value, n=n, low=max(-1.0, value - half), high=min(1.0, value + half))
