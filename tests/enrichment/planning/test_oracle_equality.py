"""The planner finds exactly the plan that trying every set of calls finds."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.planning.model import Plan
from tests.benchmarks.planning_corners import CORNERS, Corner
from tests.benchmarks.planning_instances import random_instance
from tests.benchmarks.planning_oracle import best_score, layers_of, score_of

SEEDS = range(300)


@cache
def planned(seed: int) -> Plan:
    from enrichment.planning.solver import cheapest_plan

    return cheapest_plan(random_instance(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_planner_scores_what_the_oracle_scores(seed: int) -> None:
    expected = best_score(random_instance(seed))

    plan = planned(seed)

    assert plan.score == expected


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: corner.name)
def test_the_planner_finds_the_plan_of_a_corner(corner: Corner) -> None:
    from enrichment.planning.solver import cheapest_plan

    plan = cheapest_plan(corner.given)

    assert plan.score == best_score(corner.given)
    assert tuple(sorted(call.source for call in plan.calls)) == corner.sources


@pytest.mark.parametrize("seed", SEEDS)
def test_the_calls_of_a_plan_recompute_to_its_score(seed: int) -> None:
    plan = planned(seed)

    recomputed = score_of(random_instance(seed), [call.source for call in plan.calls])

    assert recomputed == plan.score


@pytest.mark.parametrize("seed", SEEDS)
def test_every_call_is_in_the_earliest_layer_that_its_needs_allow(seed: int) -> None:
    instance = random_instance(seed)
    called = {call.source: call.layer for call in planned(seed).calls}

    layers = layers_of(instance, [candidate for candidate in instance.candidates if candidate.source in called])

    assert called == {candidate.source: number for number, layer in enumerate(layers) for candidate in layer}


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(min_value=len(SEEDS), max_value=2**32))
def test_the_planner_scores_what_the_oracle_scores_on_any_seed(seed: int) -> None:
    instance = random_instance(seed)

    plan = planned(seed)

    assert plan.score == best_score(instance)
    assert score_of(instance, [call.source for call in plan.calls]) == plan.score
