"""The cheapest plan, exactly as `model` defines it."""

from dataclasses import replace

from enrichment.planning import reach
from enrichment.planning.explain import explained
from enrichment.planning.model import Plan, PlanInput
from enrichment.planning.problem import DECIMALS, Problem, log_of, members
from enrichment.planning.search import Aim, Search

ROUNDING = 10**-DECIMALS


def cheapest_plan(given: PlanInput) -> Plan:
    """The feasible plan with the smallest score, with a reason for every call, reuse and rejection.

    Exact: see the definition in `enrichment.planning.model`. Deterministic, and independent of the order of the input.
    An unreachable threshold is a shortfall, never an error; where nothing helps or nothing fits, the plan is empty.
    Time grows with the number of calls that compete for the same datasets: 13 datasets and 25 sources take
    milliseconds, most of them where the budget forces a choice of what to leave out.
    """
    problem = Problem(given)
    chosen, unlimited = best_sets(problem)
    return explained(problem, chosen, unlimited)


def best_sets(problem: Problem) -> tuple[int, int]:
    """The best set of candidates within the budget, and the best if there were none; both as masks."""
    budget = problem.given.budget
    unlimited = cheapest_set(problem, budget=None)
    if budget is None or problem.worst_price(unlimited) <= budget:
        return unlimited, unlimited
    return cheapest_set(problem, budget=budget), unlimited


def cheapest_set(problem: Problem, *, budget: int | None) -> int:
    """The best set of candidates as a mask.

    Most plans can bring every need as low as it gets, so that is tried first: each need then has its own goal and the
    search is a cover by weight. If that fails the required needs alone are held to it, at last none.
    """
    candidates = affordable(problem, budget)
    lowest = reach.reliabilities(problem, reach.callable_part(problem, candidates))
    required, optional = problem.required, problem.optional
    aim = Aim(weights=problem.weights, budget=budget)
    for hard, soft in (((required, optional), ()), ((required,), (optional,)), ((), (required, optional))):
        demand = replace(
            aim,
            hard=tuple((place, _goal(problem, place, lowest[place])) for places in hard for place in places),
            targets=tuple((places, reach.shortfall(problem, places, lowest)) for places in hard),
            soft=soft,
        )
        found = Search(problem, demand).run(candidates)
        if found is not None:
            return found
    return 0


def _goal(problem: Problem, place: int, lowest: float) -> float:
    """The log that the need must reach if the rounded sum of shortfalls is to be as low as it gets."""
    need = problem.needs[place]
    if need.weight <= 0.0:
        return 0.0
    hidden = max(ROUNDING / need.weight, 1e-12)  # what one need can lack before the rounded sum shows it
    return log_of(max(0.0, min(need.threshold, lowest) - hidden))


def affordable(problem: Problem, budget: int | None) -> int:
    """Candidates that could be called at all: their needs can be met, their own price and time fit the limits."""
    fitting = problem.everyone
    if budget is not None:
        fitting = sum(1 << rank for rank in members(fitting) if problem.worst_prices[rank] <= budget)
    deadline = problem.given.deadline
    if deadline is None:
        return reach.callable_part(problem, fitting)
    ends = reach.earliest_ends(problem, fitting)
    in_time = (rank for rank, end in ends.items() if end <= deadline + 2 * ROUNDING)
    return reach.callable_part(problem, sum(1 << rank for rank in in_time))
