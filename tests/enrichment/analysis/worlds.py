"""Tasks to analyse: the documents' Acme Corp for Okta, and whatever else a test needs of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from enrichment.analysis.model import (
    EvidenceItem,
    FactItem,
    FactView,
    NeedView,
    Product,
    RoleView,
    SignalRuleView,
    Task,
    VendorContext,
)

NOW = datetime(2026, 3, 15, 10, 30, tzinfo=UTC)

ROLES = {
    "AE": RoleView(
        slug="AE", label="Account executive", focus="opportunity development, expansion and competitive positioning"
    ),
    "SE": RoleView(
        slug="SE",
        label="Sales engineer",
        focus="technical fit, architecture and integration requirements",
        contact_order=("Technical Buyer", "Champion", "Decision Maker", "Influencer"),
        emphasis=("systems", "challenge", "usage", "job", "news"),
    ),
    "CSM": RoleView(
        slug="CSM",
        label="Customer success manager",
        focus="customer success, adoption, renewals and risk signals",
        contact_order=("Champion", "Decision Maker", "Influencer", "Technical Buyer"),
        emphasis=("challenge", "usage", "news", "systems", "job"),
    ),
    "BDR": RoleView(
        slug="BDR",
        label="Business development rep",
        focus="finding the right person and a reason to call",
        contact_order=("Champion", "Decision Maker", "Technical Buyer", "Influencer"),
        emphasis=("news", "job", "challenge", "usage", "systems"),
    ),
}

OKTA = VendorContext(
    name="Okta",
    products=(
        Product(
            name="Workforce Identity Cloud",
            description="Single sign-on, adaptive MFA and access management for employees"
            " across 7,000+ pre-built integrations.",
        ),
        Product(
            name="Lifecycle Management",
            description="Automated onboarding, offboarding and provisioning of accounts with SCIM.",
        ),
        Product(
            name="Customer Identity Cloud",
            description="Login and registration for customer-facing apps, with SDKs for developers.",
        ),
    ),
    value_propositions=(
        "One secure sign-in for every app and device",
        "Automated provisioning that reduces IT overhead",
        "7,000+ pre-built integrations",
    ),
    competitors=("Microsoft", "Azure AD", "Ping Identity", "OneLogin"),
    target_markets=("Mid-market and enterprise companies", "Financial services"),
)

RULES = (
    SignalRuleView(
        name="Funded, hiring and integrating",
        signals=frozenset({"funding", "hiring", "integration"}),
        urgency="high",
        action="Schedule an executive alignment meeting.",
    ),
    SignalRuleView(
        name="Rare pair", signals=frozenset({"layoffs", "partnership"}), urgency="high", action="Call at once."
    ),
)


def evidence(key: str, title: str = "", text: str = "", *, kind: str = "article", **fields: Any) -> EvidenceItem:
    return EvidenceItem(id=key, source=fields.pop("source", "serp_news"), kind=kind, title=title, text=text, **fields)


def item(value: Any, *keys: str, reliability: float = 0.85, age: timedelta = timedelta(days=2)) -> FactItem:
    return FactItem(value=value, evidence=keys, sources=("serp_news",), reliability=reliability, observed_at=NOW - age)


def fact(dataset: str, kind: str, *items: FactItem, reliability: float = 0.85) -> FactView:
    value = items[0].value if kind == "scalar" else [one.value for one in items]
    return FactView(
        dataset=dataset,
        kind=kind,
        value=value,
        items=items,
        reliability=reliability,
        observed_at=items[0].observed_at,
    )


RAISES = "Acme Corp raises $50M Series C for European expansion"
CISO = "Acme hires new CISO from Palo Alto Networks"

EVIDENCE = (
    evidence(
        "e1",
        RAISES,
        "The fintech will open an office in Berlin and hire 120 people.",
        publisher="TechCrunch",
        url="https://techcrunch.example/acme",
        published_at=datetime(2026, 3, 10, tzinfo=UTC),
    ),
    evidence("e2", CISO, publisher="The Verge", published_at=datetime(2026, 3, 8, tzinfo=UTC)),
    evidence("e3", "Alicia Tran", "VP, Infrastructure at Acme Corp", kind="profile", source="snov_contacts"),
    evidence("e4", "Mark Yu", "Director, Security Ops at Acme Corp", kind="profile", source="snov_contacts"),
    evidence("e5", "IAM Architect", "Acme Corp is looking for an IAM Architect in Berlin.", kind="job"),
    evidence(
        "e6",
        "Acme Corp",
        "React, Node.js, AWS, Kubernetes, Slack, Azure AD",
        kind="record",
        source="brightdata_company_db",
    ),
    evidence(
        "e7",
        "Security at Acme",
        "Our manual onboarding process takes days. MFA rollout has been a struggle.",
        kind="page",
        source="company_website",
    ),
    evidence(
        "e8",
        "Acme Corp",
        "API security and embedded finance platform. FinTech, San Francisco, CA. 500 employees.",
        kind="record",
    ),
    evidence(
        "e9", "Acme works with Salesforce", "Acme connects to Salesforce and Slack.", kind="page", collected_at=NOW
    ),
)

FACTS = (
    fact("company_name", "scalar", item("Acme Corp", "e8")),
    fact("company_domain", "scalar", item("acmecorp.com", "e8")),
    fact("industry", "scalar", item("FinTech", "e8"), item("Financial services", "e6")),
    fact("employee_count", "scalar", item({"low": 500, "high": 500}, "e8")),
    fact("headquarters", "scalar", item("San Francisco, CA", "e8")),
    fact("company_overview", "scalar", item("API security and embedded finance platform.", "e8")),
    fact(
        "recent_activities",
        "records",
        item(
            {
                "headline": RAISES,
                "url": "https://techcrunch.example/acme",
                "publisher": "TechCrunch",
                "date": "2026-03-10",
                "signal_type": "funding",
            },
            "e1",
        ),
        item(
            {
                "headline": CISO,
                "url": "https://verge.example/acme",
                "publisher": "The Verge",
                "date": "2026-03-08",
                "signal_type": "leadership",
            },
            "e2",
        ),
    ),
    fact("growth_signals", "records", item({"headline": RAISES, "signal_type": "funding", "date": "2026-03-10"}, "e1")),
    fact(
        "budget_indicators",
        "records",
        item({"indicator": RAISES, "amount_usd": 50_000_000, "date": "2026-03-10"}, "e1"),
    ),
    fact(
        "decision_makers",
        "records",
        item(
            {
                "name": "Alicia Tran",
                "title": "VP, Infrastructure",
                "email": "alicia@acmecorp.example",
                "email_status": "valid",
            },
            "e3",
        ),
        item({"name": "Mark Yu", "title": "Director, Security Ops"}, "e4"),
    ),
    fact(
        "hiring_trends", "records", item({"title": "IAM Architect", "location": "Berlin", "date": "2026-03-01"}, "e5")
    ),
    fact(
        "tech_stack",
        "records",
        item({"name": "React", "group": "frontend"}, "e6"),
        item({"name": "Node.js", "group": "backend"}, "e6"),
        item({"name": "AWS", "group": "infrastructure"}, "e6"),
        item({"name": "Kubernetes", "group": "infrastructure"}, "e6"),
        item({"name": "Slack", "group": "collaboration"}, "e6"),
        item({"name": "Azure AD", "group": "security", "category": "Identity"}, "e6"),
        item({"name": "Frobnicator", "category": "Widgets"}, "e6"),
    ),
    fact("competitive_usage", "records", item({"product": "Azure AD", "category": "Identity"}, "e6")),
    fact(
        "business_challenges",
        "records",
        item({"challenge": "Our manual onboarding process takes days."}, "e7"),
        item({"challenge": "MFA rollout has been a struggle."}, "e7"),
    ),
    fact("integration_needs", "records", item({"system": "Salesforce", "category": "CRM"}, "e9")),
)


def acme(role: str = "AE", **changes: Any) -> Task:
    """Acme Corp for Okta, as an AE in Mid-Market, EMEA, unless said otherwise."""
    task = Task(
        purpose="customer_intelligence",
        company="Acme Corp",
        domain="acmecorp.com",
        facts={one.dataset: one for one in FACTS},
        evidence=EVIDENCE,
        as_of=NOW,
        needs=tuple(NeedView(dataset=one.dataset, threshold=0.8, required=True, weight=1.0) for one in FACTS),
        vendor_name="Okta",
        vendor=OKTA,
        role=ROLES.get(role),
        segment="Mid-Market",
        region="EMEA",
        signal_rules=RULES,
    )
    return replace(task, **changes)


def with_fact(task: Task, dataset: str, kind: str, *items: FactItem) -> Task:
    """The task with one fact more, or another one."""
    return replace(task, facts={**task.facts, dataset: fact(dataset, kind, *items)})


def with_evidence(task: Task, *more: EvidenceItem) -> Task:
    return replace(task, evidence=(*task.evidence, *more))
