"""The rules of `data/technologies/`, ready to be searched with."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment.technologies.model import CHAT_GROUPS, GROUPS, Technology

FOLDER = Path(__file__).resolve().parent.parent / "data" / "technologies"
CATEGORIES = "categories"

FIRST_WORD = re.compile(r"(?<![\w.@-])\.?[A-Za-z0-9]+")  # of a spelling: "C" of "C++", ".NET"

Entry = tuple[Technology, Mapping[str, Any]]  # with its patterns


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is written in prose; not `is_sure` where it is an ordinary word as well."""

    text: str
    technology: Technology
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Rules:
    technologies: tuple[Technology, ...]
    by_name: Mapping[str, Technology]  # by folded name, aliases and spellings included
    scripts: tuple[tuple[str, Technology], ...]  # lower-case fragment of an address
    html: tuple[tuple[str, Technology], ...]  # fragment of the markup, case kept
    headers: tuple[tuple[str, str, Technology], ...]  # name, lower-case fragment of the value
    cookies: tuple[tuple[str, Technology], ...]  # beginning of a cookie's name
    metas: tuple[tuple[str, str, Technology], ...]
    words: Mapping[str, tuple[Spelling, ...]]  # by first word; of its spellings the longest first
    folded: Mapping[str, tuple[tuple[str, Spelling], ...]]  # the same in lower case


def by_name(name: str) -> Technology | None:
    """The technology of that name or alias in any case and punctuation: "node js" is Node.js; None if unknown."""
    return rules().by_name.get(_folded(name))


def known() -> tuple[Technology, ...]:
    """Every technology there is a rule for."""
    return rules().technologies


@lru_cache(maxsize=1)
def rules() -> Rules:
    return rules_from({file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")})


def rules_from(files: Mapping[str, Mapping[str, Any]]) -> Rules:
    """The rules of the folder's files, by name: `categories`, and for each group category → technology → patterns.

    Raises `ValueError` on two technologies of one name, an unknown group and an implied name that is none; `KeyError`
    for an unknown category.
    """
    entries = list(_entries(files))
    named = _named(entries)
    entries = [(replace(known, implies=tuple(_implied(known, named))), entry) for known, entry in entries]
    named = _named(entries)
    spellings = [spelling for known, entry in entries for spelling in spellings_of(known, entry)]
    return Rules(
        technologies=tuple(technology for technology, _ in entries),
        by_name=named,
        scripts=tuple((part.lower(), known) for known, entry in entries for part in entry.get("scripts", [])),
        html=tuple((part, known) for known, entry in entries for part in entry.get("html", [])),
        headers=tuple(_pairs(entries, "headers")),
        cookies=tuple((part.lower(), known) for known, entry in entries for part in entry.get("cookies", [])),
        metas=tuple(_pairs(entries, "metas")),
        words=_by_first_word(spellings, str),
        folded={
            first: tuple((spelling.text.lower(), spelling) for spelling in each)
            for first, each in _by_first_word(spellings, str.lower).items()
        },
    )


def spellings_of(technology: Technology, entry: Mapping[str, Any]) -> Iterator[Spelling]:
    for text in entry.get("words", [technology.name]):
        yield Spelling(text, technology, is_sure=True)
    for text in entry.get("ambiguous", []):
        yield Spelling(text, technology, is_sure=False)


def _entries(files: Mapping[str, Mapping[str, Any]]) -> Iterator[Entry]:
    for group in sorted(files.keys() - {CATEGORIES}):
        for category, rows in files[group].items():
            for name, entry in rows.items():
                yield _technology(name, category, files[CATEGORIES][category], entry), entry


def _technology(name: str, category: str, kind: Mapping[str, Any], entry: Mapping[str, Any]) -> Technology:
    if kind["group"] not in GROUPS or kind["chat"] not in CHAT_GROUPS:
        raise ValueError(f"{category!r} is in no known group.")
    return Technology(
        name=name,
        group=entry.get("group", kind["group"]),
        chat_group=kind["chat"],
        category=category,
        vendor=entry.get("vendor", ""),
        integrates=entry.get("integrates", kind.get("integrates", False)),
        implies=tuple(entry.get("implies", ())),
    )


def _named(entries: Iterable[Entry]) -> dict[str, Technology]:
    named: dict[str, Technology] = {}
    for technology, entry in entries:
        spellings = (spelling.text for spelling in spellings_of(technology, entry))
        for name in {technology.name, *entry.get("aliases", []), *spellings}:
            if named.setdefault(_folded(name), technology) is not technology:
                raise ValueError(f"Two technologies are called {name!r}.")
    return named


def _implied(technology: Technology, named: Mapping[str, Technology]) -> Iterator[str]:
    """What it implies, and what that implies, each once and nearest first."""
    told = {technology.name}
    waiting = list(technology.implies)
    while waiting:
        name = waiting.pop(0)
        if _folded(name) not in named:
            raise ValueError(f"{technology.name!r} implies {name!r}, of which there is no rule.")
        if name not in told:
            told.add(name)
            waiting += named[_folded(name)].implies
            yield name


def _pairs(entries: Iterable[Entry], name: str) -> Iterator[tuple[str, str, Technology]]:
    """Rules such as "server: nginx" as ("server", "nginx"); a name alone matches any value."""
    for technology, entry in entries:
        for rule in entry.get(name, []):
            key, _, part = rule.partition(":")
            yield key.strip().lower(), part.strip().lower(), technology


def _by_first_word(spellings: Iterable[Spelling], folded: Callable[[str], str]) -> dict[str, tuple[Spelling, ...]]:
    """Longest first, so that "Azure AD" is not read as "Azure"."""
    found: dict[str, list[Spelling]] = {}
    for spelling in sorted(spellings, key=lambda spelling: len(spelling.text), reverse=True):
        start = FIRST_WORD.match(spelling.text)
        if start is None:
            raise ValueError(f"{spelling.text!r} begins with no letter or digit.")
        found.setdefault(folded(start[0]), []).append(spelling)
    return {first: tuple(each) for first, each in found.items()}


def _folded(name: str) -> str:
    """`name` for comparison: case, spaces and punctuation aside, but "C++", "C#" and "C" apart."""
    return re.sub(r"[^a-z0-9+#]", "", name[:100].lower())
