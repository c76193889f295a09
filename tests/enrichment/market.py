"""The least of a market: a provider with a source, a company, a rep, and a run that somebody pays for. No seeded rules.

And `at_once`: many threads that start together, each with a connection of its own.
"""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any, TypeVar

from django.db import connections

from enrichment import ledger
from enrichment.models import Company, Provider, ResearchRequest, RuleSet, Source, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.permits import Intent, Permit, Reserved
from enrichment.rules.model import Cell, DatasetRule, Rules, SourceRule
from salesintel.accounts.models import User

T = TypeVar("T")
LOCK_STEP = 30.0  # seconds that threads wait for each other before a test fails


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """The results of `work(0)` to `work(count - 1)`, each on a thread of its own, all started at the same moment."""
    ready = Barrier(count)

    def one(place: int) -> T:
        try:
            ready.wait(LOCK_STEP)
            return work(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


# --- Who sells, who asks ----------------------------------------------------------------------------------------------


def provider(slug: str = "serpapi", **values: Any) -> Provider:
    defaults = {"label": "SerpApi", "credential_names": ["api_key"], "concurrency": 1000}
    return Provider.objects.create(slug=slug, **{**defaults, **values})


def source(slug: str = "serp_news", *, of: Provider | None = None, **values: Any) -> Source:
    defaults = {"label": "Google News", "cost": Decimal("0.02"), "origin_group": "news"}
    return Source.objects.create(slug=slug, provider=of or provider(), **{**defaults, **values})


def company(name: str = "Acme Corp", **values: Any) -> Company:
    return Company.objects.create(name=name, **{"domain": "acmecorp.com", **values})


def run(of: Company, **values: Any) -> WorkflowRun:
    """A run that a driver holds with the lease token 1."""
    rules = RuleSet.objects.get_or_create(digest="none", defaults={"body": {}})[0]
    defaults = {
        "consumer": "profile",
        "origin": "sandbox",
        "work_key": uuid.uuid4().hex,
        "report_key": uuid.uuid4().hex,
        "rule_set": rules,
        "status": WorkflowRun.Status.RUNNING,
        "lease_token": 1,
        "lease_until": database_now() + timedelta(minutes=10),
        "wake_at": database_now() - timedelta(seconds=1),
    }
    return WorkflowRun.objects.create(company=of, **{**defaults, **values})


def rep(name: str = "rep") -> User:
    return User.objects.get_or_create(username=name, defaults={"email": f"{name}@example.com"})[0]


def ask(work: WorkflowRun, **values: Any) -> ResearchRequest:
    """A request that waits for `work`, without a cap unless one is given."""
    defaults = {"user": None, "consumer": work.consumer, "company": work.company, "run": work}
    merged = {**defaults, **values}
    return ResearchRequest.objects.create(**{**merged, "user": merged["user"] or rep()})


# --- One purchase -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deal:
    """A run of a company that may buy from one source."""

    run: WorkflowRun
    request: ResearchRequest
    source: Source

    def intent(self, **values: Any) -> Intent:
        defaults = {
            "run": self.run.pk,
            "lease_token": self.run.lease_token,
            "wave": 1,
            "company": self.run.company_id,
            "source": self.source.slug,
            "provider": self.source.provider.slug,
            "worst_price": self.source.cost,
            "origin": "sandbox",
        }
        return Intent(**{**defaults, **values})

    def reserve(self, **values: Any) -> Permit:
        return ledger.reserve(self.intent(**values))

    def reserved(self, **values: Any) -> Reserved:
        """A call that may be made; anything else fails the test."""
        permit = self.reserve(**values)
        assert isinstance(permit, Reserved), permit
        return permit

    def payer(self) -> ResearchRequest:
        """The request as it stands now."""
        return ResearchRequest.objects.get(pk=self.request.pk)


def deal(*, of: Source | None = None, on: Company | None = None, cap: str | None = None, **values: Any) -> Deal:
    """A run with its payer, ready to buy; `values` are the run's."""
    work = run(on or company(), **values)
    return Deal(work, ask(work, cap=None if cap is None else Decimal(cap)), of or source())


# --- Rules in memory --------------------------------------------------------------------------------------------------


def rules(
    *,
    datasets: dict[str, str],
    cells: dict[tuple[str, str], float],
    groups: dict[str, str] | None = None,
    half_life: timedelta = timedelta(days=30),
) -> Rules:
    """A small rule set. `datasets`: slug → kind; `cells`: (dataset, source) → reliability; `groups`: source → group."""
    slugs = sorted({source for _, source in cells})
    return Rules(
        datasets={slug: _dataset(slug, kind, half_life) for slug, kind in datasets.items()},
        sources={slug: _source(slug, (groups or {}).get(slug, slug)) for slug in slugs},
        cells=tuple(_cell(dataset, source, reliability) for (dataset, source), reliability in cells.items()),
        consumers={},
        roles={},
        redundancies=(),
        signals=(),
        cache={},
        engines=(),
        prompts={},
    )


def _dataset(slug: str, kind: str, half_life: timedelta) -> DatasetRule:
    return DatasetRule(slug=slug, label=slug, kind=kind, group="", threshold=0.8, half_life=half_life)


def _source(slug: str, group: str) -> SourceRule:
    return SourceRule(
        slug=slug,
        label=slug.replace("_", " ").title(),
        provider=slug,
        cost=Decimal("0.02"),
        charged="call",
        max_records=1,
        expected_records=1.0,
        needs=(),
        latency=timedelta(seconds=1),
        timeout=timedelta(seconds=20),
        origin_group=group,
        ttl=timedelta(days=1),
        empty_ttl=timedelta(hours=6),
    )


def _cell(dataset: str, source: str, reliability: float) -> Cell:
    return Cell(
        dataset=dataset,
        source=source,
        priority=1,
        reliability=reliability,
        fill_rate=0.9,
        freshness_needed="low",
        extraction_complexity="simple",
    )


def moment(text: str) -> datetime:
    """`moment("2026-11-02T09:00")`, UTC."""
    return datetime.fromisoformat(f"{text}+00:00")
