"""From rows to a rule set and back."""

import hashlib
import json
import threading
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from enrichment.models import (
    AnalysisEngine,
    CachePolicy,
    DataConsumer,
    Dataset,
    DatasetSource,
    PromptVersion,
    PublisherRule,
    RedundancyRule,
    RuleSet,
    RulesVersion,
    SalesRole,
    SignalRule,
    Source,
)
from enrichment.rules.model import (
    CacheRule,
    Cell,
    ConsumerRule,
    DatasetRule,
    EngineRule,
    Prompt,
    PublisherRow,
    RedundancyRuleView,
    Requirement,
    RoleRule,
    Rules,
    SignalRuleRow,
    SourceRule,
)

# Parts that came later. While they are empty they are left out, so that a program of before can read the rule set, and
# a rule set is the same as before.
LATER = {"publishers", "barred_engines"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stored rule set: its digest and its content."""

    digest: str
    rules: Rules


def current(version: tuple[str, int] | None = None) -> Snapshot:
    """The rules as the rows have them now, stored. One query while nothing changed in this process's memory.

    None where the caller just read the `version`.
    """
    version = version or RulesVersion.now()
    if (known := _known(version)) is not None:
        return known
    if connection.in_atomic_block:  # whoever holds rows must not wait for a thread that may be waiting for them
        return _made(version)
    with _making:  # of many requests at once after a change one reads the rows, under SQLite's one lock of writers
        return _known(version) or _made(version)


def _known(version: tuple[str, int]) -> Snapshot | None:
    remembered = _remembered.get("current")
    return remembered[1] if remembered is not None and remembered[0] == version else None


def _made(version: tuple[str, int]) -> Snapshot:
    """Read without a transaction, which on SQLite keeps all writers waiting: again if a rule changed meanwhile."""
    found, now = from_rows(), RulesVersion.now()
    while now != version:
        version, found, now = now, from_rows(), RulesVersion.now()
    with transaction.atomic():
        snapshot = store(found)
    # Not before the commit: what a rolled-back transaction read, or stored, must not be remembered.
    transaction.on_commit(lambda: _remembered.update(current=(version, snapshot)))
    return snapshot


_remembered: dict[str, tuple[tuple[str, int], Snapshot]] = {}
_making = threading.Lock()


def store(rules: Rules) -> Snapshot:
    """Keep `rules` under the digest of their canonical JSON; the same rules are kept once."""
    body = rules.model_dump(mode="json")
    for part in LATER & body.keys():
        if not body[part]:
            del body[part]
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    RuleSet.objects.get_or_create(digest=digest, defaults={"body": body})
    return Snapshot(digest, rules)


@lru_cache(maxsize=32)
def load(digest: str) -> Rules:
    """The rules of that digest. Raises `RuleSet.DoesNotExist`."""
    return Rules.model_validate(RuleSet.objects.get(digest=digest).body)


def from_rows(*, and_sources: Collection[str] = ()) -> Rules:
    """The rules that the rows spell now; disabled sources, rules and engines are left out.

    `and_sources`: slugs of disabled sources that are to count as enabled.
    """
    sources = {row.slug: _source(row) for row in _enabled_sources(and_sources)}
    return Rules(
        datasets={row.slug: _dataset(row) for row in Dataset.objects.order_by("slug")},
        sources=sources,
        cells=tuple(_cell(row) for row in _cells() if row.source.slug in sources),
        consumers={row.slug: _consumer(row) for row in _consumers()},
        roles={row.slug: _role(row) for row in SalesRole.objects.order_by("slug").prefetch_related("extra_datasets")},
        redundancies=tuple(_redundancy(row) for row in _redundancies()),
        signals=tuple(
            SignalRuleRow(
                name=r.name,
                signals=tuple(r.signals),
                urgency=r.urgency,
                action=r.action,
                within_days=r.within_days,
                witnesses=r.witnesses,
            )
            for r in SignalRule.objects.filter(enabled=True).order_by("name")
        ),
        cache={
            r.cache_type: CacheRule(ttl=r.ttl, serve_stale_for=r.serve_stale_for)
            for r in CachePolicy.objects.order_by("cache_type")
        },
        engines=tuple(
            EngineRule(slug=r.slug, kind=r.kind, model=r.model, priority=r.priority)
            for r in AnalysisEngine.objects.filter(enabled=True).order_by("priority", "slug")
        ),
        prompts={
            r.purpose: Prompt(version=r.version, text=r.text)
            for r in PromptVersion.objects.filter(active=True).order_by("purpose")
        },
        publishers=tuple(
            PublisherRow(domain=r.domain, score=r.score, why=r.why) for r in PublisherRule.objects.order_by("domain")
        ),
    )


def _enabled_sources(and_sources: Collection[str]) -> Any:
    rows = (
        Source.objects.filter(Q(enabled=True) | Q(slug__in=and_sources))
        .select_related("provider")
        .prefetch_related("needs")
    )
    return rows.order_by("slug")


def _cells() -> Any:
    return DatasetSource.objects.select_related("dataset", "source").order_by("dataset__slug", "source__slug")


def _consumers() -> Any:
    return DataConsumer.objects.order_by("slug").prefetch_related("requirements__dataset")


def _redundancies() -> Any:
    rows = RedundancyRule.objects.filter(enabled=True).select_related("consumer", "skip")
    return rows.prefetch_related("because_of").order_by("skip__slug", "pk")


def _dataset(row: Dataset) -> DatasetRule:
    return DatasetRule(
        slug=row.slug,
        label=row.label,
        kind=row.kind,
        group=row.group,
        threshold=row.quality_threshold,
        half_life=row.half_life,
    )


def _source(row: Source) -> SourceRule:
    return SourceRule(
        slug=row.slug,
        label=row.label,
        provider=row.provider.slug,
        cost=row.cost,
        charged=row.charged,
        max_records=row.max_records,
        expected_records=row.expected_records,
        needs=tuple(sorted(need.slug for need in row.needs.all())),
        latency=row.latency,
        timeout=row.timeout,
        origin_group=row.origin_group,
        ttl=row.ttl,
        empty_ttl=row.empty_ttl,
    )


def _cell(row: DatasetSource) -> Cell:
    return Cell(
        dataset=row.dataset.slug,
        source=row.source.slug,
        priority=row.priority,
        reliability=row.reliability,
        fill_rate=row.fill_rate,
        freshness_needed=row.freshness_needed,
        extraction_complexity=row.extraction_complexity,
    )


def _consumer(row: DataConsumer) -> ConsumerRule:
    needs = sorted(row.requirements.all(), key=lambda need: need.dataset.slug)
    return ConsumerRule(
        slug=row.slug,
        label=row.label,
        objective=row.objective,
        strategy=row.strategy,
        vendor_context=row.vendor_context,
        max_cost=row.max_cost,
        max_wait=row.max_wait,
        requirements=tuple(
            Requirement(
                dataset=need.dataset.slug,
                required=need.required,
                weight=need.weight,
                threshold=need.dataset.quality_threshold if need.threshold is None else need.threshold,
            )
            for need in needs
        ),
    )


def _role(row: SalesRole) -> RoleRule:
    return RoleRule(
        slug=row.slug,
        long_name=row.long_name,
        label=row.label,
        focus=row.focus,
        talking_points=tuple(row.talking_points),
        recommendations=tuple(row.recommendations),
        extra_datasets=tuple(sorted(dataset.slug for dataset in row.extra_datasets.all())),
        voice=row.voice,
        contact_order=tuple(row.contact_order),
        emphasis=tuple(row.emphasis),
    )


def _redundancy(row: RedundancyRule) -> RedundancyRuleView:
    return RedundancyRuleView(
        consumer=row.consumer.slug if row.consumer else None,
        skip=row.skip.slug,
        because_of=tuple(sorted(source.slug for source in row.because_of.all())),
        mode=row.mode,
    )
