"""What a report lacks, why, and what filling it would cost."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from enrichment.models import WorkflowRun
from enrichment.planning.model import Expectation, Need, PlanInput, Strategy
from enrichment.planning.solver import best_plan
from enrichment.recording import Kind
from enrichment.rules import Rules
from enrichment.workflow.plans import from_nano

StopReason = WorkflowRun.StopReason

# What a company uses shows in places, never as a whole: of what was not seen one cannot say that it is not there.
USES = frozenset({"tech_stack", "competitive_usage", "integration_needs"})
UNSEEN = "What was not seen is not visible from here, which is not to say that it is not used."


def gaps(
    expectations: tuple[Expectation, ...],
    *,
    again: PlanInput,
    outcomes: Mapping[str, dict[str, Any]],
    known: Rules,
    stopped: str = "",
) -> list[dict[str, Any]]:
    """Datasets below their threshold: `{dataset, label, required, reliability, threshold, why, costToFill}`.

    `again` is the planner's input as if failed sources might be asked again; `costToFill` is the worst price in USD of
    the cheapest plan for that dataset alone, null where no source could help. `stopped`: why the run asked no more, a
    `StopReason`.
    """
    return [
        {
            "dataset": short.dataset,
            "label": known.datasets[short.dataset].label,
            "required": short.required,
            "reliability": round(short.reliability, 4),
            "threshold": short.threshold,
            "why": _honest(short.dataset, _why(short, outcomes, _not_asked(again, stopped), known)),
            "costToFill": _cost(short, again),
        }
        for short in expectations
        if short.shortfall > 0
    ]


def _honest(dataset: str, why: str) -> str:
    return f"{why} {UNSEEN}" if dataset in USES else why


def _not_asked(again: PlanInput, stopped: str) -> dict[str, str]:
    """Source → what is said of it where this run did not ask it."""
    told = {each.source: f"cannot be asked: {each.why}." for each in again.unavailable}
    for candidate in again.candidates:
        if stopped == StopReason.DEADLINE:
            told[candidate.source] = "was not asked: the time was up."
        if stopped == StopReason.BUDGET and candidate.worst_price:
            price = round(from_nano(candidate.worst_price), 4).normalize()
            told[candidate.source] = f"was not asked: {price:f} USD would have passed the limit."
    return told


def _why(short: Expectation, outcomes: Mapping[str, dict[str, Any]], not_asked: Mapping[str, str], known: Rules) -> str:
    givers = sorted(slug for slug, cells in known.cells_by_source.items() if short.dataset in cells)
    if not givers:
        return "No enabled source gives it."
    if short.reliability > 0:
        weak = f"Its sources are {short.reliability:.2f} reliable together; {short.threshold:.2f} is wanted."
        return " ".join([weak, *(_of_source(slug, {}, not_asked, known) for slug in givers if slug in not_asked)])
    return " ".join(_of_source(slug, outcomes, not_asked, known) for slug in givers)


def _of_source(slug: str, outcomes: Mapping[str, dict[str, Any]], not_asked: Mapping[str, str], known: Rules) -> str:
    label = known.sources[slug].label
    if slug in outcomes:
        return _told(label, outcomes[slug])
    return f"{label} {not_asked.get(slug, 'was not asked.')}"


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
    alone = best_plan(replace(again, needs=(need,), budget=None, deadline=None, strategy=Strategy.ENHANCED))
    better = next((e.reliability for e in alone.expectations if e.dataset == short.dataset), 0.0)
    if not alone.calls or better <= short.reliability:
        return None
    cost: Decimal = from_nano(alone.worst_price)
    return f"{cost:f}"
