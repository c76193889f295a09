"""The whole report of a span of days."""

from collections.abc import Mapping
from dataclasses import dataclass

from personas.models import PersonaPolicy
from personas.predicting.accuracy import Month, months
from personas.reporting import making, using
from personas.reporting.making import Made
from personas.reporting.span import Span
from personas.reporting.using import Adoption, Outcomes, Saved, Stars
from personas.reporting.usual import Beside, beside_usual
from salesintel.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it; of one person's own records alone."""

    span: Span
    days: list[Made]
    weeks: list[Made]
    adoption: Adoption
    stars: Stars
    saved: Saved | None
    usual: list[Beside]
    outcomes: Outcomes
    months: Mapping[str, list[Month]]  # by question


def report(user: User, span: Span) -> Report:
    """Eleven queries, however much there is."""
    days = making.by_day(user, span)
    return Report(
        span=span,
        days=days,
        weeks=making.by_week(days, span),
        adoption=using.adoption(user, span),
        stars=using.stars(user, span),
        saved=using.saved(user, span, PersonaPolicy.now()),
        usual=beside_usual(user),
        outcomes=using.outcomes(user, span),
        months=months(user, since=span.begins, until=span.ends),
    )
