"""Which words, numbers and times a sentence may use: each is accounted for, whether it looks like a name or not."""

import re
from functools import lru_cache

from enrichment.analysis import phrases
from enrichment.analysis.distortions import counted
from enrichment.analysis.stems import root_of, stem_of
from enrichment.analysis.text import Number, bag, normal, numbers_in, without_numbers, words_after_numbers, words_in
from enrichment.analysis.told import Sources
from enrichment.analysis.vocabulary import is_capital_ordinary, is_ordinary
from enrichment.technologies import by_name

_SENTENCE = re.compile(r"(?<=[.!?:;→•])\s+|[“”\"«»()\n]|\s[-–—]\s|\s→\s|(?<=\s)'|'(?=\s|$)")
_CHUNK = re.compile(r"[^\s/]+")
_ENDS_RUN = frozenset(".,;:!?")
# The past has to be cited. What is to come is advice, or is checked as what it asserts.
_RELATIVE_DATE = re.compile(
    r"\b(?:last|past|previous|recent) (?:\w+ )?(?:day|week|weekend|month|quarter|year|decade)s?\b"
    r"|\b(?:day|week|weekend|month|quarter|year)s? ago\b|\b(?:yesterday|overnight)\b"
)
_COMMON_TOO = frozenset({"go", "teams"})  # ordinary words that are technologies as well


def foreign_number(sentence: str, sources: Sources) -> str | None:
    borne = set[Number]().union(*(told.numbers for told in (*sources.cited, *sources.names)))
    borne |= {("", value) for kind, value in borne if kind == "%"}
    borne |= {("", value) for told in sources.cited for word in told.words if (value := counted(word))}
    # A figure of the vendor's counts only what it counts in the vendor's own words.
    of_vendor = set[tuple[Number, str]]().union(*(told.counted for told in sources.vendor))
    borne |= {pair[0] for pair in words_after_numbers(sentence) & of_vendor}
    return next((f"names a number that is not cited: {value}" for kind, value in numbers_in(sentence)
                 if (kind, value) not in borne), None)  # fmt: skip


def foreign_date(sentence: str, sources: Sources) -> str | None:
    for match in _RELATIVE_DATE.finditer(normal(sentence)):
        if not any(match[0] in told.normal for told in sources.cited):
            return f"names a time that is not cited: {match[0]}"
    return None


def foreign_word(sentence: str, sources: Sources) -> str | None:
    accounted = _accounted(sources)
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


@lru_cache(maxsize=256)
def _accounted(sources: Sources) -> "_Accounted":
    return _Accounted(sources)


class _Accounted:
    """The words and neighbours that a sentence's sources hold."""

    def __init__(self, sources: Sources) -> None:
        texts = (*sources.cited, *sources.vendor, *sources.names)
        others = (told.others for told in sources.cited)
        self._words = frozenset[str]().union(*(told.words for told in texts), *others)
        self._stems = frozenset[str]().union(*(told.stems for told in texts))
        self._roots = frozenset[str]().union(*(told.roots for told in texts))
        self._names = frozenset[str]().union(*(told.words for told in sources.names))
        self._numbers = frozenset[Number]().union(*(told.numbers for told in sources.cited))
        self._pairs = frozenset[tuple[str, str]]().union(*(told.pairs for told in texts))

    def complaint(self, word: str, *, starts: bool, previous: str) -> str | None:
        small = word.casefold()
        if small not in self._words and ("", counted(small) or "") not in self._numbers:
            if (
                not _is_capital(word)
                and len(small) >= 4
                and (stem_of(small) in self._stems or root_of(small) in self._roots)
            ):
                return None  # another form of a word that is cited
            ordinary = is_ordinary(word) if starts or not _is_capital(word) else is_capital_ordinary(word)
            if not ordinary or _is_technology(word):
                return f"names what is not cited: {word}"
            return None
        joins = _is_capital(word) and previous and not starts
        if (
            joins
            and (previous.casefold(), small) not in self._pairs
            and not ({previous.casefold(), small} & self._names)
            and not (by_name(previous) and by_name(word))  # "Debian Linux", each of them cited
        ):
            return f"joins names that do not stand together: {previous} {word}"
        return None


def _is_technology(word: str) -> bool:
    small = word.casefold()
    return small not in _COMMON_TOO and small not in _OWN and len(small) > 1 and by_name(word) is not None


_OWN = frozenset(word for text in phrases.vocabulary() for word in bag(text))
