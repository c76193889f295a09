"""What is known, made of a task by hand: as the door would give it, without a database."""

from dataclasses import replace
from typing import Any

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import FactView, Task
from enrichment.door import Known, KnownFact
from enrichment.models import Company
from tests.enrichment.analysis.worlds import NOW, acme

LABELS = {"tech_stack": "Technology stack", "hiring_trends": "Hiring trends", "decision_makers": "Decision makers"}
SOURCES = {"serp_news": "Google News", "snov_contacts": "Snov", "company_website": "Website"}


def held(task: Task | None = None, **changes: Any) -> Known:
    """The documents' Acme Corp for Okta, unless said otherwise."""
    task = task or acme()
    grounded = ground(Builtin().write(task), task)
    known = Known(
        company=Company(name=task.company, domain=task.domain),
        vendor=Company(name=task.vendor_name) if task.vendor_name else None,
        role="AE",
        body=grounded.body,
        statements=grounded.statements,
        evidence=_items(task),
        facts={slug: _fact(view) for slug, view in task.facts.items()},
        conflicts=(),
        labels=LABELS,
        origin="sandbox",
        as_of=NOW,
        sources=SOURCES,
    )
    return replace(known, **changes)


def _items(task: Task) -> dict[str, dict[str, Any]]:
    return {
        item.id: {
            "source": item.source,
            "kind": item.kind,
            "title": item.title,
            "url": item.url,
            "publisher": item.publisher,
            "text": item.text,
            "publishedAt": item.published_at,
            "collectedAt": item.collected_at or NOW,
            "reliability": 0.85,
        }
        for item in task.evidence
    }


def _fact(view: FactView) -> KnownFact:
    return KnownFact(
        dataset=view.dataset,
        label=view.dataset,
        value=view.value,
        reliability=view.reliability,
        band="reliable",
        observed_at=view.observed_at,
        sources=("serp_news",),
        items=view.items,
        corrected=False,
    )
