"""How good a report is, computed from the facts that it rests on."""

from enrichment.analysis.model import FactView, Grounded, NeedView, Task

_COMPLETENESS, _RELIABILITY, _FRESHNESS = 0.4, 0.4, 0.2


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
    total = sum(need.weight for need in needs)
    held = [(need, fact) for need in needs if (fact := task.facts.get(need.dataset)) and fact.items]
    weight = sum(need.weight for need, _ in held)
    if total <= 0 or weight <= 0:
        return {"completeness": 0.0, "freshness": 0.0, "reliability": 0.0, "overall": 0.0, "recall": grounded.recall}
    completeness = sum(need.weight * _share_met(need, fact) for need, fact in held) / total
    freshness = sum(need.weight * _freshness(task, fact) for need, fact in held) / weight
    reliability = sum(need.weight * fact.reliability for need, fact in held) / weight
    overall = completeness**_COMPLETENESS * reliability**_RELIABILITY * freshness**_FRESHNESS
    return {
        "completeness": round(completeness, 4),
        "freshness": round(freshness, 4),
        "reliability": round(reliability, 4),
        "overall": round(overall, 4),
        "recall": grounded.recall,
    }


def _share_met(need: NeedView, fact: FactView) -> float:
    return min(1.0, fact.reliability / need.threshold) if need.threshold > 0 else 1.0


def _freshness(task: Task, fact: FactView) -> float:
    age = max(0.0, (task.as_of - fact.observed_at).total_seconds())
    half_life = fact.half_life.total_seconds()
    return float(2 ** (-age / half_life)) if half_life > 0 else float(age == 0)
