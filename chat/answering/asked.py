"""What a question singles out: words that a value has to name, and the time that it asks of. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chat.answering.words import TIME_WORDS
from chat.understanding.spans import Span
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
SPELT = {
    "mfa": ("multi-factor", "multifactor", "two-factor"),
    "sso": ("sign-on",),
    "iam": ("identity",),
    "ai": ("artificial",),
}
_COMMON = frozenset(
    "what which when where that this these those their them they there have does did with about from into just some"
    " your more most give show tell know want like need please could would should anything something company been"
    " will last week month quarter year recent recently lately latest today yesterday".split()
)
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class About:
    """What is singled out. `words` in lower case, none where nothing is; `span` where a time is asked of.

    `spoken` are all words of the question: a family may know more of them than whoever understood it.
    """

    words: tuple[str, ...] = ()
    span: Span | None = None
    spoken: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, about: Sequence[str], *, but: Sequence[str] = (), question: str = "", span: Span | None = None
    ) -> "About":
        """`but`: names that single nothing out here, say the company's own."""
        left = TIME_WORDS.union(word for name in but for word in _words(name))
        words = [word for each in about for word in _words(each) if word not in left]
        return cls(tuple(dict.fromkeys(words)), span, frozenset(_words(question)).union(words))

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def shown(self) -> str:
        """As a sentence names it: “okta”."""
        return f"“{' '.join(self.words)}”"

    def is_in(self, value: Any) -> bool:
        """Whether the value names every word."""
        return all(any(fits(value, (each,)) for each in (word, *SPELT.get(word, ()))) for word in self.words)

    def telling(self, values: Sequence[Any], *, but: str = "") -> "About":
        """Itself; where nothing is singled out, the words of the question that some of the values name and not all."""
        if self.words:
            return self
        spoken = [word for word in sorted(self.spoken) if len(word) > 3 and word not in _COMMON.union(but.split())]
        counts = {word: sum(fits(value, (word,)) for value in values) for word in spoken}
        words = tuple(word for word, count in counts.items() if 0 < count < len(values))
        return replace(self, words=words[:1])

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
