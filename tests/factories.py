"""Rows shaped like those of real work, for tests of what shows them: the least that is valid, or one typical whole.

The world is the documents' own example: Acme Corp, researched for Okta. Times are relative to `now`.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from enrichment.models import (
    CacheEntry,
    Company,
    CompanyAlias,
    Evidence,
    Fact,
    Observation,
    Provider,
    Report,
    ResearchRequest,
    RunEvent,
    SourceCall,
    StepRun,
    WorkflowRun,
)
from enrichment.rules import current

SELLER = {"name": "Taylor", "role": "AE", "segment": "Mid-Market", "region": "EMEA"}

BODY: dict[str, Any] = {
    "customer": {
        "name": "Acme Corp",
        "industry": "Financial technology",
        "size": "251-500 employees",
        "headquarters": "San Francisco, CA",
        "description": "Acme Corp secures payment interfaces and sells embedded finance to banks and marketplaces.",
    },
    "news_signals": [
        {
            "date": "2026-10-20",
            "headline": "Acme Corp raises $50M to open offices in Europe",
            "source": "Fintech Ledger",
            "insight": "A funding round and an expansion together put a date on many purchases.",
            "signal_type": "funding",
        },
        {
            "date": "2026-10-12",
            "headline": "Acme Corp names a new chief information security officer",
            "source": "The Security Desk",
            "insight": None,
            "signal_type": "leadership",
        },
    ],
    "tech_stack": {
        "frontend": ["React", "Next.js"],
        "backend": ["Python", "PostgreSQL"],
        "infrastructure": ["AWS", "Kubernetes"],
        "analytics": ["Segment"],
        "collaboration": ["Slack"],
        "security": ["Azure AD"],
        "observations": ["Azure AD is in use beside AWS."],
    },
    "target_contacts": [
        {
            "name": "Alicia Tran",
            "title": "VP, Infrastructure",
            "role": "Decision Maker",
            "persona_fit": "Decides on infrastructure.",
            "signal": None,
            "email": "alicia.tran@acmecorp.com",
            "profile_url": None,
        },
        {"name": "Mark Yu", "title": "Director, Security Operations", "role": "Champion", "persona_fit": None},
        {"name": None, "title": "IAM Architect", "role": "Technical Buyer", "persona_fit": "The post is open."},
    ],
    "recommended_products": [
        {
            "product": "Workforce Identity Cloud",
            "reason": "One sign-on for the Slack and AWS that Acme Corp runs.",
            "outcome": "Fewer passwords to reset.",
            "dataset_source": "tech_stack",
        }
    ],
    "competitor_context": {
        "known_usage": ["Azure AD"],
        "pain_points": ["Onboarding is done by hand."],
        "positioning_advantage": "Okta works beside Azure AD.",
        "objection_handling": ["“We already have Azure AD” → Okta works beside it."],
    },
    "talking_points": ["How do you manage access across Slack and AWS today?", "What will the European offices need?"],
    "opportunity_signals": [
        {
            "signal": "$50M for European expansion",
            "source": "news",
            "urgency": "high",
            "action": "Ask who will run access in the new offices.",
        }
    ],
}

SUPPORT = {"description": "verbatim", "headline": "verbatim", "name": "verbatim", "size": "derived"}


def leaves(value: Any, pointer: str = "") -> list[tuple[str, str]]:
    """JSON Pointer and name of every statement of a body."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in leaves(inner, f"{pointer}/{key}")]
    if isinstance(value, list):
        return [found for place, inner in enumerate(value) for found in leaves(inner, f"{pointer}/{place}")]
    return [] if value is None else [(pointer, pointer.rsplit("/", 1)[-1])]


def statements(body: dict[str, Any], *, evidence: list[str]) -> dict[str, Any]:
    """Every leaf of the body, borne by one item of `evidence` each, in turn."""
    return {
        pointer: {"evidence": [evidence[place % len(evidence)]], "support": SUPPORT.get(name, "inferred")}
        for place, (pointer, name) in enumerate(leaves(body))
    }


def item(**values: Any) -> dict[str, Any]:
    """An item of a report's evidence."""
    return {
        "source": "serp_news",
        "kind": "article",
        "title": "Acme Corp raises $50M to open offices in Europe",
        "url": "https://news.example/acme-raises",
        "publisher": "Fintech Ledger",
        "text": "Acme Corp said on Tuesday that it raised $50M to open offices in Europe.",
        "publishedAt": "2026-10-20T08:00:00+00:00",
        "collectedAt": "2026-11-02T08:00:00+00:00",
        **values,
    }


EVIDENCE = {
    "e1": item(),
    "e2": item(
        source="company_website",
        kind="page",
        title="About Acme Corp",
        url="https://acmecorp.com/about",
        publisher="acmecorp.com",
        text=BODY["customer"]["description"],
        publishedAt=None,
    ),
    "e3": item(
        source="snov_contacts",
        kind="profile",
        title="Alicia Tran, VP, Infrastructure",
        url="",
        publisher="Snov.io",
        text="",
        publishedAt=None,
    ),
}

