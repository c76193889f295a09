"""The company's basics, as every body has them."""

from typing import Any

from enrichment.analysis import values
from enrichment.analysis.derive import head_count_band
from enrichment.analysis.model import Task
from enrichment.analysis.said import Said, derived, verbatim


def company(task: Task) -> dict[str, Any]:
    """name, domain, industry, size, headquarters and description."""
    return {
        "name": name(task),
        "domain": domain(task),
        "industry": _stated(task, "industry"),
        "size": size(task),
        "headquarters": _stated(task, "headquarters"),
        "description": _stated(task, "company_overview", 900),
    }


def name(task: Task) -> Said | None:
    """The name that sources state; that which was asked for where none does."""
    return _stated(task, "company_name") or derived(task.company, "company_name", ())


def domain(task: Task) -> Said | None:
    return _stated(task, "company_domain") or derived(task.domain, "company_domain", ())


def size(task: Task) -> Said | None:
    fact = task.facts.get("employee_count")
    item = fact.items[0] if fact and fact.items else None
    return derived(head_count_band(item.value), "head_count_band", item.evidence) if item else None


def _stated(task: Task, dataset: str, longest: int = 300) -> Said | None:
    found = values.scalar(task, dataset, longest)
    return verbatim(*found) if found else None
