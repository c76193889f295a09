"""Pins values that a person decided on: sources never overwrite them, and what was made without them is made anew."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from enrichment import facts, rules
from enrichment.models import CacheEntry, Company, Correction, Fact, Observation, Origin
from enrichment.models.clock import database_now
from enrichment.rules import live


@transaction.atomic
def pin(company: Company, dataset: str, value: Any, *, reason: str, by: Any) -> Correction:
    """Make `value` the company's fact, in place of a correction that was there. Raises `KeyError` for no dataset."""
    if dataset not in rules.current().rules.datasets:
        raise KeyError(dataset)
    _lock(company)
    Correction.objects.filter(company=company, dataset=dataset, withdrawn=None).update(withdrawn=database_now())
    made = Correction.objects.create(company=company, dataset=dataset, value=value, reason=reason, user=by)
    _follow(company, dataset)
    return made


@transaction.atomic
def withdraw(company: Company, dataset: str) -> bool:
    """Let the sources speak again; whether there was a correction."""
    _lock(company)
    rows = Correction.objects.filter(company=company, dataset=dataset, withdrawn=None)
    if not rows.update(withdrawn=database_now()):
        return False
    _follow(company, dataset)
    return True


def with_word(company: Company, dataset: str, word: str, *, same: Callable[[str], str]) -> list[str]:
    """The list as it is known now, with one more word; as it is where one that is the `same` is in it."""
    words = listed(company, dataset)
    return words if same(word) in {same(each) for each in words} else [*words, word]


def listed(company: Company, dataset: str) -> list[str]:
    """The words of a list as they are known now: pinned, else merged from what sources say."""
    pinned = Correction.objects.filter(company=company, dataset=dataset, withdrawn=None).first()
    if pinned is not None:
        return [word for word in pinned.value if isinstance(word, str)] if isinstance(pinned.value, list) else []
    fact = Fact.objects.filter(company=company, dataset=dataset, origin=live.origin()).first()
    return [word for word in fact.value if isinstance(word, str)] if fact and isinstance(fact.value, list) else []


def _lock(company: Company) -> None:
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _follow(company: Company, dataset: str) -> None:
    """The fact anew, of each origin that the company is known by; nothing derived from the old one is used again."""
    today, now = rules.current().rules, database_now()
    known = Observation.objects.filter(company=company).order_by().values_list("origin", flat=True).distinct()
    for origin in sorted({*known, live.origin()} & set(Origin.values)):
        facts.remerge(company.pk, [dataset], origin=origin, rules=today, at=now)
    CacheEntry.objects.filter(company=company, source="").go_stale(now)
