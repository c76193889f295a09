"""What a report lacks, why, and what filling it would cost."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from enrichment.collection import Kind
from enrichment.planning.model import Expectation, Need, PlanInput
from enrichment.planning.solver import cheapest_plan
from enrichment.rules import Rules
from enrichment.workflow.plans import from_nano


def gaps(
    expectations: tuple[Expectation, ...], *, again: PlanInput, outcomes: Mapping[str, dict[str, Any]], known: Rules
) -> list[dict[str, Any]]:
    """Datasets below their threshold: `{dataset, label, required, reliability, threshold, why, costToFill}`.

    `again` is the planner's input as if failed sources might be asked again; `costToFill` is the worst price in USD of
    the cheapest plan for that dataset alone, null where no source could help.
    """
    return [
        {
            "dataset": short.dataset,
            "label": known.datasets[short.dataset].label,
            "required": short.required,
            "reliability": round(short.reliability, 4),
            "threshold": short.threshold,
            "why": _why(short, outcomes, {u.source: u.why for u in again.unavailable}, known),
            "costToFill": _cost(short, again),
        }
        for short in expectations
        if short.shortfall > 0
    ]


def _why(
    short: Expectation, outcomes: Mapping[str, dict[str, Any]], unavailable: Mapping[str, str], known: Rules
) -> str:
    givers = sorted(slug for slug, cells in known.cells_by_source.items() if short.dataset in cells)
    if not givers:
        return "No enabled source gives it."
    if short.reliability > 0:
        return f"Its sources are {short.reliability:.2f} reliable together; {short.threshold:.2f} is wanted."
    return " ".join(_of_source(slug, outcomes, unavailable, known) for slug in givers)


def _of_source(slug: str, outcomes: Mapping[str, dict[str, Any]], unavailable: Mapping[str, str], known: Rules) -> str:
    label = known.sources[slug].label
    if slug in outcomes:
        return _told(label, outcomes[slug])
    if slug in unavailable:
        return f"{label} cannot be asked: {unavailable[slug]}."
    return f"{label} was not asked."


def _told(label: str, outcome: Mapping[str, Any]) -> str:
    match outcome["kind"]:
        case Kind.ANSWERED | Kind.REUSED:
            return f"{label} answered, but not this."
        case Kind.EMPTY:
            return f"{label} knows nothing of the company."
        case Kind.REFUSED:
            return f"{label} was not asked: {_sentence(outcome['words'])}"
        case _:
            return f"{label} failed: {_sentence(outcome['words'])}"


def _sentence(words: str) -> str:
    """With its full stop, for another sentence may follow."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _cost(short: Expectation, again: PlanInput) -> str | None:
    need = Need(dataset=short.dataset, threshold=short.threshold)
    alone = cheapest_plan(replace(again, needs=(need,), budget=None, deadline=None))
    better = next((e.reliability for e in alone.expectations if e.dataset == short.dataset), 0.0)
    if not alone.calls or better <= short.reliability:
        return None
    cost: Decimal = from_nano(alone.worst_price)
    return f"{cost:f}"
