"""Companies as a search shows them: who they are, and what is already known of them. Buys nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from enrichment.companies import Candidate
from enrichment.models import Company, Fact, Origin

SHOWN = {"industry": "industry", "employee_count": "employeeCount", "headquarters": "location"}


def candidate_out(candidate: Candidate) -> dict[str, Any]:
    """Who it is, and what matched. A domain that one user alone gave is set apart: whoever sends it vouches for it."""
    company = candidate.company
    return {
        "id": company.pk,
        "name": company.name,
        "domain": None if company.unconfirmed else company.domain,
        "unconfirmedDomain": company.domain if company.unconfirmed else None,
        "matchScore": round(candidate.score, 3),
        "why": candidate.why,
    }


def summaries(candidates: Sequence[Candidate], *, now: datetime) -> list[dict[str, Any]]:
    """The candidates in their order as `CompanySearchResult`s, with facts from one query for all of them."""
    facts = _facts_by_company(candidate.company.pk for candidate in candidates)
    return [candidate_out(candidate) | _known(facts[candidate.company.pk], now) for candidate in candidates]


def choices(candidates: Sequence[Candidate], *, now: datetime) -> list[dict[str, Any]]:
    """The candidates with why each may be meant, and in what they differ, both in words."""
    rows = summaries(candidates, now=now)
    told = [_traits(row) for row in rows]
    differ = [name for name in TRAITS if len({traits[name] for traits in told}) > 1]
    return [
        row | {"reason": reason_of(candidate), "apart": " · ".join(traits[name] for name in differ if traits[name])}
        for row, traits, candidate in zip(rows, told, candidates, strict=True)
    ]


TRAITS = ("name", "domain", "industry", "location", "employees")


def _traits(row: Mapping[str, Any]) -> dict[str, str]:
    size = row["employeeCount"]
    known = {name: row[name] if isinstance(row[name], str) else "" for name in ("name", "industry", "location")}
    return known | {
        "domain": row["domain"] or _unconfirmed(row["unconfirmedDomain"]),
        "employees": f"{size['low']}–{size['high'] or '∞'} employees" if isinstance(size, dict) else "",
    }


def _unconfirmed(domain: str | None) -> str:
    return f"{domain}, not confirmed" if domain else "domain unknown"


def reason_of(candidate: Candidate) -> str:
    """Why it may be meant, in words: "it is also called Acme Payments"."""
    company, matched = candidate.company, candidate.matched or candidate.company.name
    if candidate.why == "name":
        return "its name is the same" if matched == company.name else f"it is also called {matched}"
    return REASONS.get(candidate.why, "its name is alike: {}").format(matched)


REASONS = {
    "given": "another user said that it is called so: {}",
    "known": "everybody knows it as {}, too",
    "sound": "its name is the same in other letters: {}",
    "domain": "its domain is {}",
    "ticker": "its ticker is {}",
    "prefix": "its name begins so: {}",
    "words": "its name has the same words: {}",
    "similar": "its name is spelt or sounds alike: {}",
}


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
