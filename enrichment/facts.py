"""From what sources said to one fact per dataset: every claim kept as a row, corrections never lost."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet

from enrichment.merging import Also, Claim, Merged, canonical, combined, merge
from enrichment.models import CacheEntry, Company, Correction, Evidence, Fact, Observation
from enrichment.people import optouts
from enrichment.people.blocked import Blocked
from enrichment.rules import Rules
from enrichment.sources.base import Evidence as Item
from enrichment.sources.base import Extraction
from salesintel.prepared import Gap, Prepared


@dataclass(frozen=True, slots=True)
class Stored:
    """The datasets that a response speaks of, and its items of evidence with the ids of their rows."""

    datasets: frozenset[str] = frozenset()
    evidence: tuple[tuple[Item, int], ...] = ()


def store_observations(entry: CacheEntry, extraction: Extraction) -> Stored:
    """Keep what a response says, in place of what was kept of it before."""
    Observation.objects.filter(entry=entry).delete()
    Evidence.objects.filter(entry=entry).delete()
    items = {_item_key(item): item for seen in extraction.observations for item in seen.evidence}
    made = Evidence.objects.bulk_create(_evidence_row(entry, key, item) for key, item in items.items())
    ids = {row.key: row.pk for row in made}
    rows = [
        Observation(
            company_id=entry.company_id,
            entry=entry,
            dataset=seen.dataset,
            source=entry.source,
            origin=entry.origin,
            value=seen.value,
            observed_at=seen.observed_at or entry.fetched_at,
        )
        for seen in extraction.observations
    ]
    Observation.objects.bulk_create(rows)
    link = Observation.evidence.through
    link.objects.bulk_create(
        link(observation_id=row.pk, evidence_id=ids[key])
        for row, seen in zip(rows, extraction.observations, strict=True)
        for key in dict.fromkeys(_item_key(item) for item in seen.evidence)
    )
    return Stored(
        frozenset(seen.dataset for seen in extraction.observations),
        tuple((item, ids[key]) for key, item in items.items()),
    )


def _item_key(item: Item) -> str:
    return hashlib.sha256(canonical([item.kind, item.url, item.title, item.text]).encode()).hexdigest()


def _evidence_row(entry: CacheEntry, key: str, item: Item) -> Evidence:
    return Evidence(
        company_id=entry.company_id,
        entry=entry,
        source=entry.source,
        origin=entry.origin,
        key=key,
        kind=item.kind,
        title=item.title[:500],
        url=item.url[:1000],
        publisher=item.publisher[:200],
        text=item.text,
        published_at=item.published_at,
        collected_at=entry.fetched_at,
    )


def remerge(company: int, datasets: Iterable[str], *, origin: str, rules: Rules, at: datetime) -> None:
    """Make the facts of `datasets` anew from all that is observed and corrected, without people who opted out.

    Locks the company until commit.
    """
    wanted = sorted(slug for slug in datasets if slug in rules.datasets)
    if not wanted:
        return
    _LOCKED.all(pk=company)
    blocked = optouts.blocked([company])
    claims = _claims(company, wanted, origin, rules, blocked)
    pinned = {row.dataset: row for row in Correction.objects.filter(company=company, withdrawn=None)}
    if blocked:
        for row in pinned.values():
            row.value = blocked.without(row.value)
    facts = [
        _fact(company, slug, claims.get(slug, []), pinned.get(slug), origin=origin, rules=rules, at=at)
        for slug in wanted
        if slug in claims or slug in pinned
    ]
    Fact.objects.filter(company=company, origin=origin, dataset__in=wanted).exclude(
        dataset__in=[fact.dataset for fact in facts]
    ).delete()
    Fact.objects.bulk_create(
        facts,
        update_conflicts=True,
        unique_fields=["company", "dataset", "origin"],
        update_fields=[
            "value", "reliability", "observed_at", "sources", "evidence", "claims", "why", "corrected", "updated",
        ],
    )  # fmt: skip


_LOCKED = Prepared(
    lambda: Company.objects.select_for_update(no_key=True).filter(pk=Gap("pk", BigIntegerField())).values_list("pk")
)

# Of two responses of one source, as a company has that absorbed another one, the newer speaks.
_NEWER = CacheEntry.objects.filter(
    company=OuterRef("company"),
    origin=OuterRef("origin"),
    source=OuterRef("source"),
    is_empty=False,
    stale_since=None,
    fetched_at__gt=OuterRef("entry__fetched_at"),
)


def _claims(company: int, datasets: list[str], origin: str, rules: Rules, blocked: Blocked) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    rows = Observation.objects.filter(company=company, origin=origin, dataset__in=datasets, entry__stale_since=None)
    rows = rows.exclude(Exists(_NEWER))
    cited = _cited(rows)
    for row in rows.order_by("pk"):
        cell = rules.cells_by_source.get(row.source, {}).get(row.dataset)
        if cell is None:
            continue  # the source was switched off, or no longer counts for this dataset
        if blocked and blocked.names_in(row.value):
            continue
        claim = Claim(
            dataset=row.dataset,
            source=row.source,
            origin_group=rules.sources[row.source].origin_group,
            value=row.value,
            reliability=cell.reliability,
            observed_at=row.observed_at,
            evidence=tuple(cited.get(row.pk, ())),
        )
        found.setdefault(row.dataset, []).append(claim)
    return found


def _cited(rows: QuerySet[Observation]) -> dict[int, list[int]]:
    """The evidence of each observation, by id; its texts stay in the database."""
    found: dict[int, list[int]] = {}
    links = Observation.evidence.through.objects.filter(observation__in=rows).order_by("evidence_id")
    for observation, evidence in links.values_list("observation_id", "evidence_id"):
        found.setdefault(observation, []).append(evidence)
    return found


def _fact(
    company: int,
    slug: str,
    claims: list[Claim],
    correction: Correction | None,
    *,
    origin: str,
    rules: Rules,
    at: datetime,
) -> Fact:
    dataset = rules.datasets[slug]
    merged = merge(claims, kind=dataset.kind, at=at, half_life=dataset.half_life)
    fact = Fact(company_id=company, dataset=slug, origin=origin, claims=[_claim_row(item) for item in merged])
    fact.updated = at
    if correction is not None:
        fact.value, fact.reliability, fact.observed_at = correction.value, 1.0, correction.created
        fact.sources, fact.evidence, fact.corrected = ["correction"], [], True
        fact.why = "A person pinned it."
        return fact
    is_scalar = dataset.kind == "scalar"
    shown = merged[:1] if is_scalar else merged
    fact.value = shown[0].value if is_scalar else [item.value for item in shown]
    fact.reliability = shown[0].reliability if is_scalar else combined(claims, at=at, half_life=dataset.half_life)
    fact.observed_at = max(item.observed_at for item in shown)
    fact.sources = sorted({source for item in shown for source in item.sources})
    fact.evidence = list(dict.fromkeys(item for part in shown for item in part.evidence))
    fact.why = _why(merged, rules)[:300] if is_scalar else f"All that {len(fact.sources)} source(s) said."
    return fact


def _claim_row(item: Merged) -> dict[str, Any]:
    return {
        "value": item.value,
        "reliability": round(item.reliability, 4),
        "observedAt": item.observed_at.isoformat(),
        "sources": list(item.sources),
        "evidence": list(item.evidence),
        **({"also": [_also_row(each) for each in item.also]} if item.also else {}),
    }


def _also_row(each: Also) -> dict[str, Any]:
    return {
        "field": each.field,
        "value": each.value,
        "reliability": round(each.reliability, 4),
        "observedAt": each.observed_at.isoformat(),
        "sources": list(each.sources),
        "evidence": list(each.evidence),
    }


def _why(merged: Sequence[Merged], rules: Rules) -> str:
    first = merged[0]
    names = " and ".join(rules.sources[source].label for source in first.sources)
    if len(merged) == 1:
        return f"{names} said so, and nobody said otherwise."
    return (
        f"{names} said so, together {first.reliability:.2f} reliable; the next claim has {merged[1].reliability:.2f}."
    )
