"""The built-in embedding: a text's words and their parts, hashed into a vector. No key, no network, no download.

Feature hashing with signs (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"): each feature
adds its weight, with a sign of its own, to one of `DIMENSIONS` places, so that inner products of vectors are, but for
collisions, those of the features. Features are words, pairs of words, and runs of four letters, which let inflections
and slips meet; a feature met n times weighs 1 + ln n. The hash is keyed: whoever has the vectors but not the key
cannot try which words are in them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

DIMENSIONS = 256
PART = 4  # letters
WEIGHTS = {"w": 1.0, "p": 0.6, "l": 0.35}  # of words, pairs of words, runs of letters

_WORD = re.compile(r"[a-z0-9]+")
# Words that say nothing of a subject, in the languages that mails are mostly written in.
_EMPTY = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her his i if in is it its me my"
    " no not of on or our she so that the their them there they this to us was we were what when which who will with"
    " would you your hi hello dear thanks thank regards best kind der die das und ist ein eine wir sie mit von zu im"
    " le la les et un une nous vous de des du est el los las y que en por para con".split()
)


def embed(texts: Sequence[str], *, key: bytes) -> Vectors:
    """One row of `DIMENSIONS` numbers and length 1 for each text; of zeros for a text without a word."""
    made = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(made, texts, strict=True):
        for feature, count in Counter(_features(text)).items():
            place, sign = _place(key, feature)
            row[place] += sign * WEIGHTS[feature[0]] * (1.0 + np.log(count))
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    np.divide(made, lengths, out=made, where=lengths > 0)
    return made


def _features(text: str) -> Iterator[str]:
    words = [word for word in _WORD.findall(anyascii(text).casefold()) if word not in _EMPTY and len(word) > 1]
    for word in words:
        yield f"w{word}"
        edged = f"^{word}$"
        for start in range(len(edged) - PART + 1):
            yield f"l{edged[start : start + PART]}"
    for first, second in pairwise(words):
        yield f"p{first} {second}"


@lru_cache(maxsize=100_000)
def _place(key: bytes, feature: str) -> tuple[int, float]:
    """Where a feature is added, and with which sign."""
    number = int.from_bytes(blake2b(feature.encode(), key=key[:64], digest_size=8).digest(), "big")
    return number % DIMENSIONS, 1.0 if number >> 63 else -1.0
