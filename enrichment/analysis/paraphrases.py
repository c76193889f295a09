"""Other words for what a text says: synonyms, months of its dates, where its cities are, titles in letters.

A sentence that uses one of them says no more than the text does. What would turn its sense round is in no group.
"""

import calendar
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from enrichment.analysis.stems import root_of, roots
from enrichment.analysis.text import bag, normal

_FILE = Path(__file__).parents[1] / "data" / "paraphrases.toml"
_RAW: Mapping[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_PHRASES = [(frozenset(root_of(w) for w in same if " " not in w), [w for w in same if " " in w], frozenset(same))
            for same in _RAW["same"]]  # fmt: skip
_DAY = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-\d{2}\b")


@lru_cache(maxsize=4096)
def other_words(text: str) -> frozenset[str]:
    """Words, with and without endings, that may stand for words of the text."""
    read, words = normal(text), bag(text)
    found = frozenset(_synonyms(read, roots(words))) | frozenset(_names(read, words))
    return roots(frozenset(word for phrase in found for word in phrase.split()))


def _synonyms(read: str, words: frozenset[str]) -> Iterator[str]:
    for single, phrases, same in _PHRASES:
        if single & words or any(phrase in read for phrase in phrases):
            yield from same


def _names(read: str, words: frozenset[str]) -> Iterator[str]:
    for day in _DAY.finditer(read):
        if 1 <= int(day["month"]) <= 12:
            yield calendar.month_name[int(day["month"])].casefold()
    for people, places in _RAW["demonyms"].items():
        if any(place in words or (" " in place and place in read) for place in places):
            yield people
    for city, around in _RAW["cities"].items():
        if city in words:
            yield around
    for letters, title in _RAW["titles"].items():
        if title in read or letters in words:
            yield from (letters, title)
