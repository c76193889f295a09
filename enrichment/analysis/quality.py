"""How good a report is, computed from the facts that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.analysis.model import FactView, Grounded, NeedView, Task

_COMPLETENESS, _RELIABILITY, _FRESHNESS = 0.4, 0.4, 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """A fact's reliability and freshness, each 0 to 1."""

    reliability: float
    freshness: float


def quality(task: Task, grounded: Grounded) -> dict[str, float]:
    """completeness, freshness, reliability, overall and recall, each 0 to 1, rounded to 4 decimals.

    With w the weight of a need, t its threshold, r the reliability and a the age of its fact, h its half-life:

    completeness = Σ w · min(1, r / t) / Σ w over all needs; a need without a fact adds 0, one with t = 0 and a fact w.
    freshness    = Σ w · 2^(−a / h) / Σ w over needs with a fact.
    reliability  = Σ w · r / Σ w over needs with a fact.
    overall      = completeness^0.4 · reliability^0.4 · freshness^0.2

    A fact of reliability 0.4 for a threshold of 0.8 counts half. Overall is a geometric mean, so that no strength hides
    a weakness: an empty report is worth 0 however fresh. Being there and being right weigh the same; age weighs half of
    either, because reliability already decays with age when sources are merged. A task without needs takes its facts as
    needs of equal weight and threshold 0; without facts all are 0.
    """
    needs = task.needs or tuple(
        NeedView(dataset=slug, threshold=0.0, required=False, weight=1.0) for slug in sorted(task.facts)
    )
    facts = {
        slug: Measured(fact.reliability, _freshness(task, fact)) for slug, fact in task.facts.items() if fact.items
    }
    return {**measures(needs, facts), "recall": grounded.recall}


def measures(needs: Sequence[NeedView], facts: Mapping[str, Measured]) -> dict[str, float]:
    """completeness, freshness, reliability and overall of facts by dataset, as `quality` defines them."""
    total = sum(need.weight for need in needs)
    held = [(need, fact) for need in needs if (fact := facts.get(need.dataset))]
    weight = sum(need.weight for need, _ in held)
    if total <= 0 or weight <= 0:
        return {"completeness": 0.0, "freshness": 0.0, "reliability": 0.0, "overall": 0.0}
    completeness = sum(need.weight * _share_met(need, fact) for need, fact in held) / total
    freshness = sum(need.weight * fact.freshness for need, fact in held) / weight
    reliability = sum(need.weight * fact.reliability for need, fact in held) / weight
    overall = completeness**_COMPLETENESS * reliability**_RELIABILITY * freshness**_FRESHNESS
    return {
        "completeness": round(completeness, 4),
        "freshness": round(freshness, 4),
        "reliability": round(reliability, 4),
        "overall": round(overall, 4),
    }


def _share_met(need: NeedView, fact: Measured) -> float:
    return min(1.0, fact.reliability / need.threshold) if need.threshold > 0 else 1.0


def _freshness(task: Task, fact: FactView) -> float:
    age = max(0.0, (task.as_of - fact.observed_at).total_seconds())
    half_life = fact.half_life.total_seconds()
    return float(2 ** (-age / half_life)) if half_life > 0 else float(age == 0)
