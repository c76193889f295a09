"""Companies that only private records name: a contact, a deal, an import. Nobody but their owner gets to know of them.

Such a company is *private* until somebody asks for it openly, a second user's records name it, or an editor
confirms it. Whoever asks for its domain is then told what they would be told of one that nobody knew.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from enrichment.companies.learning import Kind, learn_alias
from enrichment.companies.merging import pointers
from enrichment.companies.vouching import ASKED, is_believed
from enrichment.models import Company, CompanyAlias, CompanyMerge
from salesintel.accounts.models import User


def make_private(domain: str, *, by: User) -> Company | None:
    """The company of that domain, for `by` alone; None where another request was quicker."""
    try:
        with transaction.atomic():
            company = Company.objects.create(name=domain, domain=domain, unconfirmed=True, private=True, given_by=by)
            learn_alias(company, domain, kind=Kind.DOMAIN, learned_from=ASKED)
    except IntegrityError:
        return None
    return company


def publish(company: Company, name: str = "", *, by: User | None) -> Company:
    """Make it what it were if `by` had been the first to name it: by `name`, or by its domain alone."""
    is_theirs = bool(name) and name != company.domain and not is_believed(by)
    Company.objects.filter(pk=company.pk, private=True).update(
        private=False, unconfirmed=is_theirs, given_by=by if is_theirs else None
    )
    company.refresh_from_db()
    if name:
        learn_alias(company, name, learned_from=ASKED)
    return company


def unused(rows: "QuerySet[Company]") -> "QuerySet[Company]":
    """Those that no row points to but those of their names, and that are part of nothing."""
    rows = rows.filter(merged_into=None, absorbed=None)
    for pointer in pointers():
        if pointer.model is not CompanyAlias:
            rows = rows.filter(~Exists(pointer.model._base_manager.filter(**{pointer.name: OuterRef("pk")})))
    return rows.exclude(pk__in=CompanyMerge.objects.values("into"))


def forget_unused(keys: Collection[int], *, by: User, since: datetime) -> None:
    """Delete those of `keys` that were made since then for `by` alone and that nothing uses any more."""
    if keys:
        mine = Company.objects.filter(pk__in=keys, private=True, given_by=by, created__gte=since)
        mine.filter(pk__in=list(unused(mine).values_list("pk", flat=True))).delete()
