"""From what sources said to one fact per dataset: merged by reliability, every claim kept, corrections never lost."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from enrichment.models import CacheEntry, Company, Correction, Evidence, Fact, Observation
from enrichment.people import optouts
from enrichment.people.blocked import Blocked
from enrichment.rules import Rules
from enrichment.sources.base import Evidence as Item
from enrichment.sources.base import Extraction

# --- Merging (pure) ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one source said of one dataset; for a list or records, one word or record of it."""

    dataset: str
    source: str
    origin_group: str
    value: Any
    reliability: float  # of the source for this dataset, when new
    observed_at: datetime
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """What others say of one field of a record instead: another title of the same person."""

    field: str
    value: Any
    reliability: float
    observed_at: datetime
    sources: tuple[str, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One value with everything that bears it."""

    value: Any
    reliability: float
    observed_at: datetime
    sources: tuple[str, ...]
    evidence: tuple[int, ...]
    also: tuple[Also, ...] = ()


def decayed(reliability: float, *, age: timedelta, half_life: timedelta) -> float:
    """Reliability of something said `age` ago: r × 2^(−age / half-life). Without half-life only the new counts."""
    if half_life <= timedelta(0):
        return reliability if age <= timedelta(0) else 0.0
    return reliability * 2 ** (-max(age, timedelta(0)) / half_life)


def combined(claims: Sequence[Claim], *, at: datetime, half_life: timedelta) -> float:
    """1 − Π(1 − r) over origin groups, each with its best claim: 0.9 and 0.8 of two groups, new, give 0.98."""
    best: dict[str, float] = {}
    for claim in claims:
        value = decayed(claim.reliability, age=at - claim.observed_at, half_life=half_life)
        best[claim.origin_group] = max(best.get(claim.origin_group, 0.0), value)
    return 1 - prod(sorted(1 - value for value in best.values()))  # sorted, for products of floats depend on the order


def merge(claims: Sequence[Claim], *, kind: str, at: datetime, half_life: timedelta) -> list[Merged]:
    """Fold claims of one dataset into values, most reliable first, ties by age and then by source.

    A scalar's first value is the fact, the others are what sources said instead; a list's values are all of it.
    Records that speak of the same thing become one, with fields of the most reliable source first. Pure.
    """
    ranked = sorted(claims, key=_rank)
    clusters: list[list[Claim]] = []
    for claim in ranked:
        home = next((each for each in clusters if same(claim.dataset, each[0].value, claim.value, kind=kind)), None)
        if home is None:
            clusters.append([claim])
        else:
            home.append(claim)
    merged = [_fold(cluster, kind=kind, at=at, half_life=half_life) for cluster in clusters]
    return sorted(merged, key=lambda m: (-round(m.reliability, 9), -m.observed_at.timestamp(), m.sources))


def _rank(claim: Claim) -> tuple[Any, ...]:
    """Best first; complete, so that the order in which claims came in changes nothing."""
    best = (-claim.reliability, -claim.observed_at.timestamp())
    return (*best, claim.source, claim.origin_group, _canonical(claim.value), claim.evidence)


def _fold(cluster: Sequence[Claim], *, kind: str, at: datetime, half_life: timedelta) -> Merged:
    value = cluster[0].value
    if kind == "records":
        value = {}
        for claim in cluster:
            value = {**claim.value, **value}
    return Merged(
        value=value,
        reliability=combined(cluster, at=at, half_life=half_life),
        observed_at=max(claim.observed_at for claim in cluster),
        sources=tuple(dict.fromkeys(claim.source for claim in cluster)),
        evidence=tuple(dict.fromkeys(item for claim in cluster for item in claim.evidence)),
        also=tuple(_also(cluster, value, at=at, half_life=half_life)) if kind == "records" else (),
    )


# Fields of records in which sources contradict each other; elsewhere one says more than the other.
CONTESTED = {"decision_makers": ("title",), "key_contacts": ("title",)}
_TITLE_WORDS = {"vp": "vice president", "svp": "senior vice president", "evp": "executive vice president",
                "sr": "senior", "jr": "junior", "mgr": "manager", "dir": "director",
                "ceo": "chief executive officer", "cto": "chief technology officer", "cfo": "chief financial officer",
                "cio": "chief information officer", "coo": "chief operating officer",
                "ciso": "chief information security officer"}  # fmt: skip
_FILLERS = frozenset({"of", "the", "and", "for", "at", "in"})


def _also(cluster: Sequence[Claim], value: Any, *, at: datetime, half_life: timedelta) -> Iterator[Also]:
    """What of `cluster`, best claim first, says something else than `value` in a contested field; alike ones as one."""
    for field in CONTESTED.get(cluster[0].dataset, ()):
        groups: list[list[Claim]] = []
        for claim in cluster:
            said = claim.value.get(field)
            if not isinstance(said, str) or not said.strip() or same_title(said, value.get(field)):
                continue
            home = next((group for group in groups if same_title(group[0].value[field], said)), None)
            if home is None:
                groups.append([claim])
            else:
                home.append(claim)
        for group in groups:
            yield Also(
                field=field,
                value=group[0].value[field],
                reliability=combined(group, at=at, half_life=half_life),
                observed_at=max(claim.observed_at for claim in group),
                sources=tuple(dict.fromkeys(claim.source for claim in group)),
                evidence=tuple(dict.fromkeys(item for claim in group for item in claim.evidence)),
            )


def same_title(one: Any, other: Any) -> bool:
    """Whether one title says no more than a part of the other: "VP, IT" and "Vice President of IT Operations" do."""
    told, known = _title_words(one), _title_words(other)
    return told <= known or known <= told


def _title_words(title: Any) -> frozenset[str]:
    words = (_TITLE_WORDS.get(word, word) for word in _words(title if isinstance(title, str) else "").split())
    return frozenset(" ".join(words).split()) - _FILLERS


def same(dataset: str, one: Any, other: Any, *, kind: str) -> bool:
    """Whether two values say the same of that dataset, spelling and rounding aside."""
    if kind == "records":
        return record_key(dataset, one) == record_key(dataset, other)
    if dataset == "employee_count":
        return _overlap(one, other)
    return _words(one) == _words(other)


def _overlap(one: Any, other: Any) -> bool:
    """Whether two head-counts {low, high} can both be right; a tenth apart is still the same."""
    unknown = float("inf")
    low, high = (one["low"], one["high"] or unknown), (other["low"], other["high"] or unknown)
    return bool(low[0] * 0.9 <= high[1] and high[0] * 0.9 <= low[1])


KEY_FIELDS = {
    "decision_makers": ("name",),
    "key_contacts": ("name",),
    "tech_stack": ("name",),
    "products": ("name",),
    "competitive_usage": ("product",),
    "integration_needs": ("system",),
    "business_challenges": ("challenge",),
    "budget_indicators": ("indicator",),
    "purchase_intent": ("topic",),
    "hiring_trends": ("title", "location"),
}


def record_key(dataset: str, record: Any) -> str:
    """What tells one record from another: a person's name, an article's headline, a job's title and place."""
    fields = KEY_FIELDS.get(dataset, ("headline",))
    words = [_words(record.get(name) or "") for name in fields]
    return "|".join(words) if any(words) else _canonical(record)


def _words(value: Any) -> str:
    """`value` for comparison: no accents, case, punctuation or spacing; C, C# and C++ stay three."""
    if not isinstance(value, str):
        return _canonical(value)
    plain = unicodedata.normalize("NFKD", value).casefold()
    return re.sub(r"([^\w+#]|_|(?<!\w)[+#])+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


# --- Rows -------------------------------------------------------------------------------------------------------------


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
    return hashlib.sha256(_canonical([item.kind, item.url, item.title, item.text]).encode()).hexdigest()


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
    Company.objects.select_for_update(no_key=True).get(pk=company)
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
