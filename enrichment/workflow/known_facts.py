"""What is known of a company, as programs read it: each fact with its conflicts and the items behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from enrichment.analysis.conflicts import as_json, conflicts
from enrichment.merging import canonical, record_key
from enrichment.models import Company, Evidence, Fact, Observation, Origin
from enrichment.rules import Rules
from enrichment.workflow.briefing import all_on, evidence_id

MOST_EVIDENCE = 500  # items of one page


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact, what others say instead, and the collected items of both by id."""

    fact: Fact
    conflicts: list[dict[str, Any]]
    evidence: dict[str, dict[str, Any]]

    @property
    def is_sandbox(self) -> bool:
        return self.fact.origin == Origin.SANDBOX


def of(company: Company, *, dataset: str | None = None) -> "QuerySet[Fact]":
    """The company's facts of one origin, live ones where there are any, by dataset."""
    rows = Fact.objects.filter(company=company)
    is_live = rows.filter(origin=Origin.LIVE).exists()
    rows = rows.filter(origin=Origin.LIVE if is_live else Origin.SANDBOX)
    return (rows if dataset is None else rows.filter(dataset=dataset)).order_by("dataset")


def explained(company: Company, rows: Iterable[Fact], *, rules: Rules, at: datetime) -> list[KnownFact]:
    """The facts, in their order, with conflicts and evidence: a fixed number of queries."""
    facts = list(rows)
    origin = facts[0].origin if facts else Origin.LIVE
    against: dict[str, list[dict[str, Any]]] = {}
    for each in conflicts(all_on(company, rules, origin=origin, at=at)) if facts else ():
        against.setdefault(each.dataset, []).append(as_json(each))
    ids = {fact.dataset: _ids(fact) for fact in facts}
    items = _items(set().union(*ids.values()))
    return [
        KnownFact(
            fact=fact,
            conflicts=against.get(fact.dataset, []),
            evidence={evidence_id(pk): items[pk] for pk in sorted(ids[fact.dataset]) if pk in items},
        )
        for fact in facts
    ]


def _ids(fact: Fact) -> set[int]:
    """The items behind the fact and behind everything that is said instead."""
    said = [each for claim in fact.claims for each in (claim, *claim.get("also", ()))]
    return {*fact.evidence, *(pk for each in said for pk in each.get("evidence", ()))}


def _items(ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = Evidence.objects.filter(pk__in=sorted(ids)[:MOST_EVIDENCE]).defer("text")
    return {
        row.pk: {
            "kind": row.kind,
            "title": row.title,
            "url": row.url,
            "publisher": row.publisher,
            "source": row.source,
            "publishedAt": row.published_at,
        }
        for row in rows
    }


def band(reliability: float, threshold: float | None) -> str:
    """Reliable from the dataset's threshold on (0.8 where it has none), weak below half of it, else fair."""
    wanted = 0.8 if threshold is None else threshold
    if reliability >= wanted:
        return "reliable"
    return "fair" if reliability >= wanted / 2 else "weak"


def first_seen(company: Company, datasets: Sequence[str], *, origin: str) -> dict[tuple[str, str], datetime]:
    """Since when each value was reported, by (dataset, `value_key`): as far back as responses are kept."""
    rows = Observation.objects.filter(company=company, origin=origin, dataset__in=datasets)
    seen: dict[tuple[str, str], datetime] = {}
    for dataset, value, at in rows.values_list("dataset", "value", "entry__fetched_at"):
        key = dataset, value_key(dataset, value)
        seen[key] = min(seen.get(key, at), at)
    return seen


def value_key(dataset: str, value: Any) -> str:
    """What tells a value from others of its dataset: a person's name, a headline."""
    return record_key(dataset, value) if isinstance(value, Mapping) else canonical(value)
