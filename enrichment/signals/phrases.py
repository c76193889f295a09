"""Texts as stems, and the phrases of a lexicon that stand in them. Pure.

A stem is a word without the endings that English puts to it: "cuts", "cutting" and "cut" are one. Words of other
languages lose no more than a plural s or the like, in a lexicon and in a text alike.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_WORD = re.compile(
    r"[a-zß-öø-ÿœšžąćęłńóśźżğışčřů0-9]+(?:[.&'/-][a-zß-öø-ÿœšžąćęłńóśźżğışčřů0-9]+)*|[?:!]", re.IGNORECASE
)
_VOWEL = re.compile(r"[aeiouy]")
_SAME_SIGN = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": " ", "‐": "-", "‑": "-"})

GAP = "*"  # in a phrase: one to four words of any kind
_WIDEST_GAP = 4


def words(text: str) -> list[str]:
    """The words of a text in its case, and its marks "?", ":" and "!"."""
    return _WORD.findall(text.translate(_SAME_SIGN))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A word without its ending: "acquires" and "acquiring" → "acquir"; up to three letters stay as they are."""
    word = word.lower().removesuffix("'s").removesuffix("'")
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = _without_tense(word)
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _without_tense(word: str) -> str:
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if len(root) >= 3 and root != word and _VOWEL.search(root):
            doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz"
            return root[:-1] if doubled else root
    return word


def stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a text: its stems from `start` to before `end`."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Lexicon:
    """Phrases by kind, found by their first stem. A `*` in a phrase stands for up to four words."""

    _starting: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    def add(self, kind: str, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            parts = tuple(part for word in phrase.split() for part in ([GAP] if word == GAP else stems(word)))
            if not parts or GAP in (parts[0], parts[-1]):
                raise ValueError(f"{kind}: a phrase starts and ends with a word, not so {phrase!r}")
            self._starting.setdefault(parts[0], []).append((parts, kind))

    def find(self, text: Sequence[str]) -> Iterator[Found]:
        """The phrases in a text of stems, from its start; of each kind at each place the longest."""
        for at, first in enumerate(text):
            longest: dict[str, int] = {}
            for parts, kind in self._starting.get(first, ()):
                end = _end_of(parts, text, at)
                if end > longest.get(kind, 0):
                    longest[kind] = end
            for kind, end in longest.items():
                yield Found(at, end, kind)


def _end_of(parts: Sequence[str], text: Sequence[str], at: int) -> int:
    """Where the phrase that starts at `at` ends; 0 where it does not stand there."""
    place = at
    for number, part in enumerate(parts):
        if part == GAP:
            sought = parts[number + 1]
            place = next((p for p in range(place + 1, min(place + 1 + _WIDEST_GAP, len(text))) if text[p] == sought), 0)
            if not place:
                return 0
        elif place >= len(text) or text[place] != part:
            return 0
        else:
            place += 1
    return place
