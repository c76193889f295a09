"""Tasks on the companies of the sandbox's world as its truth has them: cheap, for nothing is collected."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from enrichment.analysis.model import EvidenceItem, FactView, Product, Task, VendorContext
from enrichment.sandbox import world
from tests.enrichment.analysis.worlds import NOW, ROLES, evidence, fact, item


@lru_cache(maxsize=1)
def companies() -> tuple[world.DemoCompany, ...]:
    return world.load().companies


def vendors() -> tuple[VendorContext, ...]:
    """Companies of the world that sell, as a run knows them."""
    return tuple(_context(company) for company in companies() if company.products and company.competitors)


def _context(company: world.DemoCompany) -> VendorContext:
    return VendorContext(
        name=company.name,
        products=tuple(Product(name=each.name, description=each.description) for each in company.products),
        value_propositions=company.value_propositions,
        competitors=company.competitors,
        target_markets=company.target_markets,
    )


def task_of(company: world.DemoCompany, vendor: VendorContext, role: str) -> Task:
    """The brief on `company` for a rep of `vendor`, every fact with its evidence."""
    found = list(_found(company))
    return Task(
        purpose="customer_intelligence",
        company=company.name,
        domain=company.domain,
        facts={one.dataset: one for one, _ in found},
        evidence=tuple(seen for _, each in found for seen in each),
        as_of=NOW,
        needs=(),
        vendor_name=vendor.name,
        vendor=vendor,
        role=ROLES[role],
        segment="Mid-Market",
        region="EMEA",
        signal_rules=(),
    )


def _found(company: world.DemoCompany) -> Iterator[tuple[FactView, list[EvidenceItem]]]:
    low = {"low": company.employees, "high": company.employees}
    scalars = {"company_name": company.name, "industry": company.industry, "company_overview": company.overview}
    for dataset, value in scalars.items():
        yield _scalar(dataset, value)
    yield _scalar("employee_count", low)
    news = [
        ({"headline": each.title, "date": (NOW - timedelta(days=each.days)).date().isoformat()}, each.title, each.text)
        for each in company.news
    ]
    people = [
        ({"name": each.name, "title": each.title}, each.name, each.title)
        for each in company.people
        if each.left is None
    ]
    used = [each for each in company.technologies if not each.dropped]
    stack = [({"name": each.name, "group": each.group, "category": each.category}, each.name, "") for each in used]
    jobs = [({"title": each.title, "location": each.location}, each.title, each.text) for each in company.jobs]
    pains = [({"challenge": each}, each, "") for each in company.challenges]
    records = {
        "recent_news": news,
        "decision_makers": people,
        "tech_stack": stack,
        "hiring_trends": jobs,
        "business_challenges": pains,
    }
    for dataset, rows in records.items():
        if rows:
            yield _records(dataset, rows)


def _scalar(dataset: str, value: Any) -> tuple[FactView, list[EvidenceItem]]:
    return fact(dataset, "scalar", item(value, dataset)), [evidence(dataset, str(value), kind="record")]


def _records(dataset: str, rows: list[tuple[dict[str, str], str, str]]) -> tuple[FactView, list[EvidenceItem]]:
    keys = [f"{dataset}{number}" for number in range(len(rows))]
    seen = [evidence(key, title, text) for key, (_, title, text) in zip(keys, rows, strict=True)]
    items = [item(value, key) for key, (value, _, _) in zip(keys, rows, strict=True)]
    return fact(dataset, "records", *items), [replace(one, published_at=NOW) for one in seen]
