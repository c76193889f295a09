"""Who uses personas, what they think of them, what time that saved, and how deals went with and without a look."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncDate

from personas.metrics.intervals import mean
from personas.models import Contact, ContactPersona, Deal, PersonaFeedback, PersonaPolicy, PersonaUse
from personas.reporting.difference import Difference, Share, difference
from personas.reporting.span import Span
from salesintel.accounts.models import User

UTC = ZoneInfo("UTC")
ENOUGH = 5  # deals on each side, below which no difference is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Of one's contacts: how many have a persona; of how many it was looked at, or exported, in the span."""

    contacts: int
    with_persona: int
    looked_at: int
    exported: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stars:
    """Of whole personas: mean of 1 to 5 with Student's 95 % interval, None below two; how many gave each number."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Hours that contacts' personas of the span would have taken by hand, less those that they took."""

    hours: float
    contacts: int
    minutes: int  # by hand, as an admin says


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Closed deals with a look at the persona of a contact on them before the day of closing, and all the others."""

    looked: Share
    others: Share
    gap: Difference | None  # None where either side has fewer than `ENOUGH`


def adoption(user: User, span: Span) -> Adoption:
    """Two queries."""
    has_persona = Exists(ContactPersona.objects.filter(contact=OuterRef("pk")))
    counts = Contact.objects.filter(owner=user).aggregate(all=Count("pk"), made=Count("pk", filter=has_persona))
    uses = PersonaUse.objects.filter(owner=user, day__range=(span.first, span.last)).order_by()
    by_what = {
        row["what"]: row["n"] for row in uses.values("what").annotate(n=Count("persona__contact", distinct=True))
    }
    return Adoption(
        contacts=counts["all"],
        with_persona=counts["made"],
        looked_at=by_what.get(PersonaUse.What.READ, 0),
        exported=by_what.get(PersonaUse.What.EXPORTED, 0),
    )


def stars(user: User, span: Span) -> Stars:
    """One query."""
    rows = PersonaFeedback.objects.filter(owner=user, trait="", at__gte=span.begins, at__lt=span.ends).order_by()
    found = {row["stars"]: row["n"] for row in rows.values("stars").annotate(n=Count("pk"))}
    counts = tuple(found.get(each, 0) for each in range(1, 6))
    given = np.repeat(np.arange(1.0, 6.0), counts)
    low, high = mean(given, least=1.0, most=5.0)
    return Stars(mean=float(given.mean()) if len(given) else None, low=low, high=high, n=len(given), counts=counts)


def saved(user: User, span: Span, policy: PersonaPolicy) -> Saved | None:
    """None where an admin says that a persona takes no time by hand. Each contact counts once. One query.

    What is made anew by itself is no work that somebody would have done, and saves none.
    """
    if not policy.manual_minutes:
        return None
    rows = ContactPersona.objects.filter(owner=user, made__gte=span.begins, made__lt=span.ends)
    by_people = rows.exclude(why=ContactPersona.Why.NEW)
    counts = by_people.aggregate(contacts=Count("contact", distinct=True), seconds=Sum("seconds", default=0.0))
    hours = counts["contacts"] * policy.manual_minutes / 60 - counts["seconds"] / 3_600
    return Saved(hours=max(0.0, hours), contacts=counts["contacts"], minutes=policy.manual_minutes)


def outcomes(user: User, span: Span) -> Outcomes:
    """Of one's deals that were closed in the span. One query.

    Looks are kept by the day (UTC): one on the day of closing may have come after it, and counts not.
    """
    closed = Deal.objects.filter(owner=user, closed_at__gte=span.begins, closed_at__lt=span.ends)
    looks = PersonaUse.objects.filter(
        what=PersonaUse.What.READ, persona__contact__parties__deal=OuterRef("pk"), day__lt=OuterRef("closed_on")
    )
    rows = closed.annotate(closed_on=TruncDate("closed_at", tzinfo=UTC)).annotate(was_looked_at=Exists(looks))
    won = Q(status=Deal.Status.WON)
    counts = rows.order_by().aggregate(
        looked=Count("pk", filter=Q(was_looked_at=True)),
        looked_won=Count("pk", filter=won & Q(was_looked_at=True)),
        others=Count("pk", filter=Q(was_looked_at=False)),
        others_won=Count("pk", filter=won & Q(was_looked_at=False)),
    )
    looked = Share(hits=counts["looked_won"], n=counts["looked"])
    others = Share(hits=counts["others_won"], n=counts["others"])
    is_enough = min(looked.n, others.n) >= ENOUGH
    return Outcomes(looked=looked, others=others, gap=difference(looked, others) if is_enough else None)
