"""How often a source is right, by what others and people said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.workflow.agreement import ENOUGH, Said, Statement, Tally, tallied

GROUPS = {"a": "one", "b": "two", "c": "two", "d": "three"}
RIGHT = {("a", "industry"): 0.9, ("b", "industry"): 0.8, ("c", "industry"): 0.6, ("d", "industry"): 0.5}


def industry(*claims: tuple[str, str], pinned: str | None = None) -> Statement:
    """`industry(("Software", "a"), ("Retail", "bc"))`: a says the one, b and c the other."""
    said = tuple(Said(value=value, sources=tuple(sources)) for value, sources in claims)
    return Statement(dataset="industry", kind="scalar", claims=said, pinned=pinned)


def tally(source: str, *statements: Statement) -> Tally:
    return tallied(statements, groups=GROUPS, reliabilities=RIGHT).get((source, "industry"), Tally())


def test_who_speaks_alone_is_compared_with_nobody() -> None:
    assert tally("a", industry(("Software", "a"))).compared == 0


def test_sources_of_one_origin_do_not_judge_each_other() -> None:
    assert tally("b", industry(("Software", "bc"))).compared == 0


def test_each_other_origin_judges_once_by_its_most_reliable_source() -> None:
    found = tally("a", industry(("Software", "ab"), ("Retail", "cd")))

    assert (found.compared, found.agreed, found.weight) == (2, 1, 0.8 + 0.5)


def test_what_a_person_pinned_judges_alone() -> None:
    found = tally("a", industry(("Software", "ab"), pinned="retail"))

    assert (found.compared, found.agreed, found.weight) == (1, 0, 1.0)


def test_spelling_is_no_contradiction_to_what_was_pinned() -> None:
    assert tally("a", industry(("Computer Software", "a"), pinned="computer-software")).agreed == 1


def test_lists_and_records_judge_nobody() -> None:
    statement = Statement(dataset="industry", kind="list", claims=(Said(value="x", sources=("a", "b")),))

    assert tally("a", statement).compared == 0


def test_sources_that_no_longer_count_are_left_out() -> None:
    assert tally("a", industry(("Software", "a"), ("Retail", "z"))).compared == 0


def test_with_few_comparisons_nothing_is_suggested() -> None:
    assert Tally(compared=29, agreed=0, weight=ENOUGH - 1).suggestion(0.9) is None


def test_what_fits_the_matrix_is_left_alone() -> None:
    assert Tally(compared=100, agreed=88, weight=100.0).suggestion(0.9) is None


def test_a_suggestion_lies_between_what_was_believed_and_what_was_seen() -> None:
    assert Tally(compared=100, agreed=60, weight=100.0).suggestion(0.9) == 0.65


@given(st.floats(0, 1), st.integers(0, 500), st.floats(0, 500))
def test_a_suggestion_is_a_share_between_the_two_or_none(today: float, agreed: int, weight: float) -> None:
    found = Tally(compared=500, agreed=min(agreed, int(weight)), weight=weight)

    suggestion = found.suggestion(today)

    if suggestion is not None:
        assert found.seen is not None
        low, high = sorted((today, found.seen))
        assert low - 0.01 <= suggestion <= high + 0.01


@pytest.mark.parametrize("truth", [0.6, 0.8, 0.95])
def test_the_reliability_that_is_seen_is_the_true_one(truth: float) -> None:
    """Two independent sources over 4,000 companies, one of which is right as often as we believe."""
    dice = random.Random(7)

    def told(right: float) -> str:
        return "true" if dice.random() < right else f"wrong {dice.random()}"

    pairs = [(told(truth), told(0.8)) for _ in range(4000)]
    found = tally("a", *(industry((a, "ab")) if a == b else industry((a, "a"), (b, "b")) for a, b in pairs))

    assert found.seen == pytest.approx(truth, abs=0.03)
