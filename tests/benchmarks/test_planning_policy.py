"""The adaptive optimum against prices worked out by hand, and the run of a plan against the optimum."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.planning.model import Charged
from enrichment.planning.outcomes import Runs
from tests.benchmarks.bench_planning import expected_price
from tests.benchmarks.planning_instances import random_instance
from tests.benchmarks.planning_policy import least_expected_price
from tests.benchmarks.planning_seed import small_problem
from tests.enrichment.planning.making import CENT, asked, source

SURE = source("sure", 10, {"people": 0.9})


def test_the_optimum_falls_back_only_where_the_cheap_source_failed() -> None:
    cheap = source("cheap", 4, {"people": 0.9}, chance=0.75)

    assert least_expected_price(asked({"people": 0.8}, cheap, SURE)) == pytest.approx(4 * CENT + 0.25 * 10 * CENT)


def test_an_unlikely_source_is_asked_first_only_if_that_pays() -> None:
    unlikely = source("unlikely", 4, {"people": 0.9}, chance=0.25)

    assert least_expected_price(asked({"people": 0.8}, unlikely, SURE)) == 10 * CENT


def test_the_optimum_pays_a_hit_only_when_it_hits_and_records_on_average() -> None:
    hit = source("hit", 8, {"people": 0.9}, chance=0.5, charged=Charged.HIT)
    records = source("records", 1, {"news": 0.9}, chance=0.5, charged=Charged.RECORD, records=(2.0, 20))

    assert least_expected_price(asked({"people": 0.8}, hit)) == 4 * CENT
    assert least_expected_price(asked({"news": 0.8}, records)) == 2 * CENT


def test_the_optimum_buys_a_domain_only_if_it_can_be_of_use() -> None:
    search = source("search", 2, {"domain": 0.9}, chance=0.5)
    people = source("people", 10, {"people": 0.9}, needs=("domain",))

    assert least_expected_price(asked({"people": 0.8}, search, people)) == 2 * CENT + 0.5 * 10 * CENT
    assert least_expected_price(asked({"people": 0.8}, search)) == 0.0


def test_a_wave_pays_for_a_call_that_foresight_would_have_waited_with() -> None:
    """If `news` fails, `both` is needed and makes `people` needless; a wave has asked for `people` by then."""
    news = source("news", 3, {"news": 0.9}, chance=0.8)
    people = source("people", 4, {"people": 0.9})
    both = source("both", 9, {"news": 0.9, "people": 0.9})
    given = asked({"news": 0.8, "people": 0.8}, news, people, both)

    assert least_expected_price(given) == pytest.approx((3 + 0.8 * 4 + 0.2 * 9) * CENT)
    assert expected_price(Runs(given, most=100)) == pytest.approx((3 + 4 + 0.2 * 9) * CENT)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), is_real=st.booleans())
def test_no_run_of_a_plan_is_cheaper_than_the_optimum(seed: int, is_real: bool) -> None:
    few = replace(random_instance(seed), budget=None, deadline=None, redundancies=())
    problem = small_problem(seed) if is_real else replace(few, candidates=few.candidates[:6])

    least = least_expected_price(problem)

    assert expected_price(Runs(problem, most=10_000)) >= least * (1.0 - 1e-9)
