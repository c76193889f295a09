"""Pins values that a person decided on: sources never overwrite them, and what was made without them is made anew."""

import json
import re
from collections.abc import Callable
from math import isfinite
from typing import Any

from django.db import transaction

from enrichment import facts, merging, rules
from enrichment.models import CacheEntry, Company, Correction, Fact, Observation, Origin
from enrichment.models.clock import database_now
from enrichment.people import optouts
from enrichment.rules import live

DEEPEST = 8  # levels of a value
LONGEST = 100_000  # characters of it
UNREADABLE = re.compile("[\x00\ud800-\udfff]")  # no database or no page takes these


class NotAValue(ValueError):
    """A value has not the shape of its dataset."""


class Erased(ValueError):
    """A value names somebody who is not to be known here."""


@transaction.atomic
def pin(company: Company, dataset: str, value: Any, *, reason: str, by: Any, evidence_url: str = "") -> Correction:
    """Make `value` the company's fact, in place of a correction that was there.

    Raises `KeyError` for no dataset, and `Erased`.
    """
    if dataset not in rules.current().rules.datasets:
        raise KeyError(dataset)
    _lock(company)
    if optouts.blocked([company.pk]).names_in([value, reason, evidence_url]):
        raise Erased("This names somebody who asked not to be known here; leave them out.")
    Correction.objects.filter(company=company, dataset=dataset, withdrawn=None).update(withdrawn=database_now())
    made = Correction.objects.create(
        company=company, dataset=dataset, value=value, reason=reason, user=by, evidence_url=evidence_url
    )
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


def check(dataset: str, value: Any) -> None:
    """Raises `NotAValue` where the value cannot be one of that dataset, and `KeyError` for no dataset."""
    kind = rules.current().rules.datasets[dataset].kind
    _refuse_unreadable(dataset, value)
    if kind == "list" and not (isinstance(value, list) and all(_is_word(each) for each in value)):
        raise NotAValue(f"{dataset} is a list of texts, none of them empty.")
    if kind == "records":
        names = merging.KEY_FIELDS.get(dataset, ("headline",))
        records = value if isinstance(value, list) else [None]
        if not all(isinstance(each, dict) and _is_word(each.get(names[0])) for each in records):
            raise NotAValue(f"{dataset} is a list of objects, each with “{names[0]}”.")
    if dataset == "employee_count":
        if not _is_count(value):
            raise NotAValue("employee_count is {low, high}: whole numbers, high null for no upper end.")
    elif kind == "scalar" and not _is_word(value):
        raise NotAValue(f"{dataset} is a text that is not empty.")


def _refuse_unreadable(dataset: str, value: Any, *, depth: int = 0) -> None:
    """What could be stored and not be shown, looked through or erased again."""
    if depth > DEEPEST:
        raise NotAValue(f"{dataset} is nested too deep: at most {DEEPEST} levels.")
    if isinstance(value, float) and not isfinite(value):
        raise NotAValue(f"{dataset} holds a number that is none.")
    if isinstance(value, str) and UNREADABLE.search(value):
        raise NotAValue(f"{dataset} holds a character that cannot be shown.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_unreadable(dataset, name, depth=depth + 1)
            _refuse_unreadable(dataset, inner, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unreadable(dataset, inner, depth=depth + 1)
    if depth == 0 and len(json.dumps(value)) > LONGEST:
        raise NotAValue(f"{dataset} has more than {LONGEST:,} characters.")


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"low", "high"}:
        return False
    low, high = value["low"], value["high"]
    whole = all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 10**9 for each in (low, high or 0))
    return whole and (high is None or low <= high)


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
