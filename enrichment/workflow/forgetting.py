"""Deletes all that one source ever said: a contract that ends, or data that should not have been had.

What others said stays. People of whom the source spoke are also taken out of what was written from it, for there
nobody can tell whose words they were: reports and traces show “[erased]” in their place. What was paid stays booked.
"""

from collections import Counter

from django.db import transaction

from enrichment.models import CacheEntry, Company, Evidence, Observation
from enrichment.people import known
from enrichment.people.known import Person
from enrichment.workflow.erasing import forget, remerge
from enrichment.workflow.mentions import Search, tables
from salesintel.privacy.registry import OnErasure, Personal


def forget_source(source: str) -> Counter[str]:
    """Delete everything of that source (a slug), company by company; rows by table. Run again, it goes on."""
    counts: Counter[str] = Counter()
    kept = CacheEntry.objects.filter(source=source)
    for company in Company.objects.filter(pk__in=kept.values("company")).order_by("pk"):
        spoken_of = [each for each in known.at(company) if _is_spoken_of(each, source)]
        for person in spoken_of:  # before what tells who they are goes
            counts += forget(Search(company.pk, person.marks()), among=written())
        counts += _delete(company, source)
    return counts


def written() -> list[list[Personal]]:
    """The tables of what is written from the sources' answers: reports, corrections apart, and traces of work."""
    return [columns for columns in tables() if columns[0].on_erasure is OnErasure.REDACT]


@transaction.atomic
def _delete(company: Company, source: str) -> Counter[str]:
    """The source's responses with all that was read from them, and what was derived from any: that is made anew."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    found = Counter(
        {model._meta.label: model.objects.filter(company=company, source=source).count() for model in _READ}
    )
    for entry in CacheEntry.objects.filter(company=company, source__in=[source, ""]).defer("body"):
        found["enrichment.CacheEntry"] += 1
        entry.delete()
    remerge([company.pk])
    return found


_READ = (Observation, Evidence)


def _is_spoken_of(person: Person, source: str) -> bool:
    return any(said.source == source for said in person.said)
