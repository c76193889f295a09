"""What-if results in the wire's shape: money as USD, shares in [0, 1], spans in seconds."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from enrichment.workflow.comparing import Change, Comparison, F, Figures
from enrichment.workflow.whatif import WhatIf


def effect_to_json(effect: WhatIf) -> dict[str, Any]:
    """`{replanned, byConsumer, replayed, leftOut, sandbox}`; before and after everywhere."""
    replayed = effect.replayed
    return {
        "replanned": _comparison(effect.replanned),
        "byConsumer": [
            {"consumer": each.consumer, "label": each.label, **_sides(each.comparison)} for each in effect.by_consumer
        ],
        "replayed": {
            "share": round(replayed.share, 4),
            **_comparison(replayed.comparison),
            "lacking": _lacking(replayed.lacking),
        },
        "leftOut": effect.left_out,
        "sandbox": effect.is_sandbox,
    }


def _lacking(found: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"source": source, "runs": runs} for source, runs in found.items()]


def _sides(comparison: Comparison[F]) -> dict[str, Any]:
    return {
        "runs": comparison.runs,
        "changed": comparison.changed,
        "before": _sum(comparison.before, comparison.runs),
        "after": _sum(comparison.after, comparison.runs),
    }


def _comparison(comparison: Comparison[F]) -> dict[str, Any]:
    return {**_sides(comparison), "mostChanged": [_change(change) for change in comparison.most_changed]}


def _sum(figures: Figures, runs: int) -> dict[str, float]:
    return {**_figures(figures), "costPerRun": round(float(figures.cost) / (runs or 1), 9)}


def _figures(figures: Figures) -> dict[str, float]:
    return {each.name: round(float(getattr(figures, each.name)), 9) for each in fields(figures)}


def _change(change: Change[F]) -> dict[str, Any]:
    return {
        "runId": str(change.run),
        "company": change.company,
        "consumer": change.consumer,
        "at": change.at.isoformat(),
        "before": _figures(change.before),
        "after": _figures(change.after),
        "asked": [*change.asked],
        "dropped": [*change.dropped],
    }
