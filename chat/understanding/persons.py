"""Which people a question names, though nobody told of them: a given name that everybody knows, and what follows it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.understanding import lexicon
from chat.understanding.model import Context
from chat.understanding.names import ALSO_GIVEN, ANY_GIVEN, GIVEN, PLACES
from chat.understanding.words import LONGEST, words

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SOME = 3  # words: of fewer, capitals alone do not make a title


@dataclass(frozen=True, slots=True)
class Written:
    """A word as it is written, and as it is read."""

    text: str
    said: str
    is_capital: bool  # where that says something: not in a text that is all in capitals, or has one at every word
    is_joined: bool  # to the word before, by spaces alone


@lru_cache(maxsize=16)
def written(text: str) -> tuple[Written, ...]:
    """The words of a text with their capital letters."""
    found = list(_WORD.finditer(text[:LONGEST]))
    capitals = sum(each[0][0].isupper() for each in found)
    tells = capitals < len(found) or len(found) <= _SOME
    tells = tells and not (len(found) > 1 and all(each[0].isupper() for each in found))
    ends = [0, *(each.end() for each in found)]
    return tuple(
        Written(
            each[0],
            _bare(each[0]).casefold(),
            tells and each[0][0].isupper(),
            not text[end : each.start()].strip(),
        )
        for each, end in zip(found, ends, strict=False)
    )


def capitals_within(text: str) -> frozenset[str]:
    """The words that have a capital letter within a sentence: of an ordinary one it makes a name."""
    return frozenset(each.said for each in written(text)[1:] if each.is_capital)


def people_named(text: str, context: Context, known: Collection[str]) -> list[str]:
    """Names as they are written: "Priya Raman", "Mark Yu", "Sofia" alone. No company's: "Oscar Health"."""
    read = written(text)
    theirs = {word for name in (context.company, context.vendor, *context.products) for word in words(name)}
    people, at = [], 0
    while at < len(read):
        count = _long(read[at : at + 4], theirs, known)
        if count:
            people.append(" ".join(_bare(each.text) for each in read[at : at + count]))
        at += max(count, 1)
    return people


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def _long(read: Sequence[Written], theirs: Collection[str], known: Collection[str]) -> int:
    """How many words from the first on are a person's name; 0 where they are none."""
    first, *rest = read
    if first.said in theirs or first.said not in ANY_GIVEN:
        return 0
    surnames = 0
    if first.text == _bare(first.text):
        for each in rest[:2]:
            if not _is_surname(first, each, theirs, known) or (surnames and not each.is_capital):
                break
            surnames += 1
    after = rest[surnames] if surnames < len(rest) else None
    if after is not None and after.is_joined and after.is_capital and after.said in lexicon.SUFFIXES:
        return 0
    is_plain = first.said in known or first.said in lexicon.COMMON or first.said in ALSO_GIVEN
    if surnames:
        return 1 + surnames
    return 0 if is_plain or first.said in PLACES else 1


def _is_surname(first: Written, each: Written, theirs: Collection[str], known: Collection[str]) -> bool:
    if not each.is_joined or each.said in theirs or each.said in lexicon.SUFFIXES or not each.said.isalpha():
        return False
    if first.is_capital and each.is_capital:
        return each.said not in lexicon.TITLES and each.said not in PLACES
    is_new = each.said not in known and each.said not in lexicon.COMMON and each.said not in PLACES
    return not first.is_capital and first.said in GIVEN and is_new and len(each.said) > 1
