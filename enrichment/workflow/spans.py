"""The execution trace of a run: what happened when, how long it took, what it cost, what followed from it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from enrichment.models import EngineCall, SourceCall, StepRun, WorkflowRun
from enrichment.workflow import versions
from enrichment.workflow.consequences import completed

# What people did to the run; each is a moment.
ACTIONS = {"paused": "Paused", "resumed": "Resumed", "retried": "Tried again", "cancelled": "Cancelled"}
LABELS = {
    "cache_check": "Cache check",
    "plan": "Planning",
    "cost_check": "Cost check",
    "collect": "Collection",
    "analyse": "Analysis",
    "store": "Storing the report",
}


def trace_of(run: WorkflowRun) -> dict[str, Any]:
    """The run as a tree of spans `{name, label, started, seconds, cost, status, detail, children}`; costs in USD."""
    calls = list(run.calls.order_by("started"))
    rows = list(run.steps.order_by("ordinal"))
    engines = _engines_by_step(rows, list(run.engine_calls.order_by("started")))
    steps = [_step_span(step, calls, engines.get(step.ordinal, [])) for step in rows]
    steps = sorted([*steps, *_actions(run)], key=lambda span: str(span["started"]))
    if run.vendor_run is not None and run.vendor_run.steps.exists():
        steps.append({**trace_of(run.vendor_run), "name": "vendor_context", "label": "Vendor context"})
    return {
        "name": run.consumer,
        "label": f"{run.consumer.replace('_', ' ').capitalize()} of {run.company.name}",
        "started": (run.started or run.created).isoformat(),
        "seconds": _seconds(run.started or run.created, run.finished),
        "cost": _usd(run.cost),
        "status": run.status,
        "detail": run.error or run.stop_reason,
        "stopReason": run.stop_reason,
        "children": completed(run, steps),
    }


def _actions(run: WorkflowRun) -> list[dict[str, Any]]:
    return [
        {
            "name": event.kind,
            "label": ACTIONS[event.kind],
            "started": event.at.isoformat(),
            "seconds": 0.0,
            "cost": "0.00",
            "status": event.kind,
            "detail": event.data["detail"],
            "children": [],
        }
        for event in run.events.filter(kind__in=ACTIONS)
    ]


def _step_span(step: StepRun, calls: list[SourceCall], engines: list[EngineCall]) -> dict[str, Any]:
    children: list[dict[str, Any]] = []
    if step.name == "collect":
        children = [_call_span(call, step) for call in calls if call.wave == step.wave]
        children += _without_call(step, {call.source for call in calls if call.wave == step.wave})
    if step.name == "analyse":
        children = [_engine_span(call) for call in engines]
    label = LABELS.get(step.name, step.name)
    return {
        "name": step.name,
        "label": f"{label}, wave {step.wave}" if step.wave > 1 else label,
        "started": step.started.isoformat(),
        "seconds": _seconds(step.started, step.finished),
        "cost": _usd(sum((Decimal(child["cost"] or 0) for child in children), Decimal(0))),
        "status": step.status,
        "detail": _detail(step),
        "children": children,
    }


def _engines_by_step(steps: list[StepRun], calls: list[EngineCall]) -> dict[int, list[EngineCall]]:
    """Ordinal → the engines that were asked in that analysis: a report may be written again."""
    found: dict[int, list[EngineCall]] = {}
    left = calls
    for step in (step for step in steps if step.name == "analyse"):
        ended = step.finished
        found[step.ordinal] = [call for call in left if ended is None or call.started <= ended]
        left = [call for call in left if call not in found[step.ordinal]]
    return found


def _detail(step: StepRun) -> str:
    try:
        return _told(step.name, versions.result_of(step))
    except (versions.NewerStep, versions.UnreadableStep):
        return "Recorded by another version of the program."


def _told(name: str, result: dict[str, Any]) -> str:
    match name:
        case "cache_check":
            held = ", ".join(result["held"]) or "nothing"
            return "A report was there." if result["hit"] else f"No report; held from before: {held}."
        case "plan":
            plan = result["plan"]
            asked = ", ".join(call["source"] for call in plan["calls"]) or "nothing"
            return f"To ask: {asked}; expected {plan['expectedPrice']} USD, {plan['seconds']:.1f} s."
        case "cost_check":
            return f"At most {result['worst']} USD."
        case "collect":
            return "; ".join(f"{o['source']}: {o['words'] or o['kind']}" for o in result["outcomes"])
        case "analyse":
            if "engine" not in result:
                return ""
            failed = "".join(f" {words}" for words in result["failures"])
            return f"By {result['engine']}; {result['withheld']} statements withheld.{failed}"
        case _:
            return ""


def _call_span(call: SourceCall, step: StepRun) -> dict[str, Any]:
    detail = call.error or f"{call.records} records"
    return {
        "name": call.source,
        "label": call.source,
        "started": call.started.isoformat(),
        "seconds": _seconds(call.started, call.answered),
        "cost": _usd(call.cost),
        "status": call.status,
        "detail": f"Attempt {call.attempt}: {detail}" if call.attempt > 1 else detail,
        "attempt": call.attempt,
        "wait": call.waited,
        "children": [],
    }


def _without_call(step: StepRun, called: set[str]) -> list[dict[str, Any]]:
    """Sources that the wave did not have to call: somebody's answer was there, or it was refused."""
    return [
        {
            "name": outcome["source"],
            "label": outcome["source"],
            "started": step.started.isoformat(),
            "seconds": 0.0,
            "cost": "0.00",
            "status": outcome["kind"],
            "detail": outcome["words"],
            "children": [],
        }
        for outcome in step.result.get("outcomes", [])
        if outcome["source"] not in called
    ]


def _engine_span(call: EngineCall) -> dict[str, Any]:
    read = call.tokens_in + call.tokens_cached + call.tokens_cache_written
    of_cache = f" ({call.tokens_cached} from the cache)" if call.tokens_cached else ""
    tokens = f"{read} tokens read{of_cache}, {call.tokens_out} written" if read else ""
    return {
        "name": call.engine,
        "label": f"{call.engine} {call.model}".strip(),
        "started": call.started.isoformat(),
        "seconds": _seconds(call.started, call.answered),
        "cost": None if call.cost is None else _usd(call.cost),
        "status": call.status,
        "detail": call.error or tokens,
        "children": [],
    }


def _seconds(started: datetime, ended: datetime | None) -> float | None:
    return None if ended is None else round((ended - started).total_seconds(), 6)


def _usd(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01')):f}" if amount == amount.quantize(Decimal("0.01")) else f"{amount:f}"
