"""Which technologies there are, and how they show: in a page's scripts, headers, cookies, markup, or a job's text.

Pure: the rules are our own, in `data/technologies.toml`, read once when first asked for.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "data" / "technologies.toml"

GROUPS = frozenset({"frontend", "backend", "infrastructure", "analytics", "collaboration", "security"})
LONGEST_PAGE = 500_000  # characters of markup that are searched
LONGEST_TEXT = 50_000

_START = re.compile(r"(?<![\w.@-])\.?[A-Za-z0-9]+")  # the first word of a spelling: "C" of "C++", ".NET"
_GOES_ON = re.compile(r"[\w+#]|\.\w")  # "Java" is not in "JavaScript", nor "Okta" in "okta.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """A technology. `vendor` sells it ("" for free software); `integrates`: others must work with it."""

    name: str
    group: str  # one of `GROUPS`
    category: str
    vendor: str = ""
    integrates: bool = False
    implies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is visible of a web page. Header names are lower case."""

    html: str = ""
    scripts: tuple[str, ...] = ()  # addresses of scripts, style sheets and frames
    metas: Mapping[str, str] = field(default_factory=dict)  # name → content, lower-case names
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rules:
    technologies: tuple[Technology, ...]
    by_name: Mapping[str, Technology]
    scripts: tuple[tuple[str, Technology], ...]  # lower-case fragment of an address
    html: tuple[tuple[str, Technology], ...]  # fragment of the markup, case kept
    headers: tuple[tuple[str, str, Technology], ...]  # name, lower-case fragment of the value
    cookies: tuple[tuple[str, Technology], ...]  # beginning of a cookie's name
    metas: tuple[tuple[str, str, Technology], ...]
    words: Mapping[str, tuple[tuple[str, Technology], ...]]  # by first word; of its spellings the longest first


def by_name(name: str) -> Technology | None:
    """The technology of that name or alias in any case and punctuation: "node js" is Node.js; None if unknown."""
    return _rules().by_name.get(_folded(name))


def in_text(text: str) -> tuple[Technology, ...]:
    """The technologies that a job's text names, in order. Whole words only, in the case that the name is written in.

    Names that are ordinary words (Go, Box, Segment, Express) are not searched, only their unmistakable spellings
    ("Golang", "Box.com", "Express.js"). Reads the first 50,000 characters.
    """
    return tuple(dict.fromkeys(_named(text[:LONGEST_TEXT])))


def _named(text: str) -> Iterator[Technology]:
    words = _rules().words
    for start in _START.finditer(text):
        for spelling, known in words.get(start[0], ()):
            if text.startswith(spelling, start.start()) and not _GOES_ON.match(text, start.start() + len(spelling)):
                yield known
                break


def in_page(page: Page) -> tuple[Technology, ...]:
    """The technologies that a page's scripts, headers, cookies and markup give away, implied ones last."""
    direct = list(dict.fromkeys(_matches(page)))
    implied = (by_name(name) for technology in direct for name in technology.implies)
    return tuple(dict.fromkeys([*direct, *(technology for technology in implied if technology)]))


def _matches(page: Page) -> Iterator[Technology]:
    rules = _rules()
    addresses = [address.lower() for address in page.scripts]
    html = page.html[:LONGEST_PAGE]
    yield from (known for fragment, known in rules.scripts if any(fragment in address for address in addresses))
    yield from (known for fragment, known in rules.html if fragment in html)
    yield from (
        known
        for name, fragment, known in rules.headers
        if name in page.headers and fragment in page.headers[name].lower()
    )
    cookies = list(_cookies(page.headers.get("set-cookie", "")))
    yield from (known for start, known in rules.cookies if any(name.startswith(start) for name in cookies))
    yield from (known for name, part, known in rules.metas if part in page.metas.get(name, "").lower())


def _cookies(header: str) -> Iterator[str]:
    """Lower-case names of the cookies of one or more joined `Set-Cookie` headers."""
    for match in re.finditer(r"(?:^|,)\s*([^\s=;,]{1,100})=", header[:20_000]):
        yield match[1].lower()


def _folded(name: str) -> str:
    """`name` for comparison: case, spaces and punctuation aside, but "C++", "C#" and "C" apart."""
    return re.sub(r"[^a-z0-9+#]", "", name[:100].lower())


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    return rules_from(RULES.read_text(encoding="utf-8"))


def rules_from(text: str) -> _Rules:
    """The rules of a TOML text. Raises `ValueError` on two technologies of one name and on an unknown group."""
    raw = tomllib.loads(text)
    categories: Mapping[str, Any] = raw["categories"]
    entries = [(_technology(entry, categories), entry) for entry in raw["technologies"]]
    named: dict[str, Technology] = {}
    spellings: dict[str, Technology] = {}
    for technology, entry in entries:
        in_prose = entry.get("words", [technology.name])
        for spelling in {technology.name, *entry.get("aliases", []), *in_prose}:
            if named.setdefault(_folded(spelling), technology) is not technology:
                raise ValueError(f"Two technologies are called {spelling!r}.")
        spellings.update(dict.fromkeys(in_prose, technology))
    return _Rules(
        technologies=tuple(technology for technology, _ in entries),
        by_name=named,
        scripts=tuple((part.lower(), known) for known, entry in entries for part in entry.get("scripts", [])),
        html=tuple((part, known) for known, entry in entries for part in entry.get("html", [])),
        headers=tuple(_pairs(entries, "headers")),
        cookies=tuple((part.lower(), known) for known, entry in entries for part in entry.get("cookies", [])),
        metas=tuple(_pairs(entries, "metas")),
        words=_by_first_word(spellings),
    )


def _technology(entry: Mapping[str, Any], categories: Mapping[str, Any]) -> Technology:
    category = categories[entry["category"]]
    if category["group"] not in GROUPS:
        raise ValueError(f"{entry['category']!r} is in no known group.")
    return Technology(
        name=entry["name"],
        group=entry.get("group", category["group"]),
        category=entry["category"],
        vendor=entry.get("vendor", ""),
        integrates=entry.get("integrates", category.get("integrates", False)),
        implies=tuple(entry.get("implies", ())),
    )


def _pairs(entries: Iterable[tuple[Technology, Mapping[str, Any]]], name: str) -> Iterator[tuple[str, str, Technology]]:
    """Rules such as "server: nginx" as ("server", "nginx"); a name alone matches any value."""
    for known, entry in entries:
        for rule in entry.get(name, []):
            key, _, part = rule.partition(":")
            yield key.strip().lower(), part.strip().lower(), known


def _by_first_word(spellings: Mapping[str, Technology]) -> dict[str, tuple[tuple[str, Technology], ...]]:
    """Longest first, so that "Azure AD" is not read as "Azure"."""
    found: dict[str, list[tuple[str, Technology]]] = {}
    for spelling in sorted(spellings, key=len, reverse=True):
        start = _START.match(spelling)
        if start is None:
            raise ValueError(f"{spelling!r} begins with no letter or digit.")
        found.setdefault(start[0], []).append((spelling, spellings[spelling]))
    return {first: tuple(pairs) for first, pairs in found.items()}
