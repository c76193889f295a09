"""Whether a text or a site is about the company that was asked for, or about another one with a similar name. Pure."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from enrichment.naming import Likeness, Named, likeness
from enrichment.sources.base import CompanyRef

_DATA = tomllib.loads((Path(__file__).parents[1] / "data" / "naming.toml").read_text(encoding="utf-8"))
_AFTER_NAMES = Path(__file__).parents[1] / "data" / "after_names.toml"
_LEGAL_FORMS = frozenset(_DATA["legal_forms"])
_KINDS_OF_COMPANY = frozenset(_DATA["kinds_of_company"])

_WORD = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*[+!]*")


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registrable(address: str) -> str | None:
    """The registrable domain of a URL or host in any spelling, lower case: "https://www.acme.co.uk/en" → "acme.co.uk".

    None for an IP address, a public suffix itself or anything that is no host.
    """
    text = address.strip().lower()[:2000]
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.rstrip(".").encode("idna").decode("ascii") if not host.isascii() else host.rstrip(".")
    except ValueError:
        return None
    if not re.fullmatch(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}", host):
        return None
    return _suffixes().privatesuffix(host)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a company's name in lower case, without its legal form: "The Acme Corp." → ("acme",)."""
    words = [_bare(word) for word in _WORD.findall(unicodedata.normalize("NFC", name[:300]))]
    kept = words[1:] if len(words) > 1 and words[0] == "the" else words
    while len(kept) > 1 and kept[-1] in _LEGAL_FORMS:
        kept = kept[:-1]
    return tuple(kept)


def same_name(one: str, other: str) -> bool:
    """Whether two names are one: they differ in spelling, script, legal form, "Group" or the country's name alone.

    Short forms, former names and slips of the pen are not enough: merging two companies is worse than missing a record.
    """
    return bool(words_of(one)) and likeness(Named(name=one), Named(name=other)) is Likeness.CERTAIN


def same_legal_name(one: str, other: str) -> bool:
    """Whether two names differ at most in case, punctuation and legal form: Acme Holdings is no Acme."""
    return bool(words_of(one)) and words_of(one) == words_of(other)


def is_theirs(name: str, domain: str | None, company: CompanyRef) -> bool:
    """Whether a record of that name and domain is the company's: by the domain where both are known, else by name."""
    if domain is not None and company.domain is not None:
        return domain == company.domain
    return any(same_name(name, known) for known in (company.name, *company.aliases))


class Listed(Protocol):
    """A company as some register lists it; `website` in any spelling, "" where it does not say."""

    @property
    def name(self) -> str: ...

    @property
    def website(self) -> str: ...


Entry = TypeVar("Entry", bound=Listed)


def own_of(entries: Sequence[Entry], company: CompanyRef) -> Entry | None:
    """The company's entry: the one of its domain; where no domain is known, the only one of its name."""
    if company.domain:
        return next((entry for entry in entries if registrable(entry.website) == company.domain), None)
    names = (company.name, *company.aliases)
    called = [entry for entry in entries if any(same_name(entry.name, name) for name in names)]
    return called[0] if len(called) == 1 else None


class Naming(IntEnum):
    """How a text names a company."""

    NOT = 0
    SHORTLY = 1  # by one word that is not its whole name: "Acme" for "Acme Corp"
    FULLY = 2


def naming(text: str, company: CompanyRef) -> Naming:
    """How `text` names the company: by one of its names in whole words, not as part of a longer company name.

    For "Acme Corp": "Acme Corp. buys" FULLY, "Acme hires a CISO" SHORTLY, "Acme Industries opens a plant" and "a box of
    acme thread" NOT. A name must be written as one, not in lower case, unless the company writes itself so.
    """
    written = _WORD.findall(unicodedata.normalize("NFC", text[:5000]))
    folded = [_bare(word) for word in written]
    return max(_naming(written, folded, name, is_own=name == company.name) for name in (company.name, *company.aliases))


def goes_on_as_a_company(text: str, company: CompanyRef) -> bool:
    """Whether what follows a one-word name of it in `text` may be said of a company: "Acme hires", "Acme's plant".

    Followed by another noun the name is somebody else's or a thing's: "Acme anvils", "Summit of world leaders".
    """
    text = unicodedata.normalize("NFC", text[:5000])
    words = list(_WORD.finditer(text))
    short = {named[0] for name in (company.name, *company.aliases) if len(named := words_of(name)) == 1}
    for at, word in enumerate(words):
        if _bare(word[0]) in short:
            after = words[at + 1] if at + 1 < len(words) else None
            if after is None or word[0].casefold().endswith(("'s", "’s")) or text[word.end() : after.start()].strip():
                return True
            if _bare(after[0]) in _after_names():
                return True
    return False


@lru_cache(maxsize=1)
def _after_names() -> frozenset[str]:
    listed = tomllib.loads(_AFTER_NAMES.read_text(encoding="utf-8"))
    return frozenset(word for words in listed.values() for word in words)


def _bare(word: str) -> str:
    """`word` for comparison, without a possessive, a ".com", dots and accents: "Acmé's" and "acme.com" → "acme"."""
    letters = (c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return re.sub(r"(?:\.com)?(?:'s?)?$", "", "".join(letters).replace("’", "'")).replace(".", "")


def _naming(written: list[str], folded: list[str], name: str, *, is_own: bool) -> Naming:
    wanted = words_of(name)
    one_word = is_own and len(_WORD.findall(name)) == 1
    best = Naming.NOT
    for start in range(len(folded) - len(wanted) + 1) if wanted else ():
        end = start + len(wanted)
        if tuple(folded[start:end]) != wanted or (written[start].islower() and not name[:1].islower()):
            continue
        possessive = written[end - 1].casefold().endswith(("'s", "’s"))
        following = folded[end] if end < len(folded) and not possessive else ""
        if following in _KINDS_OF_COMPANY and written[end][:1].isupper():
            continue
        is_whole = one_word or len(wanted) > 1 or following in _LEGAL_FORMS
        best = max(best, Naming.FULLY if is_whole else Naming.SHORTLY)
    return best
