"""Which companies many texts mean: as `find` says of each, with two queries for all new domains together."""

from collections.abc import Sequence

from enrichment.companies.identity import NUMBER, Resolution, find
from enrichment.models import Company, CompanyAlias
from enrichment.naming.domains import is_address, registrable_domain
from enrichment.naming.spelling import clean_name
from salesintel.accounts.models import User

Asked = tuple[str, str | None]  # name or domain, and the domain where both are given


def find_many(asked: Sequence[Asked], *, by: User | None = None) -> list[Resolution]:
    """What `find` says of each."""
    domains = [_domain_of(text, domain) for text, domain in asked]
    taken = _taken({domain for domain in domains if domain})
    return [
        find(text, domain, by=by, is_taken=known is None or known in taken)
        for (text, domain), known in zip(asked, domains, strict=True)
    ]


def _domain_of(text: str, domain: str | None) -> str | None:
    """By which `find` would look for the company; None where it goes by the name, or by a number."""
    is_name = not domain and not is_address(text) and bool(clean_name(text))
    return None if is_name or NUMBER.fullmatch(domain or "") else registrable_domain(domain or text)


def _taken(domains: set[str]) -> set[str]:
    """Those that a company has, as its own or as one learned."""
    own = Company.objects.filter(domain__in=domains).values_list("domain", flat=True)
    learned = CompanyAlias.objects.filter(kind=CompanyAlias.Kind.DOMAIN, key__in=domains).values_list("key", flat=True)
    return {domain for domain in own if domain} | set(learned)
