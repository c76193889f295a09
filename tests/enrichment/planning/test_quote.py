"""What a run will cost before it begins: plans, failures and fallbacks worked out by hand."""

from dataclasses import replace

import pytest

from enrichment.planning.model import Charged, PlanInput
from enrichment.planning.quote import Quote, estimate, quote
from enrichment.planning.solver import best_plan
from tests.benchmarks.planning_seed import seeded_problem
from tests.enrichment.planning.making import CENT, asked, held, source

SURE = source("sure", 10, {"people": 0.9}, latency=2.0)


def test_a_sure_call_costs_and_takes_the_same_in_every_case() -> None:
    assert quote(asked({"people": 0.8}, SURE)) == Quote(
        best_cost=10 * CENT,
        expected_cost=10 * CENT,
        worst_cost=10 * CENT,
        best_seconds=2.0,
        expected_seconds=2.0,
        worst_seconds=2.0,
    )


def test_a_failed_call_is_paid_and_its_fallback_too() -> None:
    first = source("first", 4, {"people": 0.9}, chance=0.75, latency=1.0)

    priced = quote(asked({"people": 0.8}, first, SURE))  # a quarter of the runs goes on to "sure"

    assert (priced.best_cost, priced.expected_cost, priced.worst_cost) == (4 * CENT, 65_000_000, 14 * CENT)
    assert (priced.best_seconds, priced.expected_seconds, priced.worst_seconds) == (1.0, 1.5, 3.0)


def test_an_empty_answer_of_a_source_charged_per_hit_costs_nothing() -> None:
    hit = source("hit", 8, {"people": 0.9}, chance=0.5, charged=Charged.HIT)

    alone = quote(asked({"people": 0.8}, hit))
    with_fallback = quote(asked({"people": 0.8}, hit, SURE))

    assert (alone.best_cost, alone.expected_cost, alone.worst_cost) == (8 * CENT, 4 * CENT, 8 * CENT)
    assert (with_fallback.best_cost, with_fallback.expected_cost, with_fallback.worst_cost) == (
        8 * CENT,
        9 * CENT,
        10 * CENT,
    )


def test_records_cost_their_mean_in_the_best_case_and_their_most_in_the_worst() -> None:
    records = source("records", 1, {"people": 0.9}, chance=0.5, charged=Charged.RECORD, records=(2.0, 20))

    priced = quote(asked({"people": 0.8}, records))

    assert (priced.best_cost, priced.expected_cost, priced.worst_cost) == (4 * CENT, 2 * CENT, 20 * CENT)


def test_a_fallback_above_the_budget_is_not_in_the_quote() -> None:
    first = source("first", 4, {"people": 0.9}, chance=0.75, latency=1.0)

    priced = quote(asked({"people": 0.8}, first, SURE, budget=13))

    assert (priced.best_cost, priced.expected_cost, priced.worst_cost) == (4 * CENT, 4 * CENT, 4 * CENT)


def test_a_fallback_after_the_deadline_is_not_in_the_quote() -> None:
    first = source("first", 4, {"people": 0.9}, chance=0.75, latency=1.0)

    priced = quote(asked({"people": 0.8}, first, SURE, deadline=2.5))

    assert (priced.worst_cost, priced.worst_seconds) == (4 * CENT, 1.0)


def test_what_a_failed_call_would_have_given_is_missing_in_the_next_layer() -> None:
    organic = source("organic", 2, {"domain": 0.9}, chance=0.5)
    tech = source("tech", 20, {"stack": 0.9}, needs=("domain",))

    priced = quote(asked({"stack": 0.8}, organic, tech))

    assert (priced.best_cost, priced.expected_cost, priced.worst_cost) == (22 * CENT, 12 * CENT, 22 * CENT)
    assert (priced.best_seconds, priced.expected_seconds) == (2.0, 1.5)


def test_nothing_to_buy_costs_nothing_and_takes_no_time() -> None:
    priced = quote(asked({"people": 0.8}, SURE, held=(held("old", {"people": 0.9}),)))

    assert priced == Quote(
        best_cost=0, expected_cost=0, worst_cost=0, best_seconds=0, expected_seconds=0, worst_seconds=0
    )


def many(how_many: int) -> PlanInput:
    """So many datasets, each with a source that fails now and then and a fallback."""
    first = [source(f"a{n:02}", 1, {f"d{n:02}": 0.9}, chance=0.5) for n in range(how_many)]
    second = [source(f"b{n:02}", 3, {f"d{n:02}": 0.9}) for n in range(how_many)]
    return asked({f"d{n:02}": 0.8 for n in range(how_many)}, *first, *second)


def test_few_outcomes_are_enumerated_and_many_are_drawn() -> None:
    few, lots = quote(many(3)), quote(many(9))

    assert (few.is_exact, few.expected_cost, few.worst_cost) == (True, 75_000_000, 12 * CENT)
    assert not lots.is_exact
    assert lots.worst_cost == 36 * CENT
    assert lots.expected_cost == pytest.approx(22.5 * CENT, rel=0.15)


def test_drawn_outcomes_are_the_same_for_the_same_input() -> None:
    problem = many(9)

    assert quote(problem) == quote(replace(problem, candidates=problem.candidates[::-1]))


def test_an_estimate_of_few_outcomes_is_what_the_quote_expects() -> None:
    problem = many(3)

    found, priced = estimate(problem), quote(problem)

    assert (found.cost, found.seconds) == (priced.expected_cost, priced.expected_seconds)


def test_an_estimate_counts_the_fallbacks_that_the_plan_alone_leaves_out() -> None:
    problem = many(9)

    found = estimate(problem)

    assert found.cost > best_plan(problem).expected_price
    assert found.cost == pytest.approx(quote(problem).expected_cost, rel=0.25)


def test_a_quote_over_the_seeded_rules_is_drawn_and_stays_below_its_ceiling() -> None:
    problem = seeded_problem(2)

    priced = quote(problem)

    assert not priced.is_exact
    assert 0 < priced.expected_cost < priced.worst_cost
    assert priced.best_cost < priced.worst_cost
