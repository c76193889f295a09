"""Who may say which domain a company has.

Whoever gives a name together with a domain says that the two are one company. That is believed of an editor, and of two
users who say it independently, and of a source that answers with both. One user's word alone makes a company of its own
that is *unconfirmed*: theirs to work with at once, and to others a suggestion, which they are asked about and which no
name leads to by itself. So nobody can send another's research to a site of their choice. What another user has asked
for is never given a domain by such a word.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q

from enrichment.companies.latin import SPELLING
from enrichment.companies.learning import Kind, is_called_like, learn_alias
from enrichment.models import BulkLine, Company, CompanyAlias, ResearchRequest, Watch
from enrichment.naming import Likeness, Named, likeness
from salesintel.accounts.models import User

RIGHT = "enrichment.merge_companies"  # who decides which companies are one
ASKED = "request"  # who says so: whoever asked for research


def is_believed(by: User | None) -> bool:
    """Whether their word settles it: an editor's does, and the product's own (None)."""
    return by is None or by.has_perm(RIGHT)


def is_hearsay(alias: CompanyAlias, company: Company, by: User | None) -> bool:
    """Whether it is another user's word alone that `company` is called so."""
    is_own = by is not None and company.given_by_id == by.pk
    return company.unconfirmed and not is_own and alias.learned_from in {ASKED, SPELLING}


def take_domain(company: Company, domain: str, *, by: User) -> Company:
    """Give a provisional company that nobody but `by` has asked for the domain that they say, in their transaction.

    Raises `IntegrityError` where another company has that domain by now.
    """
    rows = Company.objects.filter(pk=company.pk, domain=None, merged_into=None)
    rows.update(domain=domain, provisional_key=None, unconfirmed=True, given_by=by)
    learn_alias(company, domain, kind=Kind.DOMAIN, learned_from=ASKED)
    company.refresh_from_db()
    return company


def is_theirs_alone(company: Company, by: User) -> bool:
    """Whether nobody else has asked for it, watches it or has it in a list."""
    about = Q(company=company) | Q(vendor=company)
    return not (
        ResearchRequest.objects.filter(about).exclude(user=by).exists()
        or Watch.objects.filter(about).exclude(user=by).exists()
        or BulkLine.objects.filter(Q(company=company) | Q(bulk__vendor=company)).exclude(bulk__user=by).exists()
    )


def hear(
    company: Company, name: str, *, by: User | None = None, learned_from: str = ASKED, settles: bool = False
) -> None:
    """`by`, or a source, calls the company at this company's domain `name`: that confirms what one user said, or not.

    A name of another company confirms nothing. It replaces the one that was given only where the domain is called like
    it and not like that: whoever was first to say that stripe.com is Stupid Inc. does not name it for everybody. Or
    where it `settles`: a source was asked by the name, and answered with the domain.
    """
    if not company.unconfirmed or company.domain is None:
        return
    if by is not None and by.pk == company.given_by_id and not is_believed(by):
        return
    if likeness(Named(name=company.name), Named(name=name)) >= Likeness.LIKELY:
        confirm(company)
    elif settles or is_called_like(name, company.domain) > is_called_like(company.name, company.domain):
        _rename(company, name, by=by, learned_from=learned_from)


def confirm(company: Company) -> bool:
    """Its name and its domain are one company's, for everybody. False where that was so already."""
    confirmed = Company.objects.filter(pk=company.pk, unconfirmed=True).update(
        unconfirmed=False, private=False, given_by=None
    )
    company.unconfirmed, company.private, company.given_by = False, False, None
    return bool(confirmed)


@transaction.atomic
def _rename(company: Company, name: str, *, by: User | None, learned_from: str) -> None:
    company.aliases.filter(kind=Kind.NAME, learned_from__in=[ASKED, SPELLING]).delete()
    learn_alias(company, name, learned_from=learned_from)
    settled: Any = {"private": False, "unconfirmed": not is_believed(by), "given_by": None if is_believed(by) else by}
    Company.objects.filter(pk=company.pk).update(name=name, **settled)
    company.refresh_from_db()