QUALITY = {"completeness": 0.92, "freshness": 0.81, "reliability": 0.84, "overall": 0.86, "recall": 0.95}

GAP = {
    "dataset": "purchase_intent",
    "label": "Purchase intent",
    "required": False,
    "reliability": 0.0,
    "threshold": 0.7,
    "why": "Bright Data company database answered, but not this.",
    "costToFill": "0.30",
}


def company(name: str = "Acme Corp", domain: str | None = "acmecorp.com", **values: Any) -> Company:
    """A company that is found by its name and domain."""
    made, is_new = Company.objects.get_or_create(domain=domain, defaults={"name": name, **values})
    if is_new:
        from enrichment.companies import learn_alias
        from enrichment.companies.learning import Kind

        learn_alias(made, name, learned_from="seed")
        learn_alias(made, domain or "", kind=Kind.DOMAIN, learned_from="seed")
    return made


def alias(of: Company, value: str) -> CompanyAlias:
    return CompanyAlias.objects.create(company=of, kind="name", value=value, key=value.lower(), learned_from="seed")


def entry(of: Company, *, source: str = "serp_news", **values: Any) -> CacheEntry:
    """A response that is held."""
    now = timezone.now()
    body = json.dumps({"source": source}).encode()
    defaults = {
        "type": f"{source.upper()}_RAW",
        "key": hashlib.sha256(f"{of.pk}{source}{values}".encode()).hexdigest(),
        "origin": "sandbox",
        "body": body,
        "digest": hashlib.sha256(body).hexdigest(),
        "paid": Decimal("0.02"),
        "fetched_at": now,
        "expires_at": now + timedelta(hours=2),
    }
    return CacheEntry.objects.create(company=of, source=source, **{**defaults, **values})


def evidence(of: Company, **values: Any) -> Evidence:
    """A collected item, with the response that it is in."""
    held = values.pop("entry", None) or entry(of)
    defaults = {
        "source": held.source,
        "origin": held.origin,
        "key": hashlib.sha256(repr(values).encode()).hexdigest(),
        "kind": "article",
        "title": "Acme Corp raises $50M",
        "url": "https://news.example/acme-raises",
        "publisher": "Fintech Ledger",
        "text": "Acme Corp raised $50M.",
        "published_at": datetime(2026, 10, 20, tzinfo=UTC),
        "collected_at": timezone.now(),
    }
    return Evidence.objects.create(company=of, entry=held, **{**defaults, **values})


def claim(value: Any, *, sources: tuple[str, ...] = ("serp_news",), reliability: float = 0.9, **more: Any) -> Any:
    """One claim of a fact, as facts keep it."""
    at = (timezone.now() - timedelta(days=2)).isoformat()
    return {
        "value": value,
        "reliability": reliability,
        "observedAt": at,
        "sources": list(sources),
        "evidence": [],
    } | more


def fact(of: Company, dataset: str, value: Any, *, claims: list[Any] | None = None, **values: Any) -> Fact:
    """A merged value; a list has a claim for each of its parts."""
    parts = value if isinstance(value, list) else [value]
    defaults = {
        "origin": "sandbox",
        "reliability": 0.9,
        "observed_at": timezone.now() - timedelta(days=2),
        "sources": ["serp_news"],
        "claims": [claim(part) for part in parts] if claims is None else claims,
        "why": "Google News said so, and nobody said otherwise.",
    }
    return Fact.objects.create(company=of, dataset=dataset, value=value, **{**defaults, **values})


def observation(of: Company, dataset: str = "recent_activities", **values: Any) -> Observation:
    held = values.pop("entry", None) or entry(of)
    defaults = {
        "source": held.source,
        "origin": held.origin,
        "value": {"headline": "x"},
        "observed_at": held.fetched_at,
    }
    return Observation.objects.create(company=of, entry=held, dataset=dataset, **{**defaults, **values})


def run(of: Company | None = None, **values: Any) -> WorkflowRun:
    """Work under way on Acme Corp for Okta; needs the `rules`."""
    now = timezone.now()
    of = of or company()
    count = WorkflowRun.objects.count()
    defaults = {
        "consumer": "customer_intelligence",
        "vendor": company("Okta", "okta.com"),
        "role": "AE",
        "segment": "Mid-Market",
        "region": "EMEA",
        "origin": "sandbox",
        "work_key": f"work-{count}",
        "report_key": f"report-{count}",
        "rule_set_id": current().digest,
        "status": "running",
        "estimated_cost": Decimal("0.27"),
        "estimated_seconds": 3.2,
        "wake_at": now,
        "started": now - timedelta(seconds=2),
    }
    return WorkflowRun.objects.create(company=of, **{**defaults, **values})


def request(user: Any, work: WorkflowRun | None = None, **values: Any) -> ResearchRequest:
    """A request of `user`'s that waits for its run."""
    work = work or run()
    defaults = {
        "consumer": work.consumer,
        "company": work.company,
        "vendor": work.vendor,
        "seller": SELLER,
        "cap": Decimal("2.50"),
        "run": work,
    }
    return ResearchRequest.objects.create(user=user, **{**defaults, **values})


