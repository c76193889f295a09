"""Planner values as JSON: the input both ways, so that a run can be replayed; the plan one way, for people."""

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from enrichment.planning.model import Expectation, Plan, PlanInput, PlannedCall, Rejected
from enrichment.planning.without import Without
from enrichment.planning.words import usd

_INPUT = TypeAdapter(PlanInput)


def input_to_json(given: PlanInput) -> dict[str, Any]:
    """The input as JSON-able values: the fields' own names, money as whole nano-USD, sets as sorted lists.

    Equal inputs give equal JSON, whatever the order inside their sets.
    """
    plain: dict[str, Any] = _plain(asdict(given))
    return plain


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case frozenset():
            return sorted(value)
        case tuple():
            return [_plain(item) for item in value]
        case str():
            return str(value)  # an enum's member becomes its value
        case _:
            return value


def input_from_json(stored: Any) -> PlanInput:
    """The input that `input_to_json` wrote. Raises `pydantic.ValidationError` where it is something else."""
    return _INPUT.validate_python(stored)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan with its reasons: money as decimal USD strings ("0.10"), seconds and shares as numbers.

    `{calls, reused, rejected, expectations, score, notes, worstPrice, expectedPrice, seconds}`; the keys of the parts
    are camelCase like the API's. A rejected source that has no price has `usablePrice` null.
    """
    return {
        "calls": [_call(call) for call in plan.calls],
        "reused": [{"source": r.source, "serves": [*r.serves], "age": r.age, "why": r.why} for r in plan.reused],
        "rejected": [_rejected(rejected) for rejected in plan.rejected],
        "expectations": [_expectation(expectation) for expectation in plan.expectations],
        "score": _score(plan),
        "notes": [*plan.notes],
        "worstPrice": usd(plan.worst_price),
        "expectedPrice": usd(plan.expected_price),
        "seconds": plan.seconds,
    }


def without_to_json(without: Without) -> dict[str, Any]:
    """What would change without one source; money as decimal USD strings, `costChange` below 0 where it is cheaper."""
    return {
        "source": without.source,
        "expectedPrice": usd(without.price),
        "costChange": usd(without.change),
        "seconds": without.seconds,
        "instead": [*without.instead],
        "losses": [
            {
                "dataset": loss.dataset,
                "before": round(loss.before, 9),
                "after": round(loss.after, 9),
                "missed": loss.is_missed,
            }
            for loss in without.losses
        ],
    }


def _call(call: PlannedCall) -> dict[str, Any]:
    return {
        "source": call.source,
        "layer": call.layer,
        "serves": [*call.serves],
        "worstPrice": usd(call.worst_price),
        "expectedPrice": usd(call.expected_price),
        "latency": call.latency,
        "why": call.why,
    }


def _rejected(rejected: Rejected) -> dict[str, Any]:
    price = None if rejected.usable_price is None else usd(rejected.usable_price)
    return {"source": rejected.source, "why": rejected.why, "usablePrice": price}


def _expectation(expectation: Expectation) -> dict[str, Any]:
    return {
        "dataset": expectation.dataset,
        "required": expectation.required,
        "threshold": expectation.threshold,
        "reliability": round(expectation.reliability, 9),
        "shortfall": expectation.shortfall,
        "bestPossible": round(expectation.best_possible, 9),
        "by": [*expectation.by],
    }


def _score(plan: Plan) -> dict[str, Any]:
    score = plan.score
    return {
        "requiredShortfall": plan.required_shortfall,
        "levels": [*score.levels],
        "usablePrice": usd(score.usable_price),
        "calls": score.calls,
        "priority": score.priority,
        "sources": [*score.sources],
    }
