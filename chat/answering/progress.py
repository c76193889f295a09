"""What a run tells of itself, as a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.answering.telling import inert


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run's event in the conversation's words. `type` is one of the wire's."""

    type: str
    step: str
    status: str
    content: str


STEPS = {  # kind of a run's event → type, step, status
    "planned": ("workflow_progress", "plan", "completed"),
    "progress": ("workflow_progress", "data_collection", "started"),
    "source_update": ("source_update", "data_collection", "completed"),
    "partial_results": ("partial_results", "data_collection", "completed"),
    "warning": ("workflow_progress", "data_collection", "failed"),
    "finished": ("workflow_progress", "complete", "completed"),
    "cancelled": ("workflow_progress", "complete", "failed"),
}


def told_event(kind: str, data: Mapping[str, Any], labels: Mapping[str, str]) -> Told | None:
    """The event as it is told; None for one that nobody needs to read."""
    if kind not in STEPS:
        return None
    type_, step, status = STEPS[kind]
    return Told(type=type_, step=step, status=status, content=_words(kind, data, labels))


def _words(kind: str, data: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    match kind:
        case "source_update":
            return f"{inert(str(data.get('source', 'A source')))}: {inert(str(data.get('status', 'answered')))}"
        case "partial_results":
            names = [labels.get(slug, slug) for slug in data.get("datasets", ())]
            found = [inert(str(each.get("text", ""))) for each in data.get("findings", ())]
            return "; ".join(found) or f"Found: {', '.join(names)}"
        case _:
            return inert(str(data.get("detail", kind)))
