"""How much a history can tell: the score of the documents, 100 points, with its parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from personas.history import History, Terms
from personas.metrics.model import Measured
from personas.metrics.sorting import Sorted, are_tracked

VOLUME, EMAIL, DEALS, PATTERNS = 50.0, 20.0, 20.0, 10.0
HALF = 25  # interactions that give half of the points of volume
_PATTERNS = ("emailEngagementRate", "medianResponseTimeHours", "interactionTrend", "silenceQuantile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Points of each part, and how many each can give."""

    volume: float
    email: float
    deals: float
    patterns: float

    @property
    def total(self) -> float:
        return round(self.volume + self.email + self.deals + self.patterns, 1)


def quality(found: Sorted, history: History, figures: Mapping[str, Measured], terms: Terms) -> Quality:
    """The score's parts.

    Volume: 50 × (1 − 2^(−n ÷ 25)) for n interactions: 25 for 25, 37.5 for 50, 46.9 for 100. E-mail: 10 for as many
    delivered mails as are enough, and 10 for as many of them of which an open or a click was tracked, by whomever (a
    reply needs no tracking); of fewer, their part. Deals: 10 where one is closed, 10 where one has two stages or more.
    Patterns: 2.5 for each of engagement, response time, trend and silence of which there is enough.
    """
    delivered = [mail for mail in found.sent if not mail.is_bounced]
    tracked = [mail for mail in delivered if are_tracked([mail])]
    is_closed = any(deal.closed and deal.closed <= terms.now for deal in history.deals)
    has_stages = any(len(deal.stages) > 1 for deal in history.deals)
    known = sum(figures[name].enough for name in _PATTERNS)
    return Quality(
        volume=round(VOLUME * (1 - 2 ** (-len(found.moments) / HALF)), 1),
        email=round(sum(EMAIL / 2 * min(1.0, len(some) / terms.enough) for some in (delivered, tracked)), 1),
        deals=DEALS / 2 * is_closed + DEALS / 2 * has_stages,
        patterns=PATTERNS * known / len(_PATTERNS),
    )
