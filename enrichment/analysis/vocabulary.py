"""Which words need no citing: a glossary of ordinary ones, and those of our own sentences and themes.

A word is ordinary if the glossary has it or a base form that it is made from by a common ending: "onboards",
"prioritised", "cheaper". That is generous with ordinary words and has no room for names.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from enrichment.analysis import phrases
from enrichment.analysis.needs import THEMES
from enrichment.analysis.text import words_in

_FILE = Path(__file__).parents[1] / "data" / "glossary.txt"

# ending → what it may stand in place of
_ENDINGS = (
    ("ies", ("y",)), ("ied", ("y",)), ("ier", ("y",)), ("iest", ("y",)), ("ily", ("y",)), ("iness", ("y",)),
    ("s", ("",)), ("es", ("", "e")), ("ed", ("", "e")), ("ing", ("", "e")), ("er", ("", "e")), ("ers", ("", "e")),
    ("est", ("", "e")), ("ly", ("", "le")), ("ally", ("", "al")), ("ment", ("",)), ("ments", ("",)),
    ("ness", ("",)), ("able", ("", "e")), ("ability", ("able",)), ("ation", ("", "e")), ("ations", ("", "e")),
    ("ion", ("", "e")), ("ions", ("", "e")), ("al", ("", "e")), ("ful", ("",)), ("less", ("",)), ("'t", ("",)),
    ("n't", ("",)), ("'re", ("",)), ("'ve", ("",)), ("'ll", ("",)), ("'d", ("",)),
)  # fmt: skip
_BEGINNINGS = ("un", "re", "non", "over", "pre", "mis", "inter", "multi", "co")


def _written() -> Iterator[str]:
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line
    yield from phrases.vocabulary()
    for theme in THEMES.values():
        yield f"{theme.label} {theme.outcome}"


_WORDS = frozenset(word for text in _written() for word in words_in(text))
_ORDINARY = frozenset(word for word in _WORDS if word == word.casefold()) | frozenset(
    word.casefold() for text in phrases.vocabulary() for word in words_in(text)
)
_CAPITALS = frozenset(word for word in _WORDS if word != word.casefold() and not word.istitle()) | {"I"}


def is_ordinary(word: str) -> bool:
    """Whether a word written in small letters (or at the start of a sentence) needs no citing."""
    return word in _CAPITALS or _has_base(word.casefold())


def is_capital_ordinary(word: str) -> bool:
    """Whether a word with capitals in mid-sentence needs no citing: "SSO" and "I" do not, "Slack" does."""
    return word in _CAPITALS


@lru_cache(maxsize=8192)
def _has_base(word: str) -> bool:
    if word in _ORDINARY or any(base in _ORDINARY for base in _bases(word)):
        return True
    return any(
        word.startswith(start) and len(word) > len(start) + 3 and _has_base(word[len(start) :]) for start in _BEGINNINGS
    )


def _bases(word: str) -> Iterator[str]:
    for ending, stands_for in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        yield from (stem + base for base in stands_for)
        if len(stem) > 3 and stem[-1] == stem[-2] and ending in {"ed", "ing", "er", "ers", "est"}:
            yield stem[:-1]  # planned, planning
