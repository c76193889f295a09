"""Formulas against numbers that others published or that can be checked by hand."""

from math import inf, sqrt
from statistics import stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.workflow.intervals import difference, mean_of, needed, share_interval, student_t


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.7062), (2, 4.3027), (3, 3.1824), (5, 2.5706), (10, 2.2281), (30, 2.0423)]
)
def test_student_t_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert student_t(0.95, freedom) == pytest.approx(quantile, rel=0.002)


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=40))
def test_with_one_run_a_company_the_variance_is_the_textbooks(values: list[float]) -> None:
    mean = mean_of(enumerate(values))

    assert sqrt(mean.variance) == pytest.approx(stdev(values) / sqrt(len(values)), abs=1e-9)


def test_ten_runs_on_one_company_say_no_more_than_one() -> None:
    once = mean_of([("acme", 1.0), ("okta", 3.0)])
    often = mean_of([("acme", 1.0)] * 10 + [("okta", 3.0)] * 10)

    assert (often.value, often.variance, often.runs) == (once.value, once.variance, 20)


def test_one_company_has_no_interval() -> None:
    assert mean_of([("acme", 1.0)]).interval() == (-inf, inf)


def test_welchs_interval() -> None:
    few, many = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9], [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2]

    found = difference(mean_of(enumerate(few)), mean_of(enumerate(many)))

    # variances 15.724 / 6 and 4.693 / 10, 6.83 degrees of freedom, t = 2.377
    assert found.value == pytest.approx(-2.3, abs=0.01)
    assert (found.low, found.high) == pytest.approx((-6.478, 1.878), abs=0.002)
    assert not found.is_seen


def test_a_share_of_nothing_seen_is_not_known_to_be_nothing() -> None:
    assert share_interval(0.0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert share_interval(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)


def test_half_a_step_takes_four_times_the_companies() -> None:
    assert needed(0.1, 0.02, [50, 50]) == 785
    assert needed(0.1, 0.01, [50, 50]) == 3140
    assert needed(0.1, 0.02, [90, 10]) > 2 * 785
