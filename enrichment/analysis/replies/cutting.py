"""A reply cut into sentences while it streams in. Pure.

A model writes each sentence on a line of its own with the ids of its evidence behind it: "They hire. [e1, e2]". A line
is read once it is over, so how the text is cut on its way changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from enrichment.analysis.text import legible

LONGEST_LINE = 2_000  # characters; what is longer is no line of sentences
LONGEST = 600  # characters of a sentence
MOST = 12  # sentences of a reply
NOTHING = "NONE"  # what a model writes that finds no answer

_IDS = r"\[\s*(?:[A-Za-z]{1,3}\d{1,12})(?:\s*[,;]\s*[A-Za-z]{1,3}\d{1,12}){0,19}\s*\]"
_CITED = re.compile(rf"(?:\s*{_IDS})+[ .]*")
_ID = re.compile(r"[A-Za-z]{1,3}\d{1,12}")
_MARK = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a model wrote it, and the ids that it cites."""

    text: str
    evidence: tuple[str, ...]


@dataclass(slots=True)
class Cutter:
    """Takes pieces of a text, gives the sentences that are over; `end` gives those of the last line."""

    _line: str = ""
    _is_too_long: bool = False
    _given: set[str] = field(default_factory=set)

    def feed(self, piece: str) -> list[Sentence]:
        """The sentences that this piece ends, at most `MOST` of a reply, none twice."""
        *over, rest = piece.split("\n")
        found = []
        for part in over:
            self._take(part)
            found += self.end()
        self._take(rest)
        return found

    def end(self) -> list[Sentence]:
        """The sentences of the line so far, which is over."""
        line, too_long = self._line, self._is_too_long
        self._line, self._is_too_long = "", False
        return [] if too_long else [each for each in sentences_in(line) if self._is_new(each)]

    def _take(self, part: str) -> None:
        self._is_too_long = self._is_too_long or len(self._line) + len(part) > LONGEST_LINE
        self._line = "" if self._is_too_long else self._line + part

    def _is_new(self, sentence: Sentence) -> bool:
        known = " ".join(sentence.text.casefold().split())
        if known in self._given or len(self._given) >= MOST:
            return False
        self._given.add(known)
        return True


def sentences_in(line: str) -> Iterator[Sentence]:
    """What a line says, each part with the ids behind it; what stands behind the last ids cites nothing."""
    at = 0
    for found in _CITED.finditer(line):
        yield from _sentence(line[at : found.start()], tuple(dict.fromkeys(_ID.findall(found[0]))))
        at = found.end()
    yield from _sentence(line[at:], ())


def _sentence(text: str, evidence: tuple[str, ...]) -> Iterator[Sentence]:
    plain = legible(_MARK.sub("", text.strip()), LONGEST)
    if plain and plain.strip(" .") != NOTHING:
        yield Sentence(plain, evidence)
