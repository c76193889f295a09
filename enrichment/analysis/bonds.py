"""Which words of a clause belong together, and whether they do where they are cited.

“Tellers sign in to eleven systems” and “Systems sign in to eleven tellers” are made of the same words. What a clause
says lies in how it binds them: each word to the telling word before it, in that order. A bond that no cited item has
makes a claim that nobody made. Names of technologies stand beside each other in any order, and so do the words on both
sides of a passive, an “of” or a “by”; words that only paraphrase an item bind nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from enrichment.analysis.asserting import LIGHT
from enrichment.analysis.stems import STOP, root_of
from enrichment.analysis.text import words_in
from enrichment.technologies import by_name

_REACH = 8  # words from one to the next that it is bound to
_PASSIVE = frozenset({"is", "are", "was", "were", "be", "been", "being", "by", "of"})
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_ENDS = frozenset({"and", "or", "while", "but", "as", "says", "reports", "reported", "writes"})


@dataclass(frozen=True)
class Sequel:
    """The words of an item in their order, its title before its text."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(word.casefold() for word in words_in(self.text))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The root of each word → where it stands."""
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            found.setdefault(root_of(word), []).append(place)
        return found

    def binds(self, first: str, second: str, *, turned: bool) -> bool:
        """Whether the second word follows the first, or comes before it where the clause or the item turns them."""
        for one in self.places.get(root_of(first), ()):
            for other in self.places.get(root_of(second), ()):
                if 0 < other - one <= _REACH:
                    return True
                if 0 < one - other <= _REACH and (turned or "by" in self.words[other:one]):
                    return True
        return False


def complaint(clause: str, told: Sequence[Sequel], names: frozenset[str]) -> str | None:
    """The first two words of the clause that no item binds; None where each bond is cited. `names` bind nothing."""
    for first, second, turned in _bonds(clause, told, names):
        if not any(item.binds(first, second, turned=turned) for item in told):
            return f"puts together what the cited items do not: {first} {second}"
    return None


def _bonds(clause: str, told: Sequence[Sequel], names: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    before, turned, last = "", False, ""
    for written in words_in(_DATE.sub(" ", clause)):
        word = written.casefold()
        turned, last = turned or (last == "in" and written[:1].isupper()), word  # a place stands before or behind
        if word in _ENDS or word in names or (written[:1].isupper() and by_name(written) is not None):
            before = ""
        elif word in STOP or word in LIGHT or word.removesuffix("s") in LIGHT:
            turned = turned or word in _PASSIVE
        elif word[0].isdigit() and not word.isdigit():
            continue  # a sum in letters and figures: it counts by itself
        elif any(root_of(word) in item.places for item in told):
            if before and root_of(before) != root_of(word):
                yield before, word, turned
            before, turned = word, False
