"""What is known of a company: the facts, what the built-in engine says of them, and the evidence behind both."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from django.utils import timezone

from enrichment import rules
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.conflicts import as_json, conflicts
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import FactItem, Grounded, Task
from enrichment.models import Company, Fact, Origin, Report
from enrichment.rules import live
from enrichment.rules.model import DatasetRule
from enrichment.workflow import vendor
from enrichment.workflow.asks import Seller
from enrichment.workflow.briefing import all_on, digest_of, publishers_of, role_of, signal_rules_of
from enrichment.workflow.known_facts import band, first_seen

REMEMBERED = 32  # readings that a process keeps: the same company is asked about many times in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A merged fact as it is told: `band` is reliable, fair or weak."""

    dataset: str
    label: str
    value: Any
    reliability: float
    band: str
    observed_at: datetime
    sources: tuple[str, ...]
    items: tuple[FactItem, ...]  # its claims: of a scalar the winner first, of a list each record
    corrected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that may be said of a company now.

    `body` has the documents' shape of a customer-intelligence analysis; `statements` tells of each of its leaves, by
    JSON Pointer, `{evidence: [ids], support}`; `evidence` is every collected item by id: `{source, kind, title, url,
    publisher, text, publishedAt, collectedAt, reliability}`. All text in it is untrusted.
    """

    company: Company
    vendor: Company | None
    role: str
    body: Mapping[str, Any]
    statements: Mapping[str, Mapping[str, Any]]
    evidence: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, KnownFact]
    conflicts: tuple[Mapping[str, Any], ...]
    labels: Mapping[str, str]  # dataset → its name in words, of every dataset that there is
    origin: str
    as_of: datetime
    sources: Mapping[str, str] = field(default_factory=dict)  # source → its name in words
    first_seen: Mapping[tuple[str, str], datetime] = field(default_factory=dict)  # (dataset, `value_key`) → since when

    @property
    def is_sandbox(self) -> bool:
        return self.origin == Origin.SANDBOX


_read: OrderedDict[str, Grounded] = OrderedDict()
_lock = Lock()


def known(
    company: Company, *, vendor: Company | None = None, seller: Seller | None = None, at: datetime | None = None
) -> Known:
    """What is known of the company now, in the terms of the rep's role and vendor. Reads only, and buys nothing.

    The body is what the built-in engine says of the facts as they stand; equal facts are read once by a process.
    """
    at, seller = at or timezone.now(), seller or Seller()
    task = task_of(company, vendor, seller, at=at)
    grounded = _grounded(task)
    today = rules.current().rules
    rows = {fact.dataset: fact for fact in Fact.objects.filter(company=company, origin=_origin(company))}
    return Known(
        company=company,
        vendor=vendor,
        role=seller.role,
        body=grounded.body,
        statements=grounded.statements,
        evidence=_items(task),
        facts={slug: _fact(row, today.datasets[slug], task) for slug, row in rows.items() if slug in task.facts},
        conflicts=tuple(as_json(each) for each in conflicts(task)),
        labels={slug: rule.label for slug, rule in today.datasets.items()},
        origin=_origin(company),
        as_of=at,
        sources={slug: source.label for slug, source in today.sources.items()},
    )


def with_first_seen(known: Known, datasets: Sequence[str]) -> Known:
    """The same, with since when each value of the datasets is known, as far back as responses are kept."""
    return replace(known, first_seen=first_seen(known.company, datasets, origin=known.origin))


def _origin(company: Company) -> str:
    """Live where there are live facts: origins never mix."""
    is_live = Fact.objects.filter(company=company, origin=Origin.LIVE).exists()
    return str(Origin.LIVE if is_live or live.origin() == Origin.LIVE else Origin.SANDBOX)


def task_of(company: Company, sells: Company | None, seller: Seller, *, at: datetime) -> Task:
    today, origin = rules.current().rules, _origin(company)
    about = None
    if sells is not None:
        rows = Report.objects.filter(company=sells, consumer=vendor.CONSUMER, origin=origin)
        about = vendor.context_of(rows.order_by("-generated_at").first())
    return replace(
        all_on(company, today, origin=origin, at=at),
        vendor_name=sells.name if sells else None,
        vendor=about,
        role=role_of(seller.role, today),
        segment=seller.segment,
        region=seller.region,
        signal_rules=signal_rules_of(today),
        publishers=publishers_of(today),
    )


def _grounded(task: Task) -> Grounded:
    key = digest_of(task, engine=Builtin.slug, model="")
    with _lock:
        if key in _read:
            _read.move_to_end(key)
            return _read[key]
    grounded = ground(Builtin().write(task), task)
    with _lock:
        _read[key] = grounded
        while len(_read) > REMEMBERED:
            _read.popitem(last=False)
    return grounded


def _items(task: Task) -> dict[str, dict[str, Any]]:
    borne: dict[str, float] = {}
    for fact in task.facts.values():
        for item in fact.items:
            for key in item.evidence:
                borne[key] = max(borne.get(key, 0.0), item.reliability)
    return {
        item.id: {
            "source": item.source,
            "kind": item.kind,
            "title": item.title,
            "url": item.url,
            "publisher": item.publisher,
            "text": item.text,
            "publishedAt": item.published_at,
            "collectedAt": item.collected_at,
            "reliability": round(borne.get(item.id, 0.0), 4),
        }
        for item in task.evidence
    }


def _fact(row: Fact, rule: DatasetRule, task: Task) -> KnownFact:
    return KnownFact(
        dataset=row.dataset,
        label=rule.label,
        value=row.value,
        reliability=row.reliability,
        band=band(row.reliability, rule.threshold),
        observed_at=row.observed_at,
        sources=tuple(row.sources),
        items=task.facts[row.dataset].items,
        corrected=row.corrected,
    )
