"""What everybody knows of companies' names: `data/well_known.toml`. Pure."""

import tomllib
from collections import defaultdict
from functools import lru_cache

from enrichment.naming.forms import forms
from enrichment.naming.spelling import DATA, folded

_NONE = frozenset[int]()


def known(name: str) -> frozenset[int]:
    """The well-known companies that `name` may mean, by number; empty for a name that is not well known."""
    table = _by_form()
    whole = frozenset[int]().union(*(table.get("".join(form.plain), _NONE) for form in forms(name)))
    return whole or frozenset[int]().union(*(table.get(form.joined, _NONE) for form in forms(name)))


def other_names_of(name: str) -> tuple[str, ...]:
    """The names of all the well-known companies that `name` may mean, itself among them."""
    return tuple(other for number in sorted(known(name)) for other in _companies()[number])


def are_known_apart(one: str, other: str) -> bool:
    """Whether everybody knows two companies by these very names, legal forms included: Merck KGaA and Merck & Co."""
    table = _by_whole_name()
    first, second = table.get(folded(one), _NONE), table.get(folded(other), _NONE)
    return bool(first and second) and not first & second


def called(number: int) -> str:
    """The present name of a well-known company."""
    return _companies()[number][0]


@lru_cache(maxsize=1)
def _companies() -> tuple[tuple[str, ...], ...]:
    read = tomllib.loads((DATA / "well_known.toml").read_text(encoding="utf-8"))["companies"]
    return tuple(tuple(names) for names in read)


@lru_cache(maxsize=1)
def _by_form() -> dict[str, frozenset[int]]:
    table: defaultdict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(_companies()):
        for name in names:
            for form in forms(name):
                table["".join(form.plain)].add(number)
    return {key: frozenset(numbers) for key, numbers in table.items()}


@lru_cache(maxsize=1)
def _by_whole_name() -> dict[str, frozenset[int]]:
    table: defaultdict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(_companies()):
        for name in names:
            table[folded(name)].add(number)
    return {key: frozenset(numbers) for key, numbers in table.items()}
