"""Companies as a search shows them: who they are, and what is already known of them. Buys nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from enrichment.companies import Candidate
from enrichment.models import Company, Fact, Origin

SHOWN = {"industry": "industry", "employee_count": "employeeCount", "headquarters": "location"}


def candidate_out(candidate: Candidate) -> dict[str, Any]:
    """Who it is, and what matched."""
    company = candidate.company
    return {
        "id": company.pk,
        "name": company.name,
        "domain": company.domain,
        "matchScore": round(candidate.score, 3),
        "why": candidate.why,
    }


def summaries(candidates: Sequence[Candidate], *, now: datetime) -> list[dict[str, Any]]:
    """The candidates in their order as `CompanySearchResult`s, with facts from one query for all of them."""
    facts = _facts_by_company(candidate.company.pk for candidate in candidates)
    return [candidate_out(candidate) | _known(facts[candidate.company.pk], now) for candidate in candidates]


def known_of(companies: Iterable[Company], *, now: datetime) -> list[dict[str, Any]]:
    """What is already known of each, in their order, as `CompanySearchResult` shows it; one query for all of them."""
    rows = list(companies)
    facts = _facts_by_company(row.pk for row in rows)
    return [_known(facts[row.pk], now) for row in rows]


def _facts_by_company(companies: Iterable[int]) -> Mapping[int, dict[str, Fact]]:
    """Company → dataset → fact. A company's facts are of one origin, live where there are any: origins never mix."""
    found: defaultdict[int, dict[str, Fact]] = defaultdict(dict)
    rows = Fact.objects.filter(company_id__in=list(companies), dataset__in=SHOWN)
    for fact in sorted(rows, key=lambda row: row.origin == Origin.SANDBOX):
        held = found[fact.company_id]
        if all(other.origin == fact.origin for other in held.values()):
            held[fact.dataset] = fact
    return found


def _known(facts: Mapping[str, Fact], now: datetime) -> dict[str, Any]:
    values = {field: facts[dataset].value if dataset in facts else None for dataset, field in SHOWN.items()}
    oldest = min((fact.observed_at for fact in facts.values()), default=None)
    age = None if oldest is None else max(0, int((now - oldest).total_seconds()))
    return {
        **values,
        "freshness": None if oldest is None else {"observedAt": oldest, "ageSeconds": age},
        "sandbox": any(fact.origin == Origin.SANDBOX for fact in facts.values()),
    }
