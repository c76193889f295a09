"""The exact nearest rows of a matrix. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from personas.retrieval.hashing import Vectors


def nearest(query: Vectors, matrix: Vectors, *, limit: int) -> list[tuple[int, float]]:
    """(row, cosine) of the rows that point most nearly where `query` does, the nearest first.

    `query` has one dimension, `matrix` two; both of rows of length 1 or 0. Rows that are as near come in their order.
    """
    if not len(matrix) or limit < 1:
        return []
    scores = matrix @ query
    return best(scores, limit=limit)


def best(scores: Any, *, limit: int) -> list[tuple[int, float]]:
    """(place, score) of the highest scores, the highest first, equal ones in their order."""
    count = min(limit, len(scores))
    if count < len(scores):
        edge = np.partition(scores, len(scores) - count)[len(scores) - count]
        among = np.flatnonzero(scores >= edge)
    else:
        among = np.arange(len(scores))
    order = among[np.argsort(-scores[among], kind="stable")][:count]
    return [(int(place), float(scores[place])) for place in order]


def packed(vector: Vectors) -> bytes:
    """As it is stored: little-endian float32."""
    return vector.astype("<f4").tobytes()


def unpacked(rows: Sequence[bytes | memoryview], dimensions: int) -> Vectors:
    """A matrix of what was stored. Raises `ValueError` where a row has another length."""
    joined = np.frombuffer(b"".join(bytes(row) for row in rows), dtype="<f4").astype(np.float32, copy=False)
    return joined.reshape(len(rows), dimensions)


def normed(vectors: Vectors) -> Vectors:
    """Each row with length 1; one of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    made: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return made
