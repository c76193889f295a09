"""The engine that is always there: no key, no network, every section from what was found."""

from decimal import Decimal
from typing import Any

from enrichment.analysis.builtin.company import company
from enrichment.analysis.builtin.competition import competitor_context
from enrichment.analysis.builtin.contacts import target_contacts
from enrichment.analysis.builtin.conversation import conversation
from enrichment.analysis.builtin.generic import generic
from enrichment.analysis.builtin.news import news_signals
from enrichment.analysis.builtin.products import recommended_products
from enrichment.analysis.builtin.talking_points import opportunity_signals, talking_points
from enrichment.analysis.builtin.technology import tech_stack
from enrichment.analysis.builtin.vendor import vendor_context
from enrichment.analysis.model import Draft, Task
from enrichment.analysis.needs import fits
from enrichment.analysis.said import unfold


class Builtin:
    """Rules and sentences of `enrichment/data/`. Deterministic: one task, one draft. Never fails."""

    slug = "builtin"

    async def draft(self, task: Task) -> Draft:
        return self.write(task)

    def worst_cost(self, _task: Task) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def write(self, task: Task) -> Draft:
        """The draft, for callers without a loop."""
        body, claims = unfold(_tree(task))
        return Draft(body=body, claims=claims, engine=self.slug)


def _tree(task: Task) -> dict[str, Any]:
    match task.purpose:
        case "customer_intelligence":
            return _customer_intelligence(task)
        case "vendor_context":
            return vendor_context(task)
        case _:
            return generic(task)


def _customer_intelligence(task: Task) -> dict[str, Any]:
    fitting = fits(task, task.vendor) if task.vendor else []
    return {
        "customer": {name: said for name, said in company(task).items() if name != "domain"},
        "intent": conversation(task),
        "news_signals": news_signals(task),
        "tech_stack": tech_stack(task, fitting),
        "target_contacts": target_contacts(task),
        "recommended_products": recommended_products(task, fitting),
        "competitor_context": competitor_context(task, fitting),
        "talking_points": talking_points(task, fitting),
        "opportunity_signals": opportunity_signals(task, fitting),
    }
