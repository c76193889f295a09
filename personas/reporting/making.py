"""How many personas were made, and how good their data were."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from personas.models import ContactPersona
from personas.reporting.span import Span, monday
from salesintel.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The personas of a day or of a week; of none there is neither quality nor evidenced share."""

    begins: date
    n: int
    quality: float | None  # mean points of 100
    borne: float | None  # mean share of traits with enough evidence


def by_day(user: User, span: Span) -> list[Made]:
    """Every day of the span, empty ones too. One query."""
    rows = (
        ContactPersona.objects.filter(owner=user, made__gte=span.begins, made__lt=span.ends)
        .annotate(day=TruncDate("made", tzinfo=span.zone))
        .order_by()
        .values("day")
        .annotate(n=Count("pk"), quality=Sum("quality"), borne=Sum("borne"))
    )
    found = {row["day"]: (row["n"], row["quality"], row["borne"]) for row in rows}
    return [_made(day, [found[day]] if day in found else []) for day in span.days()]


def by_week(days: Iterable[Made], span: Span) -> list[Made]:
    """The same by week, of the weeks that the span touches."""
    weeks: dict[date, list[tuple[int, float, float]]] = defaultdict(list)
    for day in days:
        if day.quality is not None and day.borne is not None:
            weeks[monday(day.begins)].append((day.n, day.quality * day.n, day.borne * day.n))
    return [_made(begins, weeks[begins]) for begins in span.mondays()]


def _made(begins: date, sums: list[tuple[int, float, float]]) -> Made:
    n = sum(each[0] for each in sums)
    return Made(
        begins=begins,
        n=n,
        quality=sum(each[1] for each in sums) / n if n else None,
        borne=sum(each[2] for each in sums) / n if n else None,
    )
