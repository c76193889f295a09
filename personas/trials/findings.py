"""What people think of the personas of each way: their stars with intervals, and what it cost."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from enrichment import door
from personas.models import ContactPersona, PersonaArm, PersonaFeedback, PersonaTrial

LEAST, MOST = 1.0, 5.0  # stars
FEW = 10  # contacts with stars, below which nothing is said of a difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of one way. `n`: contacts with stars, which is what lots are drawn for; `low` and `high` of the mean, 95 %.

    `difference` to the first way with its own interval, by Welch; None for the first, and where either has too few.
    """

    arm: PersonaArm
    personas: int
    contacts: int
    otherwise: int  # personas that were made in another way than theirs: no engine, too little happened
    n: int
    ratings: int
    stars: float | None
    low: float | None
    high: float | None
    difference: door.Difference | None
    cost: Decimal  # USD for one persona on average


def found(trial: PersonaTrial) -> list[Found]:
    """The ways in their order. Three queries, whatever their number.

    A contact counts with the way that its lot gave it, also where its persona had to be made in another: whoever left
    those out would compare contacts of whom much is known with all of the others.
    """
    arms = list(trial.arms.order_by("place", "pk"))
    made = _made(arms)
    given: dict[int, list[tuple[Any, float]]] = defaultdict(list)
    stars = PersonaFeedback.objects.filter(persona__arm__in=arms, trait="")
    for arm, contact, each in stars.values_list("persona__arm", "persona__contact", "stars"):
        given[arm].append((contact, float(each)))
    means = [door.mean_of(given[arm.pk]) for arm in arms]
    return [
        _found(arm, mean, means[0] if place else None, made[arm.pk])
        for place, (arm, mean) in enumerate(zip(arms, means, strict=True))
    ]


@dataclass(slots=True)
class _Made:
    personas: int = 0
    contacts: int = 0
    otherwise: int = 0
    cost: Decimal = Decimal(0)


def _made(arms: list[PersonaArm]) -> dict[int, _Made]:
    counted: dict[int, _Made] = defaultdict(_Made)
    by_pk = {arm.pk: arm for arm in arms}
    rows = ContactPersona.objects.filter(arm__in=arms).order_by()
    for pk, method, engine, count, cost in rows.values_list("arm", "method", "engine").annotate(
        count=Count("pk"), sum=Sum("cost")
    ):
        of, arm = counted[pk], by_pk[pk]
        of.personas += count
        of.cost += cost
        is_builtin = engine == "builtin"
        if method != arm.method or is_builtin != (arm.writer == PersonaArm.Writer.BUILTIN):
            of.otherwise += count
    for pk, count in rows.values_list("arm").annotate(count=Count("contact", distinct=True)):
        counted[pk].contacts = count
    return counted


def _found(arm: PersonaArm, mean: door.Mean, first: door.Mean | None, made: _Made) -> Found:
    low, high = mean.interval()
    is_enough = first is not None and min(mean.companies, first.companies) >= FEW
    return Found(
        arm=arm,
        personas=made.personas,
        contacts=made.contacts,
        otherwise=made.otherwise,
        n=mean.companies,
        ratings=mean.runs,
        stars=mean.value if mean.runs else None,
        low=max(low, LEAST) if mean.runs else None,
        high=min(high, MOST) if mean.runs else None,
        difference=door.difference(mean, first) if first is not None and is_enough else None,
        cost=made.cost / made.personas if made.personas else Decimal(0),
    )
