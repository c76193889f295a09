"""How predictions came true, month by month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Avg, Case, Count, F, FloatField, Value, When
from django.db.models.functions import TruncMonth

from personas.metrics.intervals import wilson
from personas.models import Prediction
from personas.zones import zone_of
from salesintel.accounts.models import User

_CAME = Case(When(came=True, then=Value(1.0)), default=Value(0.0), output_field=FloatField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The predictions of a month whose answer is known: what was said on average, and what share came (Wilson)."""

    begins: date
    said: float
    came: float
    low: float
    high: float
    brier: float
    base: float  # Brier score of the base rate that was known then
    n: int


def months(user: User, *, since: datetime, until: datetime) -> dict[str, list[Month]]:
    """By question, the earliest month first, in the person's time zone; months without any are left out. One query."""
    rows = (
        Prediction.objects.filter(owner=user, came__isnull=False, at__gte=since, at__lt=until)
        .annotate(month=TruncMonth("at", tzinfo=zone_of(user.time_zone)), happened=_CAME)
        .order_by("question", "month")
        .values("question", "month")
        .annotate(
            n=Count("pk"),
            said=Avg("chance"),
            share=Avg("happened"),
            ours=Avg((F("chance") - F("happened")) * (F("chance") - F("happened"))),
            plain=Avg((F("base") - F("happened")) * (F("base") - F("happened"))),
        )
    )
    found = defaultdict(list)
    for row in rows:
        low, high = wilson(row["share"] * row["n"], row["n"])
        month = Month(
            begins=row["month"].date(),
            said=row["said"],
            came=row["share"],
            low=low or 0.0,
            high=1.0 if high is None else high,
            brier=row["ours"],
            base=row["plain"],
            n=row["n"],
        )
        found[row["question"]].append(month)
    return dict(found)
