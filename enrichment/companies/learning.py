"""What is learned about who a company is: other names, its domain, that it is another one."""

from django.db import IntegrityError, transaction

from enrichment.companies.latin import SPELLING, latin_of
from enrichment.companies.merging import absorb, by_domain, canonical
from enrichment.models import Company, CompanyAlias
from enrichment.naming.domains import is_address, is_shared_host, registrable_domain
from enrichment.naming.refusing import disguised
from enrichment.naming.spelling import clean_name, compact, name_key, ticker_key

Kind = CompanyAlias.Kind


def learn_alias(
    company: Company, value: str, *, kind: Kind = Kind.NAME, learned_from: str = "request"
) -> CompanyAlias | None:
    """Remember another name, domain or ticker of `company`; returns its row, None where `value` is none of that kind.

    Learning it again changes nothing. Several companies may bear one name. A company that is known by its domain alone
    takes the first name that is learned as its own.
    """
    shown, key = normalised(value, kind)
    if not key:
        return None
    alias, _ = CompanyAlias.objects.get_or_create(
        company=company, kind=kind, key=key, defaults={"value": shown, "learned_from": learned_from[:60]}
    )
    if kind == Kind.NAME and (latin := latin_of(shown)):
        CompanyAlias.objects.get_or_create(
            company=company, kind=kind, key=latin, defaults={"value": latin.title(), "learned_from": SPELLING}
        )
    if kind == Kind.NAME and company.domain and company.name == company.domain:
        company.name = shown
        company.save(update_fields=["name"])
    return alias


def normalised(value: str, kind: str) -> tuple[str, str]:
    """`value` as it is shown and the key by which it is found; two empty texts where it is none of that kind."""
    if kind == Kind.DOMAIN:
        domain = registrable_domain(value) or ""
        return domain, domain
    shown = clean_name(value)
    if kind == Kind.TICKER:
        return shown.upper(), ticker_key(shown)
    return ("", "") if is_address(shown) else (shown, name_key(shown))


def learn_domain(company: Company, domain: str, *, learned_from: str) -> Company:
    """Tell that `company` has `domain`, in the caller's transaction; returns the company to go on with.

    A provisional company takes the domain, or is absorbed by the one that has it already. Nothing changes where
    `company` has a domain: whether two known companies are one is for a person to say. Nor where `domain` is none, or
    is a place where everybody has a page (`linkedin.com`), unless the company is called like it.
    """
    known = registrable_domain(domain)
    current = canonical(company)
    if current != company:  # absorbed meanwhile; rows that were written since follow
        return absorb(company, into=current, learned_from=learned_from)
    if known is None or current.domain or disguised(known):
        return current
    if is_shared_host(known) and not is_called_like(current.name, known):
        return current
    owner = by_domain(known) or _settled(current, known, learned_from)
    return current if owner == current else absorb(current, into=owner, learned_from=learned_from)


def is_called_like(name: str, domain: str) -> bool:
    """Whether a company of that name may well own the domain: "LinkedIn" `linkedin.com`."""
    return compact(name_key(name)) == domain.partition(".")[0].replace("-", "")


def _settled(company: Company, domain: str, learned_from: str) -> Company:
    """`company` with its domain, or whoever took that domain in this very moment."""
    try:
        with transaction.atomic():
            Company.objects.filter(pk=company.pk).update(domain=domain, provisional_key=None)
            learn_alias(company, domain, kind=Kind.DOMAIN, learned_from=learned_from)
    except IntegrityError:
        owner = by_domain(domain)
        if owner is None:
            raise
        return owner
    company.domain, company.provisional_key = domain, None
    return company
