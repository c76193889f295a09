"""What tests of the ledger look at and begin with."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from enrichment import cache, settling
from enrichment.models import (
    CacheEntry,
    SourceCall,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.permits import Refused, Reserved, Why
from enrichment.recording import Kind, record_answer
from enrichment.settling import Failure
from enrichment.sources.base import CompanyRef
from tests.enrichment import market
from tests.enrichment.market import Deal, deal

PRICE = Decimal("0.02")
A_MINUTE = timedelta(minutes=1)
RULES = market.rules(datasets={"recent_news": "records"}, cells={("recent_news", "serp_news"): 0.9})
NEWS = json.dumps(
    {"news_results": [{"title": "Acme Corp raises $50M in Series C", "link": "https://news.example/acme-raises"}]}
).encode()


def call() -> SourceCall:
    return SourceCall.objects.get()


def kept(at: Deal, **values: Any) -> CacheEntry:
    """A response on the deal's company that is in the cache."""
    now = database_now()
    answer: dict[str, Any] = {
        "type": at.intent().cache_type,
        "key": at.intent().cache_key,
        "company": at.run.company_id,
        "origin": "sandbox",
        "body": b"{}",
        "fetched_at": now,
        "ttl": A_MINUTE,
        "source": at.source.slug,
        **values,
    }
    return cache.keep(cache.Answer(**answer), at=now)


def die(at: Deal) -> Deal:
    """The run's driver dies; another one has the run now, with the next token."""
    WorkflowRun.objects.filter(pk=at.run.pk).update(lease_token=at.run.lease_token + 1)
    return Deal(WorkflowRun.objects.get(pk=at.run.pk), at.request, at.source)


def refused(permit: object) -> tuple[Why, str]:
    assert isinstance(permit, Refused), permit
    return permit.why, permit.words


def failed(failure: Failure, *, token: int = 1) -> Deal:
    market_day = deal(cap="1")
    settling.record_failure(market_day.reserved(), market_day.intent(lease_token=token), failure)
    return market_day


def answered(at: Deal, permit: Reserved, *, body: bytes = NEWS, token: int = 1) -> Kind:
    """Record `body` as the provider's answer; how it ended."""
    source = RULES.sources["serp_news"]
    ref = CompanyRef(name="Acme Corp", domain="acmecorp.com")
    return record_answer(at.intent(lease_token=token), permit, source, ref, body, RULES).kind
