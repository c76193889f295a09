"""What is said of a company, as far as it tells which one is meant. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from enrichment.naming.forms import data, forms, standing_for
from enrichment.naming.spelling import folded

LONGEST = 2_000  # characters of what is said

_NO_BUSINESS = frozenset(data()["said"]["no_business"])
_FRANCHISE = re.compile(r"\bfranchise\w*\b")


def is_called_so(said: str, name: str) -> bool:
    """Whether what is said of a company gives `name` as another name of it: "formerly Highland Gauge Works"."""
    return _ties("called", said, name)


def is_renamed_so(said: str, one: str, other: str) -> bool:
    """Whether what is said has both names, and that a name was changed: "Noctiluca (fd Teledyx AB)"."""
    text = " ".join(words_said(said))
    return bool(_one_of("renamed").search(text)) and _has_name(text, one) and _has_name(text, other)


def _has_name(text: str, name: str) -> bool:
    called = {" ".join(each) for form in forms(name) for each in (form.plain, form.core)}
    return any(each and each in text for each in called)


def is_owned_so(said: str, name: str) -> bool:
    """Whether what is said ties a company to `name` as another company: "acquired by Grantham Labs"."""
    return bool(_FRANCHISE.search(folded(said))) or _ties("owned", said, name)


def is_denied_so(said: str, name: str) -> bool:
    """Whether what is said keeps a company apart from `name`: "no relation to Lumen Optics", "sued Lumen Optics"."""
    text = " ".join(words_said(said))
    return bool(_one_of("denied").search(text)) and _has_name(text, name)


@lru_cache(maxsize=2)
def _one_of(kind: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(data()['said'][kind])})\b")


def _ties(how: str, said: str, name: str) -> bool:
    """Whether the words for such a tie stand right before or behind the name."""
    if not said:
        return False
    names = {" ".join(each) for form in forms(name) for each in (form.plain, form.core)}
    called = "|".join(re.escape(each) for each in names if each)
    before, after = ("|".join(data()["said"][f"{how}_{place}"]) for place in ("before", "after"))
    filling = r"(?:in (?:early |late )?\d{4} )?(?:(?:a|an|the|as|its|us|local|to|from) ){0,2}"
    tie = rf"\b(?:{before}) {filling}(?:{called})\b|\b(?:{called}) (?:{after})\b"
    return bool(called and re.search(tie, " ".join(words_said(said))))


@lru_cache(maxsize=512)
def words_said(said: str) -> tuple[str, ...]:
    """A text's words, each by the one that stands for it in names."""
    return standing_for(folded(said[:LONGEST]).split())


@lru_cache(maxsize=1)
def _lines() -> dict[str, re.Pattern[str]]:
    return {name: _any_of(words) for name, words in data()["business"].items()}


@lru_cache(maxsize=1)
def _news() -> re.Pattern[str]:
    return _any_of(data()["business_like"]["words"])


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in words)})\b")


def lines_of_business(text: str) -> frozenset[str]:
    """The lines of business that a name, or what is said, shows."""
    read = folded(text)
    return frozenset(name for name, words in _lines().items() if words.search(read))


def is_about_business(said: str) -> bool:
    """Whether it speaks of a company at all: "opens twenty stores"."""
    return bool(_news().search(folded(said)))


def is_common_noun(said: str, name: str) -> bool:
    """Whether the one word of a name stands there in lower case: "a red stripe was painted"."""
    if not name[:1].isupper():
        return False
    word = re.search(rf"(?<![\w.@]){re.escape(name)}(?![\w.])", said, re.IGNORECASE)
    return word is not None and word[0].islower()


def is_part_of_longer_name(said: str, name: str) -> bool:
    """Whether what is said has the name inside another's: "Café Stellwerk", "the Betty Ford Clinic", "in Bramfield"."""
    found = re.search(rf"(\w+)?[ ’'-]?(?<!\w){re.escape(name)}(?!\w)(?: (\w+))?", said)
    if found is None or " " in name:
        return False
    before, after = found[1] or "", found[2] or ""
    if (
        before.casefold() in data()["said"]["where"]
        or after.casefold() in data()["said"]["places"]
        or (after[:1].isupper() and lines_of_business(after))
    ):
        return True
    return before[:1].isupper() and not _begins_sentence(before) and not is_about_business(before)


def _begins_sentence(word: str) -> bool:
    return word.casefold() in data()["said"]["starts"]


def is_elsewhere(said: str) -> bool:
    """Whether it speaks of a place, of nature or of faith rather than of a company."""
    return bool(lines_of_business(said) & _NO_BUSINESS) and not is_about_business(said)
