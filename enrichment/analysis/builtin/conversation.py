"""Which conversation it is, why, and how the role goes about it."""

from typing import Any

from enrichment.analysis.intent import intent
from enrichment.analysis.model import Task
from enrichment.analysis.said import derived


def conversation(task: Task) -> dict[str, Any]:
    found = intent(task)
    return {
        "kind": derived(found.kind, "intent", found.evidence),
        "confidence": derived(found.confidence, "intent", found.evidence),
        "because": [derived(reason.text, "intent", reason.evidence) for reason in found.because],
        "approach": derived(found.approach, "intent", found.evidence),
    }
