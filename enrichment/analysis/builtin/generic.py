"""Any other consumer's report: the company, and each needed dataset as it was found."""

from typing import Any

from enrichment.analysis.builtin import company as basics
from enrichment.analysis.hostile import is_hostile
from enrichment.analysis.model import FactView, Task
from enrichment.analysis.said import everywhere


def generic(task: Task) -> dict[str, Any]:
    """The needed datasets that were found; every found one where the task names no needs."""
    needed = [need.dataset for need in task.needs] or list(task.facts)
    found = {dataset: task.facts[dataset] for dataset in needed if dataset in task.facts}
    return {"company": basics.company(task), "datasets": {slug: _value(fact) for slug, fact in found.items()}}


def _value(fact: FactView) -> Any:
    items = [everywhere(item.value, item.evidence) for item in fact.items if not is_hostile(item.value)]
    if fact.kind == "scalar":
        return items[0] if items else None
    return items
