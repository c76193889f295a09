"""Whether two texts say the same in other words: headlines of one event, lines of a price list. Pure."""

import re
from functools import lru_cache

from enrichment.naming.spelling import folded

SAME_STORY = 0.75  # share of the shorter headline's telling words that the longer one has
SAME_WORDING = 0.6  # of a sentence, which has more words to choose from
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\s?(\d[\d,.]*)\s?(thousand|million|billion|mn|bn|[kmb])?(?![\w])", re.IGNORECASE)
_TIMES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9}
_EMPTY = frozenset(
    "a an and are as at by for from has have in into is it its new of on over says said that the their this to up was"
    " were will with after about inc corp ltd llc gmbh".split()
)
_ENDINGS = ("ing", "ed", "es", "s")


@lru_cache(maxsize=8192)
def telling_words(text: str, besides: str = "") -> frozenset[str]:
    """The words by which one text is told from another: no small words, endings, or names of the company `besides`."""
    spelt = _NUMBER.sub(lambda found: f" {_amount(found)} ", folded(text))
    left_out = _EMPTY | set(re.findall(r"\w+", folded(besides)))
    return frozenset(_stem(word) for word in re.findall(r"\w+", spelt) if word not in left_out)


def _amount(found: "re.Match[str]") -> str:
    """“$50M” and “50 million” alike."""
    whole, _, part = found[1].replace(",", "").strip(".").partition(".")
    zeros = _TIMES.get((found[2] or "").lower(), 0)
    return (whole + part[:zeros].ljust(zeros, "0")) if zeros else found[1].replace(",", "")


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word[0].isdigit():
            return word[: -len(ending)]
    return word


def overlap(one: str, other: str, *, besides: str = "") -> float:
    """Share of the shorter text's telling words that the other has, 0 to 1; 1 for two texts of none."""
    first, second = telling_words(one, besides), telling_words(other, besides)
    if not first or not second:
        return float(folded(one) == folded(other))
    return len(first & second) / min(len(first), len(second))


def same_story(one: str, other: str, *, besides: str = "") -> bool:
    """Whether two headlines tell of one event. Other sums, places or names among few words make them two."""
    return overlap(one, other, besides=besides) >= SAME_STORY


def same_wording(one: str, other: str, *, besides: str = "") -> bool:
    """Whether two sentences say the same in other words."""
    return overlap(one, other, besides=besides) >= SAME_WORDING
