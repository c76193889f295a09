"""The product on trial: rules, the demo's companies, a rep, and a sandbox whose answers take a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import override_settings

from enrichment.models import (
    CacheEntry,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    EngineCall,
    Fact,
    Fill,
    Observation,
    Provider,
    Report,
    ResearchRequest,
    Source,
    SourceCall,
    WorkflowRun,
)
from enrichment.sandbox import world
from enrichment.sandbox.server import SandboxServer
from enrichment.workflow.requests import Ask, Seller, request_research
from salesintel.accounts.models import User
from tests import seeding
from tests.reliability.crew import Crew

# Consumers with one paid source each, so that at most one paid call is under way when a driver dies.
NARROW = {"news": "recent_news", "people": "key_contacts", "firm": "employee_count"}
PAID = {"serp_news": "serp_news", "snov_contacts": "snov_contacts", "brightdata_company_db": "brightdata_company_db"}


@dataclass(frozen=True, slots=True)
class House:
    """Asks as a rep does. Whoever drives runs is a process of the `crew`."""

    user: User
    sandbox: SandboxServer
    crew: Crew

    def ask(self, company: world.DemoCompany, *, consumer: str, **more: Any) -> ResearchRequest:
        """Ask for what `consumer` needs of the company; the same `key` gives the same request."""
        key = more.pop("key", None)
        seller = Seller(
            name="Taylor", role=more.pop("role", "AE"), segment=more.pop("segment", "Mid-Market"), region="EMEA"
        )
        ask = Ask(consumer=consumer, company=company.name, company_domain=company.domain, seller=seller, **more)
        return request_research(ask, user=self.user, idempotency_key=key)

    def charged(self) -> Decimal:
        """USD that the providers charged so far."""
        return sum((Decimal(call["charged_usd"]) for call in self.sandbox.calls()), Decimal(0))

    def asked(self, source: str) -> int:
        """How often a paid source was asked: searches, and jobs started; polls do not count."""
        return len(self.sandbox.calls(kind=PAID[source]))

    def start_over(self) -> None:
        """Nothing is cached, nothing was asked, nobody was called: the next of several trials in one house."""
        self.sandbox.reset()
        for model in (
            Report,
            SourceCall,
            EngineCall,
            ResearchRequest,
            WorkflowRun,
            Fact,
            Observation,
            CacheEntry,
            Fill,
        ):
            model.objects.all().delete()


def prospects() -> tuple[world.DemoCompany, ...]:
    """The demo's companies that have a domain: what a trial asks for."""
    return tuple(company for company in world.companies() if company.domain)


@contextmanager
def opened(*, latency: float = 0.2) -> Iterator[House]:
    """A house on the empty database; `latency` scales the providers' own of 0.3 to 1.5 s. Leaves its rows behind."""
    seeding.rules()
    for slug, dataset in NARROW.items():
        consumer = DataConsumer.objects.create(slug=slug, label=slug, origin="trials")
        wanted = Dataset.objects.get(slug=dataset)
        ConsumerDataset.objects.create(consumer=consumer, dataset=wanted, threshold=0.85, origin="trials")
    # A provider's pace has trials of its own (tests/enrichment/test_pace.py); here it would only make them long.
    Provider.objects.update(requests_per_minute=None, concurrency=64)
    Source.objects.update(timeout=timedelta(minutes=5))  # a busy machine, or a driver that is stopped, is no bad source
    seeding.demo_companies()
    user = User.objects.create_user("rep", "rep@example.com", "correct horse", role="AE", vendor="Okta")
    with (
        SandboxServer(latency=latency) as sandbox,
        override_settings(SANDBOX_URL=sandbox.url),
        Crew.hired(sandbox.url) as crew,
    ):
        yield House(user, sandbox, crew)


def is_sqlite() -> bool:
    return bool(connection.vendor == "sqlite")


__all__ = ["NARROW", "House", "is_sqlite", "opened", "prospects"]
