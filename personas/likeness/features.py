"""How somebody behaves as numbers of one scale. Pure.

A component is a figure of `personas.metrics`, less what is middling, in units of a difference that one would notice:
(t(x) − centre) ÷ unit, where t is log₂ for times, paces and counts, of which twice as much is the same step anywhere,
and nothing for shares and moods. The scale is fixed, and not that of the contacts at hand: a profile stays what it is
when others come, and two persons' can be compared. Example: a median response time of 25.5 working hours is
(log₂ 25.5 − log₂ 9) ÷ 1.5 = 1.0; of 3.2 hours it is −1.0.

A figure of which there is not enough (`PersonaPolicy.enough`) is unknown: its number is 0, the middle, and `known` says
so. It adds nothing to a likeness, is never a reason for one, and is left out of every distance between groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from personas.metrics import Metrics
from personas.metrics.model import DAYS, MOOD, PER_WEEK, SHARE, WORKING_HOURS
from personas.retrieval.hashing import Vectors

Known = NDArray[np.bool_]
_LEAST = 1 / 16  # below which a time or a pace is as good as this, for nothing has no logarithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A component: its figure, what it is called, and the words for much and for little of it."""

    figure: str
    label: str
    high: str
    low: str
    centre: float  # as the figure has it
    step: float  # what one unit is: of the figure, or of its log₂
    unit: str
    is_log: bool = False

    def scaled(self, value: float) -> float:
        return (self._scale(value) - self._scale(self.centre)) / self.step

    def value(self, scaled: float) -> float:
        """The figure of a scaled one: the inverse of `scaled`, to float32."""
        found = scaled * self.step + self._scale(self.centre)
        return float(2**found) if self.is_log else found

    def _scale(self, value: float) -> float:
        return log2(max(value, _LEAST)) if self.is_log else value


def _share(figure: str, label: str, high: str, low: str, centre: float, step: float) -> Feature:
    return Feature(figure=figure, label=label, high=high, low=low, centre=centre, step=step, unit=SHARE)


def _log(figure: str, label: str, high: str, low: str, centre: float, step: float, unit: str) -> Feature:
    return Feature(figure=figure, label=label, high=high, low=low, centre=centre, step=step, unit=unit, is_log=True)


# Whoever changes these moves `VERSION`: profiles of another version are not compared, and made anew.
VERSION = 1
FEATURES: tuple[Feature, ...] = (
    _log("medianResponseTimeHours", "median response time", "slow to answer", "quick to answer", 9, 1.5, WORKING_HOURS),
    _share("emailEngagementRate", "mails that bring anything", "taken by mails", "left cold by mails", 0.4, 0.25),
    _share("emailReplyRate", "mails answered", "answers most mails", "answers few mails", 0.25, 0.2),
    _log("ownActsPerWeek", "acts of their own", "very active", "seldom active", 0.5, 1.5, PER_WEEK),
    _share("meetingHeldRate", "meetings held", "keeps meetings", "lets meetings fall", 0.7, 0.25),
    _share("callCompletionRate", "calls that reach them", "easy to call", "hard to call", 0.4, 0.25),
    _share("documentViewRate", "files viewed", "reads what is sent", "leaves files unread", 0.5, 0.3),
    Feature(
        figure="mood", label="mood of their words", high="friendly", low="critical", centre=0.1, step=0.25, unit=MOOD
    ),
    _share("conversionRate", "deals won", "buys more often than not", "seldom buys", 0.3, 0.3),
    _log("dealCycleDays", "days to decide", "slow to decide", "quick to decide", 90, 1, DAYS),
    _log("contactsPerDeal", "people on a deal", "decides with others", "decides alone", 2, 1, "people"),
    _share("channel:email", "acts by mail", "prefers mail", "seldom writes", 0.6, 0.25),
    _share("channel:call", "acts by phone", "prefers the phone", "seldom calls", 0.15, 0.15),
    _share("channel:meeting", "acts in meetings", "prefers to meet", "seldom meets", 0.15, 0.15),
)  # fmt: skip
CLIP = 2.5  # units beyond which more is no further away
BY_FIGURE: Mapping[str, int] = {feature.figure: place for place, feature in enumerate(FEATURES)}


def behaviour_of(metrics: Metrics) -> tuple[Vectors, Known]:
    """The scaled figures, 0 for what is unknown, and which are known; each as long as `FEATURES`."""
    found = [_value(metrics)(feature.figure) for feature in FEATURES]
    known = np.array([value is not None for value in found])
    pairs = zip(FEATURES, found, strict=True)
    scaled = [feature.scaled(value) if value is not None else 0.0 for feature, value in pairs]
    return np.array(scaled, dtype=np.float32), known


def _value(metrics: Metrics) -> Callable[[str], float | None]:
    """A figure or, by "channel:email", a channel's share, which is 0 where others are used; None if unknown."""
    shares = {f"channel:{each.name}": each.share.value for each in metrics.channels if each.share.enough}
    none = 0.0 if shares else None

    def value(figure: str) -> float | None:
        if figure.startswith("channel:"):
            return shares.get(figure, none)
        return metrics.figures[figure].value

    return value
