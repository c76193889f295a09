"""What an inferred sentence may say: only ordinary words, and what its own citations, the vendor and the names hold.

The check is closed: a word that nothing accounts for withholds the sentence, whether it looks like a name or not. So a
person, technology, product, sum or date that an engine adds is caught without being recognised.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enrichment.analysis import phrases
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.needs import themes_of
from enrichment.analysis.text import (
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
    r"\b(?:last|past|this|next|previous|coming|current|recent) (?:\w+ )?(?:day|week|weekend|month|quarter|year|decade)s?\b"
    r"|\b(?:yesterday|tomorrow|tonight|overnight)\b"
)
_COMMON_TOO = frozenset({"go", "teams"})  # ordinary words that are technologies as well
_STOP = frozenset(
    "a about after all also an and any are as ask at be because been before but by can could do does during for from"
    " get had has have how if in into is it its may more most much must need new no not now of on once one only or our"
    " out over own same shall should show so some than that the their them then there these they this those through to"
    " today under up use used uses using very was we were what when where which while who whom why will with within"
    " without work would you your".split()
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a sentence may draw on. `cited` are the texts of its citations, `subjects` and `themes` what they are about
    in our words; `vendor` the vendor's own texts; `names` those of company, vendor, role, segment and region."""

    cited: Sequence[str]
    subjects: frozenset[str]
    themes: frozenset[str]
    vendor: Sequence[str]
    names: Sequence[str]


def complaint(sentence: str, sources: Sources) -> str | None:
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
    return by_name(host) is not None or any(holds(name, host) for name in sources.names)


def _foreign_number(sentence: str, sources: Sources) -> str | None:
    borne = {number for text in (*sources.cited, *sources.names) for number in numbers_in(text)}
    borne |= {("", value) for kind, value in borne if kind == "%"}
    of_vendor = {pair for text in sources.vendor for pair in words_after_numbers(text, 4)}
    # A figure of the vendor's counts only what it counts in the vendor's own words.
    borne |= {pair[0] for pair in words_after_numbers(sentence) & of_vendor}
    return next((f"names a number that is not cited: {value}" for kind, value in numbers_in(sentence)
                 if (kind, value) not in borne), None)  # fmt: skip


def _foreign_date(sentence: str, sources: Sources) -> str | None:
    cited = [normal(text) for text in sources.cited]
    for match in _RELATIVE_DATE.finditer(normal(sentence)):
        if not any(match[0] in text for text in cited):
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
        self._words = frozenset[str]().union(*(bag(text) for text in texts))
        self._names = frozenset[str]().union(*(bag(text) for text in sources.names))
        self._pairs = {pair for text in texts for pair in _pairs_of(text)}

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


def _pairs_of(text: str) -> Iterable[tuple[str, str]]:
    words = [word.casefold() for word in words_in(text)]
    return zip(words, words[1:], strict=False)


def _off_subject(sentence: str, sources: Sources) -> str | None:
    said = {_stem(word) for word in bag(sentence) - _STOP}
    told = {_stem(word) for text in sources.cited for word in bag(text) - _STOP}
    told |= {_stem(word) for word in sources.subjects}
    if said & told or themes_of(sentence) & (sources.themes.union(*(themes_of(text) for text in sources.cited))):
        return None
    if {number for text in sources.cited for number in numbers_in(text)} & set(numbers_in(sentence)):
        return None
    return "has nothing in common with what it cites"


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ers", "er", "ies", "es", "ed", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