def report(work: WorkflowRun, **values: Any) -> Report:
    """What a run wrote: the documents' example, every line grounded."""
    body = values.get("body", BODY)
    items = values.get("evidence", EVIDENCE)
    defaults = {
        "vendor": work.vendor,
        "consumer": work.consumer,
        "role": work.role,
        "segment": work.segment,
        "region": work.region,
        "origin": work.origin,
        "engine": "builtin",
        "body": body,
        "statements": statements(body, evidence=list(items)) if items else {},
        "evidence": items,
        "withheld": [{"pointer": "/talking_points/2", "text": "…", "why": "names nothing that is cited"}],
        "quality": QUALITY,
        "gaps": [GAP],
        "datasets": ["company_name", "tech_stack"],
        "vendor_context_used": True,
        "cost": Decimal("0.27"),
        "generated_at": timezone.now() - timedelta(hours=3),
    }
    return Report.objects.create(company=work.company, run=work, **{**defaults, **values})


def answered(
    user: Any, *, of: Company | None = None, report_values: dict[str, Any] | None = None, **values: Any
) -> Any:
    """A request that has its brief, after a run with its steps, calls and events."""
    work = run(of, status="completed", finished=timezone.now(), cost=Decimal("0.27"), stop_reason="satisfied")
    trail(work)
    written = report(work, **(report_values or {}))
    defaults = {"status": "answered", "report": written, "answered": timezone.now(), "spent": Decimal("0.27")}
    return request(user, work, **{**defaults, **values})


# --- How a run went ---------------------------------------------------------------------------------------------------

CALLS = (
    # source, provider, status, USD, records, seconds
    ("company_website", "company_website", "ok", "0", 14, 1.2),
    ("serp_news", "serpapi", "ok", "0.02", 8, 0.7),
    ("snov_contacts", "snov", "ok", "0.10", 5, 1.6),
    ("brightdata_company_db", "brightdata", "failed", "0", 0, 2.0),
)


def step(work: WorkflowRun, name: str, *, wave: int = 0, **result: Any) -> StepRun:
    """A step that is done."""
    begin = (work.started or timezone.now()) + timedelta(seconds=0.1 * work.steps.count())
    return StepRun.objects.create(
        run=work,
        name=name,
        ordinal=work.steps.count() + 1,
        wave=wave,
        status="done",
        result=result,
        started=begin,
        finished=begin + timedelta(seconds=0.1),
    )


def plan_of(*sources: str) -> dict[str, Any]:
    """A stored plan that calls these sources."""
    return {
        "calls": [{"source": source, "latency": 1.0} for source in sources],
        "expectedPrice": "0.27",
        "worstPrice": "0.27",
        "seconds": 2.0,
    }


def call(work: WorkflowRun, source: str, provider: str, **values: Any) -> SourceCall:
    """A line of the ledger."""
    begin = (work.started or timezone.now()) + timedelta(seconds=0.4)
    defaults = {
        "wave": 1,
        "status": "ok",
        "origin": work.origin,
        "cache_key": f"{source}-{SourceCall.objects.count()}",
        "reserved": Decimal("0.10"),
        "lease_until": begin + timedelta(minutes=1),
        "started": begin,
        "answered": begin + timedelta(seconds=1),
    }
    seller = Provider.objects.get(slug=provider)
    return SourceCall.objects.create(
        run=work, company=work.company, source=source, provider=seller, **{**defaults, **values}
    )


def event(work: WorkflowRun, kind: str, **data: Any) -> RunEvent:
    seq = work.events.count() + 1
    WorkflowRun.objects.filter(pk=work.pk).update(last_seq=seq)
    return RunEvent.objects.create(run=work, seq=seq, kind=kind, data=data, at=timezone.now())


def trail(work: WorkflowRun) -> None:
    """Steps, calls and events of a run in which three sources answered and one failed."""
    sources = [source for source, *_ in CALLS]
    step(work, "cache_check", hit=False, held=[])
    step(work, "plan", plan=plan_of(*sources))
    step(work, "cost_check", expected="0.27", worst="0.27")
    wave = step(work, "collect", wave=1, sources=sources, plan=plan_of(*sources), outcomes=[])
    event(work, "planned", sources=sources, reused=[], expectedCost="0.27", seconds=2.0)
    longest = max(seconds for *_, seconds in CALLS)
    StepRun.objects.filter(pk=wave.pk).update(finished=wave.started + timedelta(seconds=longest))
    for source, provider, status, cost, records, seconds in CALLS:
        begin = wave.started
        ended = begin + timedelta(seconds=seconds)
        error = "" if status == "ok" else "It answered 503 three times."
        call(work, source, provider, status=status, cost=Decimal(cost), records=records, error=error,
             started=begin, answered=ended)  # fmt: skip
        event(work, "source_update", source=source, status=status, cost=cost, seconds=seconds, items=records)
    event(work, "partial_results", source="serp_news", datasets=["growth_signals", "recent_activities"])
    step(work, "analyse", engine="builtin", withheld=1, failures=[])
    step(work, "store", report="…", cached=True)
