"""What followed from what in a run's trace: who was asked because another source failed, what the merge was worth."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from enrichment.models import Report, StepRun, WorkflowRun

Span = dict[str, Any]
WITHOUT_VALUE = frozenset({"failed", "refused", "empty"})  # outcomes after which another source may be asked
MEASURES = ("overall", "completeness", "freshness", "reliability")


def completed(run: WorkflowRun, spans: list[Span]) -> list[Span]:
    """The run's spans: those of sources that gave nothing name their `fallback`, and the aggregation stands among them.

    A `fallback` is the sources of the next wave that were asked for some of what that one should have given.
    """
    steps = list(run.steps.standing().filter(name="collect"))
    fallbacks = {step.started.isoformat(): _fallbacks(step, after) for step, after in pairwise(steps)}
    for span in spans:
        for child in span["children"]:
            found = fallbacks.get(span["started"], {}).get(child["name"])
            if found:
                child["fallback"] = found
    return list(_with_aggregation(run, spans))


def _fallbacks(step: StepRun, after: StepRun) -> dict[str, list[str]]:
    """Source that gave nothing → who was asked in its place."""
    asked = {source: _serves(after, source) for source in after.result.get("sources", [])}
    gave_nothing = [o["source"] for o in step.result.get("outcomes", []) if o["kind"] in WITHOUT_VALUE]
    found = {source: _serves(step, source) for source in gave_nothing}
    return {
        source: [other for other, serves in asked.items() if other != source and serves & wanted]
        for source, wanted in found.items()
    }


def _serves(step: StepRun, source: str) -> set[str]:
    """Datasets that the source was to give, by the step's plan."""
    calls = step.result.get("plan", {}).get("calls", [])
    return {dataset for call in calls if call["source"] == source for dataset in call.get("serves", [])}


def _with_aggregation(run: WorkflowRun, spans: list[Span]) -> Iterator[Span]:
    """The merge of all that was found, just before it is analysed; it takes no time of its own."""
    report = Report.objects.filter(run=run).order_by("generated_at").last()
    for span in spans:
        if span["name"] == "analyse" and report is not None:
            yield _aggregation(report, span["started"])
            report = None
        yield span


def _aggregation(report: Report, started: str) -> Span:
    quality = {name: report.quality[name] for name in MEASURES if name in report.quality}
    words = ", ".join(f"{name} {value:.2f}" for name, value in quality.items())
    return {
        "name": "aggregate",
        "label": "Aggregation",
        "started": started,
        "seconds": 0.0,
        "cost": "0.00",
        "status": "done",
        "detail": f"{len(report.datasets)} datasets merged; quality {words}.",
        "quality": quality,
        "children": [],
    }
