"""What holds for every plan, whatever is asked."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.planning.model import Candidate, Held, Offer, Plan, PlanInput, Score
from enrichment.planning.quote import quote
from enrichment.planning.solver import best_plan
from enrichment.planning.useful import cheapest_useful_price
from tests.enrichment.planning.problems import GROUPS, offered, problems

often = settings(max_examples=150, deadline=None)


def shortfalls(score: Score) -> tuple[float, ...]:
    return score.levels


def calls_of(plan: Plan, problem: PlanInput) -> list[Candidate]:
    named = {candidate.source: candidate for candidate in problem.candidates}
    return [named[call.source] for call in plan.calls]


@often
@given(problems())
def test_a_plan_stays_within_its_limits_and_calls_nothing_that_is_unavailable(problem: PlanInput) -> None:
    plan = best_plan(problem)

    assert problem.budget is None or plan.worst_price <= problem.budget
    assert problem.deadline is None or plan.seconds <= problem.deadline
    assert not {call.source for call in plan.calls} & {refused.source for refused in problem.unavailable}


@often
@given(problems())
def test_every_call_has_what_it_needs_from_earlier_layers(problem: PlanInput) -> None:
    plan = best_plan(problem)
    given_before = {0: set(problem.known) | {offer.dataset for held in problem.held for offer in held.offers}}
    named = {candidate.source: candidate for candidate in problem.candidates}
    for layer in range(len(plan.calls)):
        gained = {slug for call in plan.calls if call.layer == layer for slug in named[call.source].gives}
        given_before[layer + 1] = given_before[layer] | gained

    assert all(named[call.source].needs <= given_before[call.layer] for call in plan.calls)
    assert all(call.layer == 0 or not named[call.source].needs <= given_before[call.layer - 1] for call in plan.calls)


@often
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(problem: PlanInput, draw: Random) -> None:
    other = replace(
        problem,
        needs=tuple(draw.sample(problem.needs, len(problem.needs))),
        candidates=tuple(draw.sample(problem.candidates, len(problem.candidates))),
        held=tuple(draw.sample(problem.held, len(problem.held))),
    )

    assert best_plan(other) == best_plan(problem)


@often
@given(problems(), st.integers(0, 400_000_000))
def test_a_larger_budget_never_makes_the_plan_worse(problem: PlanInput, more: int) -> None:
    if problem.budget is not None:
        richer = replace(problem, budget=problem.budget + more)

        assert best_plan(richer).score <= best_plan(problem).score


@often
@given(problems())
def test_without_redundancy_rules_a_plan_is_never_worse(problem: PlanInput) -> None:
    assert best_plan(replace(problem, redundancies=())).score <= best_plan(problem).score


@often
@given(problems(), st.sampled_from(GROUPS), offered())
def test_one_more_held_response_never_makes_the_plan_worse(
    problem: PlanInput, group: str, offers: tuple[Offer, ...]
) -> None:
    """Redundancy rules aside: what is held may make a source redundant that an optional dataset would like."""
    problem = replace(problem, redundancies=())
    more = replace(problem, held=(*problem.held, Held(source="more", origin_group=group, offers=offers)))

    assert best_plan(more).score <= best_plan(problem).score


@often
@given(problems())
def test_no_call_of_a_plan_can_be_spared(problem: PlanInput) -> None:
    plan = best_plan(problem)
    for call in plan.calls:
        others = tuple(c for c in calls_of(plan, problem) if c.source != call.source)
        without = best_plan(replace(problem, candidates=others)).score

        assert without > plan.score


@often
@given(problems())
def test_planning_again_with_only_the_chosen_calls_chooses_them_again(problem: PlanInput) -> None:
    plan = best_plan(problem)

    again = best_plan(replace(problem, candidates=tuple(calls_of(plan, problem))))

    assert again.score == plan.score


@often
@given(problems())
def test_every_source_is_called_or_rejected_and_says_why(problem: PlanInput) -> None:
    plan = best_plan(problem)
    sources = {c.source for c in problem.candidates} | {refused.source for refused in problem.unavailable}
    told = [(call.source, call.why) for call in plan.calls] + [(r.source, r.why) for r in plan.rejected]

    assert sorted(slug for slug, _ in told) == sorted(sources)
    assert not any("adds too little to count" in why for _, why in told)
    assert all(" ," not in why and "  " not in why and why == why.strip() for _, why in told)


@often
@given(problems())
def test_the_cheapest_useful_price_is_the_least_budget_that_helps(problem: PlanInput) -> None:
    price = cheapest_useful_price(problem)
    nothing = best_plan(replace(problem, candidates=())).required_shortfall

    def reached(budget: int) -> float:
        return best_plan(replace(problem, budget=budget)).required_shortfall

    if price is None:
        assert best_plan(replace(problem, budget=None)).required_shortfall == nothing
    else:
        assert reached(price) < nothing
        assert reached(price - 1) == nothing


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_quote_is_ordered_and_within_the_limits(problem: PlanInput) -> None:
    priced = quote(problem)

    assert 0 <= priced.best_cost <= priced.worst_cost
    assert 0 <= priced.expected_cost <= priced.worst_cost
    assert 0 <= priced.best_seconds <= priced.worst_seconds + 1e-9
    assert 0 <= priced.expected_seconds <= priced.worst_seconds + 1e-9
    assert problem.budget is None or priced.worst_cost <= problem.budget
    assert problem.deadline is None or priced.worst_seconds <= problem.deadline + 1e-9
