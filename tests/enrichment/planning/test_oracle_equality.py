"""The planner finds exactly the plan that trying every set of calls finds."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.planning.model import Objective, Plan
from tests.benchmarks.planning_corners import CORNERS, Corner
from tests.benchmarks.planning_instances import random_instance
from tests.benchmarks.planning_oracle import best_score, layers_of, score_of

SEEDS = {
    Objective.COST: range(100),
    Objective.QUALITY: range(40),
    Objective.SPEED: range(40),
    Objective.COMPLETENESS: range(40),
}

every_instance = pytest.mark.parametrize(
    ("objective", "seed"), [(objective, seed) for objective, seeds in SEEDS.items() for seed in seeds]
)


@cache
def planned(seed: int, objective: Objective) -> Plan:
    from enrichment.planning.solver import best_plan

    return best_plan(random_instance(seed, objective))


@every_instance
def test_the_planner_scores_what_the_oracle_scores(objective: Objective, seed: int) -> None:
    expected = best_score(random_instance(seed, objective))

    plan = planned(seed, objective)

    assert plan.score == expected


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: corner.name)
def test_the_planner_finds_the_plan_of_a_corner(corner: Corner) -> None:
    from enrichment.planning.solver import best_plan

    plan = best_plan(corner.given)

    assert plan.score == best_score(corner.given)
    assert tuple(sorted(call.source for call in plan.calls)) == corner.sources


@every_instance
def test_the_calls_of_a_plan_recompute_to_its_score(objective: Objective, seed: int) -> None:
    plan = planned(seed, objective)

    recomputed = score_of(random_instance(seed, objective), [call.source for call in plan.calls])

    assert recomputed == plan.score


@every_instance
def test_every_call_is_in_the_earliest_layer_that_its_needs_allow(objective: Objective, seed: int) -> None:
    instance = random_instance(seed, objective)
    called = {call.source: call.layer for call in planned(seed, objective).calls}

    layers = layers_of(instance, [candidate for candidate in instance.candidates if candidate.source in called])

    assert called == {candidate.source: number for number, layer in enumerate(layers) for candidate in layer}


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(min_value=max(map(len, SEEDS.values())), max_value=2**32), objective=st.sampled_from(Objective))
def test_the_planner_scores_what_the_oracle_scores_on_any_seed(seed: int, objective: Objective) -> None:
    instance = random_instance(seed, objective)

    plan = planned(seed, objective)

    assert plan.score == best_score(instance)
    assert score_of(instance, [call.source for call in plan.calls]) == plan.score
