"""What it means that a company uses a technology. Pure."""

from collections.abc import Iterator
from typing import Any

from enrichment.sources.headlines import stated
from enrichment.technologies import by_name

TECHNOLOGY = frozenset({"tech_stack", "competitive_usage", "integration_needs"})  # datasets that usage speaks of


def technology_rows(name: str, category: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the use of a technology means: dataset, a line that says so, the record.

    A technology that we know goes by its usual name, and the line holds both: "K8s: Kubernetes (Containers)".
    """
    known = by_name(name)
    called = known.name if known else name
    category = (known.category if known else category)[:100]
    line = (name if called == name else f"{name}: {called}") + (f" ({category})" if category else "")
    yield "tech_stack", line, stated({"name": called, "group": known.group if known else None, "category": category})
    if known and known.vendor:
        yield "competitive_usage", line, stated({"product": called, "category": category})
    if known and known.integrates:
        yield "integration_needs", line, stated({"system": called, "category": category})
