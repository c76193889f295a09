"""What it means that a company uses a technology. Pure."""

from collections.abc import Iterator
from typing import Any

from enrichment.sources.headlines import stated
from enrichment.technologies import by_name


def technology_rows(name: str, category: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the use of a technology means: dataset, a line that says so, the record."""
    known = by_name(name)
    category = (known.category if known else category)[:100]
    line = f"{name} ({category})" if category else name
    yield "tech_stack", line, stated({"name": name, "group": known.group if known else None, "category": category})
    if known and known.vendor:
        yield "competitive_usage", line, stated({"product": name, "category": category})
    if known and known.integrates:
        yield "integration_needs", line, stated({"system": name, "category": category})
