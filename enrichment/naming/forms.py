"""The shapes of a company's name that are compared with another's. Pure."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from enrichment.naming.scripts import in_latin
from enrichment.naming.spelling import DATA, descriptors, name_key, words
from enrichment.naming.spelling import forms as legal_forms

_LONG_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
_UMLAUTS = str.maketrans(_LONG_UMLAUTS | {short.upper(): long.title() for short, long in _LONG_UMLAUTS.items()})
LONGEST_NAME = 300  # characters that are looked at
FEW_WORDS = 2
LONGEST_PLACE = 5  # words: "Europe, Middle East and Africa"
_OF = frozenset({"of", "de", "do", "del", "da", "d", "in", "en", "and"})
_SITE = re.compile(r"(\w{3,})\.(?:com|net|org|io|ai|co|app|dev|de)\b", re.IGNORECASE)
_HALF_RINGS = re.compile(r"[ʿʾ]")  # of Arabic and Hebrew in Latin letters
_ASIDE = re.compile(r"\(([^()]*)\)")
# What a page's title adds: "Acme - Careers", "Acme | LinkedIn", "Jobs at Acme".
_PAGE_AFTER = re.compile(
    r"\s+[|·•:–—-]+\s+(?:careers?|jobs?|vacancies|linkedin|overview|home(?:page)?|official (?:site|website|page)"
    r"|company profile|crunchbase|glassdoor|facebook|profile|contact(?: us)?|about(?: us)?|karriere|stellenangebote"
    r"|emplois?|empleos?|impressum"
    r"|wikipedia|reviews|indeed|kununu|xing|investor relations|newsroom|press room)(?:\s.*)?$",
    re.IGNORECASE,
)
_PAGE_BEFORE = re.compile(r"^(?:jobs at|careers at|working at|welcome to|about us at)\s+", re.IGNORECASE)


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    return tomllib.loads((DATA / "name_words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Words that many companies share: ordinary ones, surnames, trades; as they are written and as compared."""
    written = {*data()["common"]["words"], *kinds(), *descriptors()}
    return frozenset(written | {_standing().get(word, word) for word in written})


@lru_cache(maxsize=1)
def kinds() -> frozenset[str]:
    """Words for what a company is: trades and kinds of company, also of other languages."""
    trades = {word for line in data()["business"].values() for word in line if " " not in word}
    listed = tomllib.loads((DATA / "naming.toml").read_text(encoding="utf-8"))["kinds_of_company"]
    return frozenset(trades | {*listed} | {*data()["kinds"]["words"]})


@lru_cache(maxsize=1)
def _standing() -> dict[str, str]:
    """Word → the one that stands for it: "saint" → "st"."""
    return {word: short for short, longs in data()["same"].items() for word in longs}


@lru_cache(maxsize=1)
def _phrases() -> tuple[frozenset[tuple[str, ...]], ...]:
    return tuple(
        frozenset(tuple(phrase.split()) for phrase in data()[name])
        for name in ("group_after", "places_after", "group_before", "firm_before", "register_after")
    )


@dataclass(frozen=True, slots=True)
class Form:
    """A name without its legal form: `plain`; `core`, without group and country either; and that as it is `spelt`.

    "Marks & Spencer Group plc": ("marks", "and", "spencer", "group"), ("marks", "and", "spencer") twice.
    """

    plain: tuple[str, ...]
    core: tuple[str, ...]
    spelt: tuple[str, ...]

    @property
    def joined(self) -> str:
        return "".join(self.core)


@lru_cache(maxsize=4096)
def forms(name: str) -> tuple[Form, ...]:
    """The forms of a name: accents dropped, umlauts with "ue" for "ü", without ".com", without what stands in front.

    In front stand legal forms that may also be words ("UAB Pienas") and words for a firm ("Firma Pienas").
    """
    spellings = dict.fromkeys((name, name.translate(_UMLAUTS), _SITE.sub(r"\1", name)))
    found = [_form(spelling) for spelling in spellings]
    return tuple(dict.fromkeys([*found, *(shorter for form in found for shorter in _without_front(form))]))


def _without_front(form: Form) -> Iterator[Form]:
    """The form without a legal form in front that may also be a word, where more than common words are left."""
    for length in (2, 1):
        front = form.plain[:length]
        is_front = front in legal_forms().after or front in _phrases()[3]
        if len(form.plain) > length and is_front and not are_common(form.core[length:]):
            yield Form(form.plain[length:], form.core[length:], form.spelt[length:])
            return


def standing_for(of: Iterable[str]) -> tuple[str, ...]:
    """Words, each by the one that stands for it: ("saint", "ives") → ("st", "ives")."""
    return _figures([_standing().get(word, word) for word in of])


def _figures(of: list[str]) -> tuple[str, ...]:
    """Words with tens and units that stand side by side as one figure: ("40", "2", "lab") → ("42", "lab")."""
    joined: list[str] = []
    for word in of:
        is_unit = word.isdigit() and len(word) == 1 and word != "0"
        if is_unit and joined and re.fullmatch(r"[2-9]0", joined[-1]):
            joined[-1] = str(int(joined[-1]) + int(word))
        else:
            joined.append(word)
    return tuple(joined)


def _form(name: str) -> Form:
    name = _HALF_RINGS.sub("", name)
    name = _PAGE_BEFORE.sub("", _PAGE_AFTER.sub("", name[:LONGEST_NAME]))
    spelt = _without_legal_form(_ASIDE.sub(_opened, name).replace(" + ", " & "))
    core = _core(spelt)
    return Form(standing_for(spelt), standing_for(core), core)


def _opened(aside: re.Match[str]) -> str:
    """What stands in brackets; nothing where it is a country."""
    return " " if words(aside[1]) in _phrases()[1] else f" {aside[1]} "


def _without_legal_form(name: str) -> tuple[str, ...]:
    key = name_key(name)
    return words(in_latin(key)) or tuple(key.split())


def _core(spelt: tuple[str, ...]) -> tuple[str, ...]:
    """Without the words for a group at either end and the country at the end, as long as a word of its own is left."""
    after, places, before, _, registered = _phrases()
    after |= registered
    while True:
        for length in range(LONGEST_PLACE, 0, -1):
            left = spelt[:-length]
            if left and (spelt[-length:] in after or spelt[-length:] in places) and not _is_too_little(left):
                left = left[:-1] if len(left) > 1 and left[-1] in _OF else left
                spelt = _without_legal_form(" ".join(left))
                break
        else:
            front = next((length for length in (2, 1) if len(spelt) > length and spelt[:length] in before), 0)
            return spelt[front:]


def _is_too_little(left: tuple[str, ...]) -> bool:
    """Whether a name would be one common word without its last: "Summit UK", "The Bank Group"."""
    return are_common(left) and len(left) < FEW_WORDS


def are_common(of: Iterable[str]) -> bool:
    """Whether these are words that many companies share, figures and initials: they do not tell which one is meant."""
    return all(word in common() or word.isdigit() or len(word) == 1 for word in of)


def is_place(of: tuple[str, ...]) -> bool:
    """Whether it is the name of a country or of a part of the world."""
    return of in _phrases()[1]


def stems(of: tuple[str, ...]) -> tuple[str, ...]:
    """Words without their plural, but for the first: ("ollerby", "dairies") → ("ollerby", "dair")."""
    return (*of[:1], *(_stem(word) for word in of[1:]))


def _stem(word: str) -> str:
    if len(word) < 5:
        return word
    single = word if word.endswith("ss") else word.removesuffix("s")
    return single.removesuffix("e").removesuffix("i").removesuffix("y")
