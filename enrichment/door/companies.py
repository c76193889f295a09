"""Which company a text means, and the row of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from enrichment import companies
from enrichment.api.summaries import choices
from enrichment.companies import Ambiguous, AmbiguousCompany, Candidate, Found
from enrichment.models import Company
from salesintel.accounts.models import User

LONGEST_NAME = 253  # characters, as many as a domain may have


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
    nearly = companies.search(text, by=by, limit=limit)
    return Meant(candidates=tuple(choices(nearly, now=timezone.now())))


def as_candidate(company: Company) -> dict[str, Any]:
    """The company as `/customers/search` tells of it."""
    return choices([Candidate(company, 1.0, "name", company.name)], now=timezone.now())[0]


def company_named(text: str, *, by: User, domain: str | None = None) -> Company:
    """The company, made where it is unknown, as `by` says. Raises `AmbiguousCompany` and `NotACompany`."""
    return companies.resolve(text, domain=domain, by=by)


def company_of_record(domain: str, *, by: User) -> Company:
    """The company of that domain, made for `by` alone where nobody knows it. Raises `NotACompany`."""
    return companies.resolve(domain, domain=domain, by=by, is_private=True)


def forget_unused(keys: Collection[int], *, by: User, since: datetime) -> None:
    """Delete those of these companies that were made since then for `by` alone, and that nothing uses."""
    companies.forget_unused(keys, by=by, since=since)


def candidates_of(error: AmbiguousCompany) -> list[dict[str, Any]]:
    """The companies that a name may mean, as `/customers/search` tells them."""
    return choices(error.candidates, now=timezone.now())
