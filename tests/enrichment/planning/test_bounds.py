"""What lets the search leave a subtree: bounds that no set of calls may fall short of."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.planning import reach
from enrichment.planning.bounds import least_loss
from enrichment.planning.levels import levels
from enrichment.planning.model import Candidate, Held, Mode, Objective, PlanInput
from enrichment.planning.problem import Problem, members
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import asked, rule, source
from tests.enrichment.planning.problems import problems

NOISE = 2e-9  # two values, each rounded to 9 decimals


@settings(max_examples=100, deadline=None)
@given(planned=problems(), objective=st.sampled_from(Objective), left_out=st.integers(0, 127))
def test_calls_are_missed_for_at_least_the_sum_of_their_losses(
    planned: PlanInput, objective: Objective, left_out: int
) -> None:
    problem = Problem(_aiming_at(planned, objective))
    every = problem.everyone
    rest = every & ~left_out

    for level in levels(problem):
        losses = level.losses(problem, every, every)
        rise = level.value(reach.reliabilities(problem, rest)) - level.value(reach.reliabilities(problem, every))
        missed = [losses.get(rank, 0.0) for rank in members(every & left_out)]
        assert rise >= (sum(missed) if level.adds_up else max(missed, default=0.0)) - NOISE


@settings(max_examples=100, deadline=None)
@given(planned=problems(), mask=st.integers(0, 127))
def test_one_need_is_as_reliable_as_the_product_over_its_origins_says(planned: PlanInput, mask: int) -> None:
    problem = Problem(planned)
    called = (problem.candidates[rank] for rank in members(mask & problem.everyone))
    givers: list[Candidate | Held] = [*called, *planned.held]

    for place, need in enumerate(problem.needs):
        doubts: dict[str, float] = {}
        for giver in givers:
            for offer in giver.offers:
                if offer.dataset == need.dataset:
                    doubts[giver.origin_group] = min(doubts.get(giver.origin_group, 1.0), 1.0 - offer.reliability)
        doubt = 1.0
        for one in doubts.values():
            doubt *= one
        assert reach.reliability(problem, place, mask) == pytest.approx(1.0 - doubt, abs=1e-12)


def test_giving_up_an_excess_takes_the_cheapest_losses_first_and_the_last_in_part() -> None:
    losses = {0: 0.3, 1: 0.1, 2: 0.2}  # for 3, 2 and 1: rates of 0.10, 0.05 and 0.20

    assert least_loss(losses, (3, 2, 1), 2) == pytest.approx(0.1)
    assert least_loss(losses, (3, 2, 1), 3) == pytest.approx(0.1 + 0.1)
    assert least_loss(losses, (3, 2, 1), 7) == float("inf")


def test_the_surest_plan_keeps_a_redundant_source_only_while_the_rule_yields() -> None:
    sources = (
        source("company_db", 15, {"industry": 0.9, "overview": 0.85}),
        source("search", 2, {"overview": 0.8}),
        source("site", 1, {"industry": 0.7}),
    )
    redundant = (rule("company_db", "search", mode=Mode.ALL),)
    low = _aiming_at(asked({"industry": 0.8, "overview": 0.75}, *sources, rules=redundant), Objective.QUALITY)
    met = _aiming_at(asked({"industry": 0.6, "overview": 0.75}, *sources, rules=redundant), Objective.QUALITY)

    assert [call.source for call in best_plan(low).calls] == ["company_db", "search", "site"]  # 0.7 is below 0.8
    # Without the site the industry is missed without company_db, so the rule yields: 0.10 + 0.03 < 0.03 + 0.15.
    assert [call.source for call in best_plan(met).calls] == ["company_db", "search"]


def _aiming_at(planned: PlanInput, objective: Objective) -> PlanInput:
    return replace(planned, objective=objective)
