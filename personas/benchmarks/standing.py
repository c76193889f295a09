"""Where a value stands among the contacts that are here: one's own, and the whole installation's as an aggregate."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from personas.metrics import Measured
from personas.models import Contact, ContactFigures, Distribution, Range
from salesintel.accounts.models import User

FEWEST = 5  # contacts with the figure, below which nobody stands anywhere among them
COLUMNS = {
    Range.Metric.ENGAGEMENT.value: "engagement",
    Range.Metric.REPLIES.value: "replies",
    Range.Metric.RESPONSE.value: "clock_hours",
    Range.Metric.WORKING_RESPONSE.value: "working_hours",
    Range.Metric.CYCLE.value: "cycle_days",
    Range.Metric.CONVERSION.value: "conversion",
    Range.Metric.HELD.value: "held",
    Range.Metric.PACE.value: "pace",
    Range.Metric.QUALITY.value: "quality",
}
STEPS = tuple(range(5, 100, 5))  # per cent, of a stored distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A percentile, 0 to 100, among so many contacts; None where these are too few to say."""

    percentile: float | None = None
    sample: int = 0
    percentile_here: float | None = None  # in the whole installation, to the nearest 5
    sample_here: int | None = None


def standings(contact: Contact, user: User, figures: Mapping[str, Measured]) -> dict[str, Standing]:
    """By metric where the contact stands among the owner's other contacts that `user` may see. Two queries.

    The percentile is the share of the others that are below, of equals half. Of the whole installation only a stored
    aggregate of ten owners and more is read, never a row.
    """
    values = {name: figures[name].value for name in COLUMNS if figures[name].value is not None}
    others = ContactFigures.objects.visible_to(user).filter(owner=contact.owner_id).exclude(contact=contact)
    asked = {}
    for name, value in values.items():
        column = COLUMNS[name]
        asked[f"{column}_n"] = Count("pk", filter=Q(**{f"{column}__isnull": False}))
        asked[f"{column}_below"] = Count("pk", filter=Q(**{f"{column}__lt": value}))
        asked[f"{column}_equal"] = Count("pk", filter=Q(**{column: value}))
    counts = others.order_by().aggregate(**asked) if asked else {}
    spread = {row.metric: row for row in Distribution.objects.filter(metric__in=values)}
    return {name: _standing(counts, COLUMNS[name], spread.get(name), value) for name, value in values.items()}


def _standing(counts: Mapping[str, int], column: str, spread: Distribution | None, value: float | None) -> Standing:
    n = counts[f"{column}_n"]
    share = (counts[f"{column}_below"] + counts[f"{column}_equal"] / 2) / n if n >= FEWEST else None
    return Standing(
        percentile=None if share is None else round(100 * share, 1),
        sample=n,
        percentile_here=None if spread is None or value is None else _within(spread.quantiles, value),
        sample_here=None if spread is None else spread.contacts,
    )


def _within(quantiles: list[float], value: float) -> float:
    """The middle of the stored quantiles that the value lies between, or equals, in per cent: 0 below all of them."""
    below, upto = bisect_left(quantiles, value), bisect_right(quantiles, value)
    steps = (0, *STEPS, 100)
    return (steps[below] + steps[upto]) / 2 if upto > below else float(steps[below])
