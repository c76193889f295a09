"""One vector of how somebody behaves and of what they talk about, so that one search finds who is near in both. Pure.

A row is [√0.6 · b, √0.4 · t] made of length 1: b is (1, behaviour cut at ±2.5) made of length 1, t the mean of the
vectors of their words made of length 1. The cosine of two such rows is 0.6 × that of the behaviours + 0.4 × that of
the texts. The 1 lets those who are middling in everything be near each other, and not in all directions. Who has said
nothing has zeros for t.
"""

import numpy as np

from personas.likeness.features import CLIP, FEATURES, Known
from personas.retrieval.hashing import Vectors
from personas.retrieval.nearest import normed

TEXT = 256  # numbers of a text's part, whoever made its vectors
DIMENSIONS = 1 + len(FEATURES) + TEXT
BEHAVIOUR_WEIGHT = 0.6


def joined(behaviour: Vectors, known: Known, text: Vectors) -> Vectors:
    """A row of `DIMENSIONS` numbers and length 1 for each of the rows; `text` with rows of zeros for who said none."""
    told = np.where(known, np.clip(behaviour, -CLIP, CLIP), 0)
    alone = normed(np.hstack([np.ones((len(told), 1)), told]).astype(np.float32))
    weights = np.sqrt([BEHAVIOUR_WEIGHT, 1 - BEHAVIOUR_WEIGHT]).astype(np.float32)
    return normed(np.hstack([alone * weights[0], normed(text) * weights[1]]))


def parts(one: Vectors, other: Vectors) -> tuple[float, float | None]:
    """The cosines of two joined rows' behaviours and of their texts; None for these where one has said nothing."""
    edge = DIMENSIONS - TEXT
    said = _cosine(one[edge:], other[edge:]) if one[edge:].any() and other[edge:].any() else None
    return _cosine(one[:edge], other[:edge]), said


def folded(text: Vectors) -> Vectors:
    """A text's vector of any dimensions as one of `TEXT`, of length 1.

    A longer one is projected by a fixed matrix of signs, which keeps cosines to some ±1 ÷ √256 (Achlioptas 2003,
    "Database-friendly random projections"); a shorter one gets zeros.
    """
    size = len(text)
    if size > TEXT:
        signs = np.random.default_rng(size).integers(0, 2, (size, TEXT), dtype=np.int8) * 2 - 1
        text = text @ signs.astype(np.float32)
    return normed(np.pad(text, (0, max(0, TEXT - size))).astype(np.float32))


def _cosine(one: Vectors, other: Vectors) -> float:
    return float(normed(one) @ normed(other))
