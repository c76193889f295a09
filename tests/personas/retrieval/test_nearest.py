"""The exact nearest are those that a sort of everything finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.retrieval.nearest import nearest, normed, packed, unpacked


@settings(max_examples=50)
@given(seed=st.integers(0, 10**6), rows=st.integers(0, 60), limit=st.integers(0, 70))
def test_the_nearest_are_those_of_a_sort(seed: int, rows: int, limit: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = normed(np.round(rng.normal(size=(rows, 4)), 1).astype(np.float32))  # with ties
    query = matrix[0] if rows else np.ones(4, dtype=np.float32)

    found = nearest(query, matrix, limit=limit)

    scores = matrix @ query
    wanted = sorted(range(rows), key=lambda row: (-scores[row], row))[:limit]
    assert [row for row, _ in found] == wanted


def test_what_was_stored_is_read_back() -> None:
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)

    assert (unpacked([packed(row) for row in matrix], 3) == matrix).all()


def test_a_row_of_zeros_stays_one() -> None:
    assert (normed(np.zeros((1, 3), dtype=np.float32)) == 0).all()
