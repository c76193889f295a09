"""Which known company a name that nobody knows likely means, before anything is made of it or bought for it."""

from collections.abc import Iterator

from enrichment.companies import pull
from enrichment.companies.known import known
from enrichment.companies.lookup import Candidate, Query, same_form
from enrichment.companies.merging import canonical
from enrichment.models import Company, CompanyAlias
from enrichment.naming import Likeness, Named, likeness
from enrichment.naming.alike import is_a_slip, slips_of_forms
from enrichment.naming.forms import are_common, forms
from enrichment.naming.known import other_names_of
from enrichment.naming.spelling import folded, name_key

LIKELY = 0.85  # the score of what is shown
MOST = 10  # candidates


def likely(asked: Query) -> list[Candidate]:
    """Known companies that the name likely means: misspelt, cut short, or another name that everybody knows.

    A name of common words alone ("Acme Group") may be anybody's, but for a slip in its legal form ("Acme Crop").
    """
    other_names = [name_key(name) for name in other_names_of(asked.text)]
    slips = {name_key(text): text for text in slips_of_forms(asked.text)}
    found = pull.named([*other_names, *slips])
    if other_names or not are_common(forms(asked.text)[0].core):
        found += pull.resembling(asked.compact)
    meant: dict[int, str] = {}
    for alias in found:
        is_slip = alias.key in slips and same_form(slips[alias.key], alias.value)
        if alias.kind == CompanyAlias.Kind.NAME and (is_slip or _may_mean(alias, asked)):
            meant.setdefault(alias.company, alias.value)
    return list(_shown(meant))[:MOST] if meant else []


def _may_mean(alias: pull.Pulled, asked: Query) -> bool:
    if is_a_slip(asked.folded, folded(alias.value)) or is_a_slip(asked.key, alias.key):
        return True
    return likeness(Named(name=alias.value), Named(name=asked.text)) >= Likeness.LIKELY


def _shown(meant: dict[int, str]) -> Iterator[Candidate]:
    seen = set()
    for company in known(Company.objects.filter(pk__in=meant)).select_related("merged_into").order_by("pk"):
        left = canonical(company)
        if left.pk not in seen:
            seen.add(left.pk)
            yield Candidate(left, LIKELY, "similar", meant[company.pk])
