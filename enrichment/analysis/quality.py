"""How good a report is, computed from the facts that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.analysis.model import FactView, Grounded, NeedView, Task

_COMPLETENESS, _RELIABILITY, _FRESHNESS = 0.6, 0.35, 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """A fact's reliability and freshness, each 0 to 1."""

    reliability: float
    freshness: float


def quality(task: Task, grounded: Grounded) -> dict[str, float]:
    """completeness, freshness, reliability, overall and recall, each 0 to 1, rounded to 4 decimals.

    With w the weight of a need, p how far its fact can be believed, a the fact's age and h its half-life:

    completeness = Σ w over needs with a fact / Σ w over all needs: how much of what was wanted is there.
    reliability  = Σ w · p / Σ w over needs with a fact: how likely what is there is right.
    freshness    = Σ w · 2^(−a / h) / Σ w over needs with a fact: how new it is, each against its own pace of ageing.
    overall      = completeness^0.6 · reliability^0.35 · freshness^0.05

    p of a list or of records is the mean of its items' reliabilities. p of a scalar weighs what others said instead:
    with odds r / (1 − r), p = odds / (1 + Σ odds over all values), so that 0.9 alone stays 0.9, and 0.9 against 0.8 is
    0.64. What a person pinned is 1. Whether a fact reaches its threshold is told by the gaps, not here.

    Overall is a geometric mean, so that no strength hides a weakness: an empty report is worth 0 however fresh. What is
    missing weighs most, for nobody can be right with it; age weighs least, for reliability has decayed with it already.
    `python -m tests.benchmarks quality` holds it against the truth. A task without needs takes its facts as needs of
    equal weight; without facts all are 0.
    """
    return {**measures(_needs(task), _measured(task)), "recall": grounded.recall}


def parts(task: Task) -> list[dict[str, Any]]:
    """What each need adds to the whole, worst first: `{dataset, weight, found, reliability, freshness, lost}`.

    `lost` is by how much overall would rise if this fact were there, sure and new; 0 to 1, rounded to 4 decimals.
    """
    needs, facts = _needs(task), _measured(task)
    today = measures(needs, facts)["overall"]
    found = []
    for need in needs:
        fact = facts.get(need.dataset)
        better = measures(needs, {**facts, need.dataset: Measured(1.0, 1.0)})["overall"]
        found.append(
            {
                "dataset": need.dataset,
                "weight": need.weight,
                "found": fact is not None,
                "reliability": round(fact.reliability, 4) if fact else 0.0,
                "freshness": round(fact.freshness, 4) if fact else 0.0,
                "lost": round(max(better - today, 0.0), 4),
            }
        )
    return sorted(found, key=lambda part: (-part["lost"], part["dataset"]))


def _needs(task: Task) -> tuple[NeedView, ...]:
    return task.needs or tuple(
        NeedView(dataset=slug, threshold=0.0, required=False, weight=1.0) for slug in sorted(task.facts)
    )


def _measured(task: Task) -> dict[str, Measured]:
    return {slug: Measured(believed(fact), _freshness(task, fact)) for slug, fact in task.facts.items() if fact.items}


def believed(fact: FactView) -> float:
    """How far the fact can be believed, 0 to 1, given who said so and who said otherwise; see `quality`."""
    if fact.kind != "scalar":
        return sum(item.reliability for item in fact.items) / len(fact.items)
    return against([item.reliability for item in fact.items])


def against(reliabilities: Sequence[float]) -> float:
    """How likely the first of several values that exclude each other is right, each with its reliability alone."""
    first, *others = reliabilities
    if first >= 1.0 or not others:
        return first
    odds = [each / (1 - min(each, _SUREST)) for each in (first, *others)]
    return odds[0] / (1 + sum(odds))


_SUREST = 0.999  # of a value that another excludes


def measures(needs: Sequence[NeedView], facts: Mapping[str, Measured]) -> dict[str, float]:
    """completeness, freshness, reliability and overall of facts by dataset, as `quality` defines them."""
    total = sum(need.weight for need in needs)
    held = [(need, fact) for need in needs if (fact := facts.get(need.dataset))]
    weight = sum(need.weight for need, _ in held)
    if total <= 0 or weight <= 0:
        return {"completeness": 0.0, "freshness": 0.0, "reliability": 0.0, "overall": 0.0}
    completeness = weight / total
    freshness = sum(need.weight * fact.freshness for need, fact in held) / weight
    reliability = sum(need.weight * fact.reliability for need, fact in held) / weight
    overall = completeness**_COMPLETENESS * reliability**_RELIABILITY * freshness**_FRESHNESS
    return {
        "completeness": round(completeness, 4),
        "freshness": round(freshness, 4),
        "reliability": round(reliability, 4),
        "overall": round(overall, 4),
    }


def _freshness(task: Task, fact: FactView) -> float:
    age = max(0.0, (task.as_of - fact.observed_at).total_seconds())
    half_life = fact.half_life.total_seconds()
    return float(2 ** (-age / half_life)) if half_life > 0 else float(age == 0)
