"""The door of the engine for other apps: the conversation and the personas enter here, and by no other way.

Whoever is behind it asks, prices, cancels and reads; what that takes is decided in the workflow. Everything is plain
Python on a thread: transactions are the caller's where they open one.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock
from typing import Any

from django.utils import timezone

from enrichment import companies, rules
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.conflicts import as_json, conflicts
from enrichment.analysis.grounding import ground
from enrichment.analysis.hostile import is_hostile
from enrichment.analysis.model import FactItem, Grounded, Task
from enrichment.analysis.questions import fits, said
from enrichment.api.summaries import choices
from enrichment.companies import Ambiguous, AmbiguousCompany, Found, IdentityError, NotACompany
from enrichment.models import Company, Fact, Origin, Report, ResearchRequest
from enrichment.pages.words import safe_link
from enrichment.planning.quote import estimate
from enrichment.planning.solver import best_plan
from enrichment.rules import live
from enrichment.rules.model import DatasetRule
from enrichment.technologies import by_name as technology_named
from enrichment.workflow import vendor
from enrichment.workflow.answers import accepted, envelope_json, error_of, progress
from enrichment.workflow.asks import (
    Ask,
    BudgetSpent,
    InvalidAsk,
    RequestError,
    Seller,
    Unaffordable,
    checked,
    understand,
)
from enrichment.workflow.briefing import all_on, digest_of, publishers_of, role_of, signal_rules_of
from enrichment.workflow.cancelling import cancel
from enrichment.workflow.known_facts import band, first_seen, value_key
from enrichment.workflow.plans import from_nano, plan_input
from enrichment.workflow.requests import cached_report, request_research
from salesintel.accounts.models import User

LONGEST_NAME = 253  # characters, as many as a domain may have
REMEMBERED = 32  # readings that a process keeps: the same company is asked about many times in a row
CONVERSATION = "customer_intelligence"  # the consumer behind a whole preparation


# --- Companies --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a text means: `company` for certain, or `candidates` as `/customers/search` tells them; neither: unknown."""

    company: Company | None = None
    candidates: tuple[dict[str, Any], ...] = ()


def whom(text: str, *, by: User | None = None, limit: int = 5) -> Meant:
    """Which company `text` (name, domain, `#17`) means to `by`. Reads only; an unknown one is not made.

    Of longer texts the beginning is looked up: a name takes time by its length.
    """
    text = text[:LONGEST_NAME]
    found = companies.find(text, domain=text if text.startswith("#") else None, by=by)
    match found:
        case Found(company=company):
            return Meant(company=company)
        case Ambiguous(candidates=candidates):
            return Meant(candidates=tuple(choices(candidates[:limit], now=timezone.now())))
    nearly = companies.search(text, limit=limit)
    return Meant(candidates=tuple(choices(nearly, now=timezone.now())))


def company_named(text: str, *, by: User, domain: str | None = None) -> Company:
    """The company, made where it is unknown, as `by` says. Raises `AmbiguousCompany` and `NotACompany`."""
    return companies.resolve(text, domain=domain, by=by)


def candidates_of(error: AmbiguousCompany) -> list[dict[str, Any]]:
    """The companies that a name may mean, as `/customers/search` tells them."""
    return choices(error.candidates, now=timezone.now())


# --- What is known ----------------------------------------------------------------------------------------------------


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
    task = _task(company, vendor, seller, at=at)
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


def _task(company: Company, sells: Company | None, seller: Seller, *, at: datetime) -> Task:
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


# --- Asking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an ask would take now: nothing where it `is_held`. USD and seconds; `worst` is what it may cost at most."""

    is_held: bool
    expected: Decimal
    worst: Decimal
    seconds: float
    datasets: tuple[str, ...]  # what its consumer needs, required ones first
    cap: Decimal | None


def outlook(ask: Ask, *, by: User | None = None) -> Outlook:
    """The price of what `by` asks; buys nothing and keeps nothing. Raises what `request_research` raises."""
    at = timezone.now()
    matter = understand(ask, at=at, by=by, learns=False)
    wish = matter.wish
    needs = sorted(wish.needs, key=lambda need: not need.required)
    given = plan_input(wish, at=at)
    plan, guess = best_plan(given), estimate(given)
    is_held = not plan.calls or cached_report(matter, at=at) is not None
    return Outlook(
        is_held=is_held,
        expected=Decimal(0) if is_held else from_nano(guess.cost),
        worst=Decimal(0) if is_held else from_nano(plan.worst_price),
        seconds=0.0 if is_held else plan.seconds,
        datasets=tuple(need.dataset for need in needs),
        cap=matter.cap,
    )


def labels() -> dict[str, str]:
    """Dataset or source → its name in words."""
    today = rules.current().rules
    sources = {slug: source.label for slug, source in today.sources.items()}
    return sources | {slug: dataset.label for slug, dataset in today.datasets.items()}


def checked_seller(seller: Seller) -> Seller:
    """The seller with the role's short name. Raises `InvalidAsk` for a role that there is not."""
    return checked(Ask(consumer=CONVERSATION, company="any", seller=seller), rules.current().rules)


def datasets_of(consumer: str) -> tuple[str, ...]:
    """What a consumer needs, required ones first; nothing where there is no such consumer."""
    known_rules = rules.current().rules
    if consumer not in known_rules.consumers:
        return ()
    needs = known_rules.requirements(consumer, role="", require=())
    return tuple(need.dataset for need in sorted(needs, key=lambda need: not need.required))


__all__ = [
    "CONVERSATION",
    "AmbiguousCompany",
    "Ask",
    "BudgetSpent",
    "FactItem",
    "IdentityError",
    "InvalidAsk",
    "Known",
    "KnownFact",
    "Meant",
    "NotACompany",
    "Outlook",
    "RequestError",
    "ResearchRequest",
    "Seller",
    "Unaffordable",
    "accepted",
    "cancel",
    "candidates_of",
    "checked_seller",
    "company_named",
    "datasets_of",
    "envelope_json",
    "error_of",
    "fits",
    "is_hostile",
    "known",
    "labels",
    "outlook",
    "progress",
    "request_research",
    "safe_link",
    "said",
    "technology_named",
    "value_key",
    "whom",
    "with_first_seen",
]
