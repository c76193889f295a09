"""How often, more or less, after what silence: the rhythm of a contact."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from math import exp

import numpy as np

from personas.history import History, Moment, Terms
from personas.metrics import intervals
from personas.metrics.mails import share, weights_of
from personas.metrics.model import DAYS, PER_WEEK, SHARE, Measured, Weighted, counted, estimated
from personas.metrics.sorting import Sorted

_WEEK = 7 * 86_400.0
_MOST_WEEKS = 104  # of a trend
_TREND_WEEKS = 4  # what a trend is told over
SILENCE = timedelta(days=30)  # a gap that is one, where it is also three times their usual
_UNUSUAL = 3


def rhythm(found: Sorted, history: History, terms: Terms) -> dict[str, Measured]:
    return {
        **_how_often(found.human, terms, "interactionsPerWeek", "interactionTrend"),
        **_how_often(found.acts, terms, "ownActsPerWeek", "ownActsTrend"),
        **_silence(found.acts, history, terms),
    }


def _how_often(moments: Sequence[Moment], terms: Terms, rate: str, trend: str) -> dict[str, Measured]:
    """Events a week since the first, which begins the clock and is not counted; and by what share that grows in four.

    Rate: Byar's Poisson interval, widened by the dispersion of the weeks. Weighted: Σw ÷ ∫w over the same time. Trend:
    quasi-Poisson regression on the whole weeks that end now, at most 104. No trend where as few weeks as are not enough
    have any event, or the last four have none: how long they have been silent is another figure.
    """
    n = len(moments)
    if n < terms.enough:
        unknown = (estimated(None, (None, None), n=n, unit=unit, terms=terms) for unit in (PER_WEEK, SHARE))
        return dict(zip((rate, trend), unknown, strict=True))
    weeks = max((terms.now - moments[0].at).total_seconds() / _WEEK, 1.0)
    counts = weekly(moments, terms, weeks)
    burst = intervals.dispersion(counts)
    recent = counts[-_MOST_WEEKS:]
    can_tell = (recent > 0).sum() >= terms.enough and recent[-_TREND_WEEKS:].any()
    grows, within = intervals.growth(recent) if can_tell else (None, (None, None))
    return {
        rate: estimated(
            (n - 1) / weeks,
            intervals.rate(n - 1, weeks, dispersion=burst),
            n=n,
            unit=PER_WEEK,
            terms=terms,
            weighted=_weighted(moments[1:], weeks, burst, terms),
        ),
        trend: estimated(
            _over_weeks(grows), (_over_weeks(within[0]), _over_weeks(within[1])), n=n, unit=SHARE, terms=terms
        ),
    }


def weekly(moments: Sequence[Moment], terms: Terms, weeks: float) -> intervals.Floats:
    """How many in each of the whole weeks that end now, the earliest first; without the first moment."""
    back = np.array([(terms.now - each.at).total_seconds() / _WEEK for each in moments[1:]]).astype(int)
    counts = np.bincount(back, minlength=int(weeks))[: int(weeks)]
    return counts[::-1].astype(float)


def _weighted(moments: Sequence[Moment], weeks: float, burst: float, terms: Terms) -> Weighted | None:
    weight = weights_of([each.at for each in moments], terms)
    n = intervals.effective(weight)
    if not n:
        return None
    half = terms.half_life.total_seconds() / _WEEK
    exposure = half / np.log(2) * (1 - np.exp2(-weeks / half))
    value = float(weight.sum() / exposure)
    low, high = intervals.rate(n, n / value, dispersion=burst)
    return Weighted(value=value, n=n, low=low, high=high)


def _over_weeks(growth: float | None) -> float | None:
    """A growth of logarithms a week as a share over four weeks: 0.1 is a tenth more."""
    return None if growth is None else exp(max(-20.0, min(20.0, growth * _TREND_WEEKS))) - 1


def _silence(acts: Sequence[Moment], history: History, terms: Terms) -> dict[str, Measured]:
    """Days since the contact last did anything, where that stands among their gaps, and how often they came back.

    Gaps are those between days with an act of theirs. `silenceQuantile`: the share of gaps that are shorter than now's
    (of equals half), Wilson's interval. A silence is a gap of 30 days and more that is three times their median gap;
    `reengagementRate`: the share of silences that ended, the present one included where it is one.
    """
    days = sorted({each.at.astimezone(history.hours.zone).date() for each in acts})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    now = (terms.now - acts[-1].at).total_seconds() / 86_400 if acts else None
    middle = intervals.middle_of(gaps) or 0.0
    least = max(SILENCE.days, _UNUSUAL * middle)
    ended = [later for gap, later in zip(gaps, days[1:], strict=True) if gap >= least] if gaps else []
    is_silent = now is not None and bool(gaps) and now >= least
    shorter = sum(gap < now for gap in gaps) + sum(gap == now for gap in gaps) / 2 if now is not None else 0.0
    return {
        "silenceDays": Measured(value=now, n=len(acts), unit=DAYS, enough=now is not None),
        "silenceQuantile": estimated(
            shorter / len(gaps) if gaps else None,
            intervals.wilson(shorter, len(gaps)),
            n=len(gaps),
            unit=SHARE,
            terms=terms,
        ),
        "usualGapDays": _gap(gaps, terms),
        "reengagements": counted(len(ended)),
        "reengagementRate": share(
            [True] * len(ended) + [False] * is_silent, [terms.now] * (len(ended) + is_silent), terms
        ),
    }


def _gap(gaps: Sequence[int], terms: Terms) -> Measured:
    value, interval = intervals.quantile(np.array(gaps, dtype=float), 0.5)
    return estimated(value, interval, n=len(gaps), unit=DAYS, terms=terms)
