"""What is known of a watched company now, as `differing` compares it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max

from enrichment.automation.watches.differing import MOST, Item, Look, from_json
from enrichment.companies import canonical
from enrichment.models import CacheEntry, Evidence, Fact, Watch
from enrichment.rules import Rules, live

CITED = 2  # items of evidence that are kept with a claim


def datasets_of(watch: Watch, known: Rules) -> dict[str, str]:
    """Dataset → kind, of all that the watch's consumer needs in its role."""
    if watch.consumer not in known.consumers:
        return {}
    needs = known.requirements(watch.consumer, role=watch.role)
    return {need.dataset: known.datasets[need.dataset].kind for need in needs if need.dataset in known.datasets}


def look_at(watch: Watch, known: Rules, *, at: datetime) -> Look:
    """The facts of the company, with their claims and evidence; three queries."""
    company, origin = canonical(watch.company), live.origin()
    rows = list(Fact.objects.filter(company=company, origin=origin, dataset__in=datasets_of(watch, known)))
    cited = _evidence({pk for row in rows for claim in row.claims[:MOST] for pk in claim["evidence"][:CITED]})
    answered = CacheEntry.objects.filter(company=company, origin=origin).exclude(source="")
    sources = dict(answered.values_list("source").annotate(at=Max("fetched_at")).order_by())
    return Look(
        items=tuple(_item(row.dataset, claim, cited) for row in rows for claim in row.claims[:MOST]),
        sources=sources,
        at=at,
        corrected=frozenset(row.dataset for row in rows if row.corrected),
    )


def last_look(watch: Watch) -> Look:
    """What the watch kept of the last one."""
    sources = {source: datetime.fromisoformat(text) for source, text in watch.seen_sources.items()}
    return Look(items=from_json(watch.seen), sources=sources, at=watch.last_checked or watch.created)


def sources_to_keep(before: Look, now: Look) -> dict[str, str]:
    """Source → when it answered last; one whose answers were deleted meanwhile has answered all the same."""
    return {source: at.isoformat() for source, at in {**before.sources, **now.sources}.items()}


def _evidence(keys: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is kept of items of evidence, whose rows go with the response that they are in."""
    rows = Evidence.objects.filter(pk__in=set(keys)).only("source", "title", "url", "published_at", "collected_at")
    return {
        row.pk: {
            "source": row.source,
            "title": row.title[:200],
            "url": row.url,
            "date": (row.published_at or row.collected_at).isoformat(),
        }
        for row in rows
    }


def _item(dataset: str, claim: dict[str, Any], cited: dict[int, dict[str, Any]]) -> Item:
    return Item(
        dataset=dataset,
        value=claim["value"],
        sources=tuple(claim["sources"]),
        reliability=claim["reliability"],
        evidence=tuple(cited[pk] for pk in claim["evidence"][:CITED] if pk in cited),
    )
