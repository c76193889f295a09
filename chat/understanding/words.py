"""A question as words: spelt out, stemmed, its slips of the pen mended, and names put as what they are."""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chat.understanding.lexicon import COMMON, SPELT_OUT

LONGEST = 400  # characters of a question that are read: a longer one has said by then what it asks
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "ʼ": "'", "–": "-", "—": " "})
_SHORT = re.compile(r"\b(\w+)'(s|re|ve|d|ll|m|t)\b")
_TAG = re.compile(r"<[^<>]{0,200}>")
_WORD = re.compile(r"[^\W_]+")
_IS = frozenset({"what", "where", "who", "how", "when", "why", "that", "there", "it", "he", "she", "here"})
_WHOLE = frozenset(
    {
        "news",
        "need",
        "lead",
        "sales",
        "during",
        "something",
        "anything",
        "nothing",
        "thing",
        "morning",
    }
)
_SPELT = {"re": "are", "ve": "have", "d": "would", "ll": "will", "m": "am"}


def folded(text: str) -> str:
    """Lower-case, of one spelling, without apostrophes; at most `LONGEST` characters."""
    plain = unicodedata.normalize("NFKC", _TAG.sub(" ", text[:LONGEST]))[:LONGEST]  # one sign may be of many letters
    text = plain.casefold().translate(_APOSTROPHES)
    return _SHORT.sub(_spelt, text).replace("e-mail", "email")


def _spelt(found: re.Match[str]) -> str:
    word, end = found.groups()
    if end == "t":
        return f"{word}t"
    if end == "s":
        return f"{word} is" if word in _IS else word
    return f"{word} {_SPELT[end]}"


def words(text: str) -> list[str]:
    """The words of a text, short forms spelt out: "what's ur hq?" → what is your headquarters."""
    return [each for word in _WORD.findall(folded(text)) for each in SPELT_OUT.get(word, word).split()]


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """What the forms of a word share: integrates, integrated, integrating, integration → integrat."""
    if len(word) < 4 or word in _WHOLE:
        return word
    for end, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("ions", ""),
        ("ion", ""),
        ("ment", ""),
    ):
        rest = word.removesuffix(end)
        if rest != word and len(rest) + len(instead) > 2 and set(rest) & set("aeiouy"):
            word = rest + instead
            break
    else:
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def mended(word: str, known: Collection[str]) -> str:
    """The known word that `word` is a slip of the pen of; else `word` itself.

    One slip (a letter too many, too few, another, or two exchanged) from four letters on, two from eight on; of three
    letters two exchanged. The first letter is right, or exchanged with the second: elsewhere it is seldom wrong.
    """
    if len(word) < 3 or word in known or word in COMMON or not word.isalpha():
        return word
    if len(word) == 3:
        turned = (word[0] + word[2] + word[1], word[1] + word[0] + word[2])
        return next((each for each in turned if each in known), word)
    most = 2 if len(word) > 7 else 1
    found = process.extractOne(word, _like(word, known), scorer=OSA.distance, score_cutoff=most)
    return str(found[0]) if found else word


def _like(word: str, known: Collection[str]) -> list[str]:
    """Those that may be meant by their length and first letters, in an order that is the same in every process."""
    size, beginnings = len(word), (word[0], word[1] + word[0])
    return sorted(each for each in known if each.startswith(beginnings) and abs(len(each) - size) < 3 < len(each))
