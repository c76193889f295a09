"""What an inferred sentence may say: only ordinary words, and what its own citations, the vendor and the names hold.

The check is closed: a word that nothing accounts for withholds the sentence, whether it looks like a name or not. So a
person, technology, product, sum or date that an engine adds is caught without being recognised.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from enrichment.analysis import phrases
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.needs import THEMES, themes_of
from enrichment.analysis.text import (
    Number,
    bag,
    holds,
    normal,
    numbers_in,
    without_numbers,
    words_after_numbers,
    words_in,
)
from enrichment.analysis.vocabulary import is_capital_ordinary, is_ordinary
from enrichment.technologies import by_name

_MARKUP = re.compile(r"://|www\.|\b[\w.+-]+@[\w-]|[<>`{}\\]|\]\s?\(|\]\[|\*\*|__")
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?:;→•])\s+|[“”\"«»()\n]|\s[-–—]\s|\s→\s|(?<=\s)'|'(?=\s|$)")
_CHUNK = re.compile(r"[^\s/]+")
_ENDS_RUN = frozenset(".,;:!?")
_RELATIVE_DATE = re.compile(
    r"\b(?:last|past|this|next|previous|coming|current|recent) (?:\w+ )?"
    r"(?:day|week|weekend|month|quarter|year|decade)s?\b"
    r"|\b(?:yesterday|tomorrow|tonight|overnight)\b"
)
_COMMON_TOO = frozenset({"go", "teams"})  # ordinary words that are technologies as well
_STOP_WORDS = (
    "a about after all also an and any are as ask at be because been before but by can could do does during for"
    " from get had has have how if in into is it its may more most much must need new no not now of on once one only"
    " or our out over own same shall should show so some than that the their them then there these they this those"
    " through to today under up use used uses using very was we were what when where which while who whom why will"
    " with within without work would you your"
)
_STOP = frozenset(_STOP_WORDS.split())


class Told:
    """A text that sentences may draw on, taken apart once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def normal(self) -> str:
        return normal(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return bag(self.text)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Each word with the one after it."""
        words = [word.casefold() for word in words_in(self.text)]
        return frozenset(itertools.pairwise(words))

    @cached_property
    def numbers(self) -> frozenset[Number]:
        return frozenset(numbers_in(self.text))

    @cached_property
    def counted(self) -> frozenset[tuple[Number, str]]:
        """Each number with each of the four words after it."""
        return frozenset(words_after_numbers(self.text, 4))

    @cached_property
    def themes(self) -> frozenset[str]:
        return themes_of(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return stems(self.words)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a sentence may draw on.

    `cited` are the texts of its citations, `subjects` and `themes` what they are about in our words; `vendor` the
    vendor's own texts; `names` those of company, vendor, role, segment and region.
    """

    cited: Sequence[Told]
    subjects: frozenset[str]
    themes: frozenset[str]
    vendor: Sequence[Told]
    names: Sequence[Told]


def complaint(sentence: str, sources: Sources, *, is_promise: bool = False) -> str | None:
    """Why `sentence` may not stand; None where it may."""
    if _MARKUP.search(sentence) or any(not _is_named(host, sources) for host in _HOST.findall(sentence)):
        return "holds a link, an address or markup"
    if talks_to_machines(sentence):
        return "talks to machines"
    return (
        _foreign_number(sentence, sources)
        or _foreign_date(sentence, sources)
        or _foreign_word(sentence, sources)
        or _off_subject(sentence, sources)
    )


def _is_named(host: str, sources: Sources) -> bool:
    """Whether what looks like a host is a known technology ("Node.js") or one of the names ("Booking.com")."""
    return by_name(host) is not None or any(holds(name.text, host) for name in sources.names)


def _foreign_number(sentence: str, sources: Sources) -> str | None:
    borne = set[Number]().union(*(told.numbers for told in (*sources.cited, *sources.names)))
    borne |= {("", value) for kind, value in borne if kind == "%"}
    # A figure of the vendor's counts only what it counts in the vendor's own words.
    of_vendor = set[tuple[Number, str]]().union(*(told.counted for told in sources.vendor))
    borne |= {pair[0] for pair in words_after_numbers(sentence) & of_vendor}
    return next((f"names a number that is not cited: {value}" for kind, value in numbers_in(sentence)
                 if (kind, value) not in borne), None)  # fmt: skip


def _foreign_date(sentence: str, sources: Sources) -> str | None:
    for match in _RELATIVE_DATE.finditer(normal(sentence)):
        if not any(match[0] in told.normal for told in sources.cited):
            return f"names a time that is not cited: {match[0]}"
    return None


def _foreign_word(sentence: str, sources: Sources) -> str | None:
    accounted = _Accounted(sources)
    for part in _SENTENCE.split(sentence):
        previous = ""  # the capitalised word right before, in the same run of words
        for position, chunk in enumerate(_CHUNK.findall(without_numbers(part) if part else "")):
            for word in words_in(chunk):
                if reason := accounted.complaint(word, starts=position == 0, previous=previous):
                    return reason
                previous = word if _is_capital(word) and not (position == 0 and is_ordinary(word)) else ""
            if chunk[-1:] in _ENDS_RUN:
                previous = ""
    return None


def _is_capital(word: str) -> bool:
    return word[:1].isupper() and word != "I"


class _Accounted:
    """The words and neighbours that a sentence's sources hold."""

    def __init__(self, sources: Sources) -> None:
        texts = (*sources.cited, *sources.vendor, *sources.names)
        self._words = frozenset[str]().union(*(told.words for told in texts))
        self._names = frozenset[str]().union(*(told.words for told in sources.names))
        self._pairs = frozenset[tuple[str, str]]().union(*(told.pairs for told in texts))

    def complaint(self, word: str, *, starts: bool, previous: str) -> str | None:
        small = word.casefold()
        if small not in self._words:
            ordinary = is_ordinary(word) if starts or not _is_capital(word) else is_capital_ordinary(word)
            if not ordinary or _is_technology(word):
                return f"names what is not cited: {word}"
            return None
        joins = _is_capital(word) and previous and not starts
        if (
            joins
            and (previous.casefold(), small) not in self._pairs
            and not ({previous.casefold(), small} & self._names)
        ):
            return f"joins names that do not stand together: {previous} {word}"
        return None


def _is_technology(word: str) -> bool:
    small = word.casefold()
    return small not in _COMMON_TOO and small not in _OWN and len(small) > 1 and by_name(word) is not None


_OWN = frozenset(word for text in phrases.vocabulary() for word in bag(text))


def _off_subject(sentence: str, sources: Sources) -> str | None:
    """A sentence shares a word, a theme, an outcome of one or a number with what it cites."""
    themes = sources.themes.union(*(told.themes for told in sources.cited))
    told = stems(sources.subjects).union(*(_ABOUT_THEME[theme] for theme in themes), *(t.stems for t in sources.cited))
    if stems(bag(sentence)) & told or themes_of(sentence) & themes:
        return None
    if any(t.numbers & set(numbers_in(sentence)) for t in sources.cited):
        return None
    return "has nothing in common with what it cites"


def stems(words: frozenset[str]) -> frozenset[str]:
    """The words that carry meaning, without their endings."""
    return frozenset(_stem(word) for word in words - _STOP)


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ers", "er", "ies", "es", "ed", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


_ABOUT_THEME = {theme.name: stems(bag(f"{theme.label} {theme.outcome}")) for theme in THEMES.values()}
