"""What a question singles out: words that a value has to name, and the time that it asks of. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chat.answering.words import BESIDE_A_PERIOD, PERIODS
from enrichment.door import fits, technology_named

# An office in letters and in words: whoever asks for the one means the other.
OFFICES = {
    "ceo": "chief executive officer",
    "cfo": "chief financial officer finance",
    "cio": "chief information officer it",
    "ciso": "chief information security officer",
    "cmo": "chief marketing officer",
    "coo": "chief operating officer operations",
    "cpo": "chief product officer",
    "cro": "chief revenue officer sales",
    "cso": "chief security officer",
    "cto": "chief technology officer engineering",
    "hr": "human resources people",
    "vp": "vice president",
}
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class About:
    """`words` in lower case, none where nothing is singled out; `span` where a time is asked of."""

    words: tuple[str, ...] = ()
    span: timedelta | None = None

    @classmethod
    def of(cls, about: Sequence[str], *, but: Sequence[str] = ()) -> "About":
        """`but`: names that single nothing out here, say the company's own."""
        left = {word for name in but for word in _words(name)}
        words = [word for each in about for word in _words(each) if word not in left]
        span = next((PERIODS[_single(word)] for word in words if _single(word) in PERIODS), None)
        beside = BESIDE_A_PERIOD | PERIODS.keys()
        return cls(tuple(dict.fromkeys(word for word in words if _single(word) not in beside)), span)

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def shown(self) -> str:
        """As a sentence names it: “okta”."""
        return f"“{' '.join(self.words)}”"

    def is_in(self, value: Any) -> bool:
        """Whether the value names every word."""
        return fits(value, self.words)

    def is_title(self, title: str) -> bool:
        """Whether the title says it, an office in letters for one in words and the other way round."""
        spoken = set(_words(title))
        full = [words for short, words in OFFICES.items() if short in spoken]
        short = [short for short, words in OFFICES.items() if set(words.split()[:3]) <= spoken]
        return fits([title, *full, *short], self.words)

    def is_technology(self, name: str) -> bool:
        """Whether it is that technology under any of its names."""
        meant = technology_named(" ".join(self.words))
        found = technology_named(name)
        return (meant is not None and found is not None and meant.name == found.name) or self.is_in(name)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(str(text))]


def _single(word: str) -> str:
    return word.removesuffix("s") if word.removesuffix("s") in PERIODS else word
