"""How much of what was collected a report shows: leaving everything out is no way to be right."""

from collections.abc import Iterator
from typing import Any

from enrichment.analysis import articles, findings, values
from enrichment.analysis.model import Task
from enrichment.analysis.text import holds, leaves, normal


def recall(task: Task, body: dict[str, Any]) -> float:
    """Share of the task's findings whose words stand in the body, 0 to 1; 1 where nothing was found.

    Findings are articles, people and technologies; of a vendor's context its products, propositions, markets and
    competitors; of any other report the items of all facts.
    """
    shown = {normal(leaf) for leaf in leaves(body, depth=12)}
    together = " | ".join(sorted(shown))
    found = list(_findings(task))
    told = sum(finding in shown or holds(together, finding) for finding in found)
    return round(told / len(found), 4) if found else 1.0


def _findings(task: Task) -> Iterator[str]:
    match task.purpose:
        case "customer_intelligence":
            yield from (normal(article.headline) for article in articles.found(task))
            yield from (normal(person.name) for person in findings.people(task))
            yield from (normal(found.name) for found in findings.technologies(task) if found.dataset == "tech_stack")
        case "vendor_context":
            yield from (normal(record.text("name")) for record in values.records(task, "products"))
            for dataset in ("value_propositions", "target_markets", "competitors"):
                yield from (normal(word) for word, _ in values.words_of(task, dataset))
        case _:
            for fact in task.facts.values():
                for item in fact.items if fact.kind != "scalar" else fact.items[:1]:
                    yield normal(next(leaves(item.value), ""))
