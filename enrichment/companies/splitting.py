"""Two companies that were taken for one: what was the one's goes back to it.

What hung on it when it was absorbed goes back, in whatever company's hands it is by now. What was learned since goes by
whom it was asked for: a response, with all that it says, carries the key of that company. Runs that ended since, with
their requests and reports, stay: they speak of the company that was left.
"""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from enrichment import cache
from enrichment.companies.merging import Moved, canonical, label_of, lock, pointers, repoint
from enrichment.models import CacheEntry, Company, CompanyMerge, Erasure, Origin, WorkflowRun
from salesintel.narrowed import certain


class NotMerged(ValueError):
    """The company is part of no other one."""


def split_off(company: Company, *, by: Any = None) -> tuple[Company, Moved]:
    """Make `company` one of its own again, in the caller's transaction. Raises `NotMerged`.

    Returns the company that it was part of, and what went back. What was absorbed by it earlier stays part of it; a row
    that collides with one that it has by now stays with the other. Facts of both are those of before: fold their
    observations again. Derived cache entries of both go stale.
    """
    with transaction.atomic():
        lock(company)
        if company.merged_into_id is None:
            raise NotMerged(f"{company.name} is part of no other company.")
        left = canonical(company)
        lock(company, left)
        merges = list(CompanyMerge.objects.filter(absorbed=company, undone=None).order_by("pk"))
        _restored(company, merges)
        _still_erased(company, left)
        moved = _back(company, left, merges)
        CacheEntry.objects.filter(company__in=[company, left], source="").go_stale(timezone.now())
        CompanyMerge.objects.filter(pk__in=[merge.pk for merge in merges]).update(undone=timezone.now(), undone_by=by)
    return left, moved


def _restored(company: Company, merges: Iterable[CompanyMerge]) -> None:
    """Who both were before."""
    was: dict[str, Any] = next((merge.was for merge in merges if merge.was), {})
    into = certain(company.merged_into, Company)  # the caller has looked
    taken = was.get(str(into.pk), {})
    gives_back = "domain" in taken and taken["domain"] is None and into.domain == company.domain
    if gives_back:
        Company.objects.filter(pk=into.pk).update(domain=None, unconfirmed=False, private=False, given_by=None)
    Company.objects.filter(pk=company.pk).update(merged_into=None)
    if gives_back:
        _provisional_again(into, taken.get("provisional_key"))
    own = was.get(str(company.pk), {})
    if company.domain is None:
        _provisional_again(company, own.get("provisional_key"))
    company.refresh_from_db()


def _provisional_again(company: Company, key: str | None) -> None:
    """Give it the key by which its name finds it, unless another company has that by now."""
    try:
        with transaction.atomic():
            Company.objects.filter(pk=company.pk, merged_into=None, domain=None).update(provisional_key=key)
    except IntegrityError:
        pass


def _still_erased(company: Company, left: Company) -> None:
    """Erasures under way look through both from now on."""
    for erasure in Erasure.objects.filter(company=left, finished=None):
        Erasure.objects.create(
            person=erasure.person, company=company, identifiers=erasure.identifiers, by=erasure.by, began=erasure.began
        )


# --- Rows -------------------------------------------------------------------------------------------------------------


def _back(company: Company, left: Company, merges: list[CompanyMerge]) -> Moved:
    """Point to `company` what is its own and points to `left`; returns what."""
    keys: dict[str, set[str]] = {}
    for merge in merges:
        for label, moved in merge.moved.items():
            keys.setdefault(label, set()).update(moved)
    special = _special(_responses_of(company, left), keys, merges)
    moved = {}
    for pointer in pointers():
        label = label_of(pointer)
        only = special.get(label, Q(pk__in=keys.get(label, ())))
        moved[label] = repoint(pointer, left, company, only=only)
    return {label: found for label, found in moved.items() if found}


def _special(responses: list[int], keys: dict[str, set[str]], merges: list[CompanyMerge]) -> dict[str, Q]:
    """What goes back of the tables in which it is not simply what went over; `keys` of it, by pointer."""

    def over(model: str) -> set[str]:
        return keys.get(f"enrichment.{model}.company", set())

    since = merges[0].created if merges else timezone.now()
    ended = WorkflowRun.objects.filter(pk__in=over("workflowrun"), finished__gt=since)
    stays = list(ended.values_list("pk", flat=True))
    rows = {
        "cacheentry": Q(pk__in=over("cacheentry"), source="") | Q(pk__in=responses),
        "observation": Q(entry__in=responses),
        "evidence": Q(entry__in=responses),
        "fact": Q(pk__in=[]),  # made anew from what is said of both
        "erasure": Q(pk__in=over("erasure"), finished__isnull=False),  # the others were doubled
        "workflowrun": Q(pk__in=over("workflowrun")) & ~Q(pk__in=stays),
        "researchrequest": Q(pk__in=over("researchrequest")) & ~Q(run__in=stays),
    }
    return {f"enrichment.{model}.company": wanted for model, wanted in rows.items()}


def _responses_of(company: Company, left: Company) -> list[int]:
    """The responses of `left` that were asked for `company`, or for one that is part of it."""
    family, wave = {company.pk}, {company.pk}
    while wave:
        wave = set(Company.objects.filter(merged_into__in=wave).values_list("pk", flat=True)) - family
        family |= wave
    rows = CacheEntry.objects.filter(company=left).exclude(source="").values_list("pk", "source", "origin", "key")
    own = {
        cache.response_key(source, member, origin)
        for source in {source for _, source, _, _ in rows}
        for member in family
        for origin in Origin.values
    }
    return [pk for pk, _, _, key in rows if key in own]
