"""Two shares beside each other, by the published example and by simulation."""

from math import comb

import pytest

from personas.reporting.difference import Share, difference


def test_the_published_example_is_met() -> None:
    """Newcombe 1998, table II, example (a), method 10: 56 of 70 and 48 of 80."""
    found = difference(Share(hits=56, n=70), Share(hits=48, n=80))

    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_of_nothing_there_is_no_difference() -> None:
    assert difference(Share(hits=0, n=0), Share(hits=3, n=9)) is None


def test_it_turns_round_with_the_sides() -> None:
    one, other = Share(hits=9, n=12), Share(hits=3, n=20)
    forth, back = difference(one, other), difference(other, one)

    assert forth is not None
    assert back is not None
    assert (forth.value, forth.low, forth.high) == pytest.approx((-back.value, -back.high, -back.low))


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.6, 0.3), (0.9, 0.8)])
def test_the_interval_holds_the_truth_by_its_law(p: float, q: float) -> None:
    held, n, m = 0.0, 20, 25
    for hits in range(n + 1):
        for others in range(m + 1):
            found = difference(Share(hits=hits, n=n), Share(hits=others, n=m))
            assert found is not None
            chance = comb(n, hits) * p**hits * (1 - p) ** (n - hits) * comb(m, others) * q**others
            held += chance * (1 - q) ** (m - others) * (found.low <= p - q <= found.high)

    assert 0.93 <= held <= 0.98
