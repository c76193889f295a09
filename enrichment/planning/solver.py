"""The best plan for the input's objective, exactly as `model` defines it."""

from enrichment.planning import reach
from enrichment.planning.cover import Aim, Cover
from enrichment.planning.explain import explained
from enrichment.planning.legacy import every_useful_source
from enrichment.planning.levels import ROUNDING, Level, goals, levels
from enrichment.planning.model import Objective, Plan, PlanInput, Strategy
from enrichment.planning.problem import DECIMALS, Problem, members
from enrichment.planning.search import Search, Values


def best_plan(given: PlanInput) -> Plan:
    """The feasible plan with the smallest score, with a reason for every call, reuse and rejection.

    Exact: see the definition in `enrichment.planning.model`. Deterministic, and independent of the order of the input.
    An unreachable threshold is a shortfall, never an error; where nothing helps or nothing fits, the plan is empty.
    Time grows with the number of calls that compete for the same datasets: 13 datasets and 25 sources take
    milliseconds, most of them where the budget forces a choice of what to leave out.

    An input of the strategy `legacy` gets the calls that `enrichment.planning.legacy` takes instead.
    """
    problem = Problem(given)
    chosen, unlimited = best_sets(problem)
    return explained(problem, chosen, unlimited)


def best_sets(problem: Problem) -> tuple[int, int]:
    """The best set of candidates within the budget, and the best if there were none; both as masks."""
    budget = problem.given.budget
    unlimited = best_set(problem, budget=None)
    if budget is None or problem.worst_price(unlimited) <= budget:
        return unlimited, unlimited
    return best_set(problem, budget=budget), unlimited


def best_set(problem: Problem, *, budget: int | None) -> int:
    """The best set of candidates as a mask; for the strategy `legacy` everyone who gives anything wanted."""
    if problem.given.strategy is Strategy.LEGACY:
        return every_useful_source(problem, budget=budget)
    found = cheapest_set(problem, budget=budget)
    if problem.given.objective is not Objective.SPEED:
        return found
    return _with_free_fallbacks(problem, _hastened(problem, found, budget=budget))


def cheapest_set(problem: Problem, *, budget: int | None) -> int:
    """The set with the lowest levels, in their order, that weighs least; as a mask.

    Most plans can bring every need as low as it gets, so that is tried first: each need then has its own goal and the
    search is a cover by weight. For `quality` it would mostly fail, since every call makes something surer.
    """
    candidates = affordable(problem, budget)
    every = levels(problem)
    if problem.given.objective is not Objective.QUALITY:
        lowest = reach.reliabilities(problem, candidates)
        targets = tuple((level, level.value(lowest)) for level in every)
        found = Cover(problem, Aim(problem.weights, budget, goals(every, lowest), targets)).run(candidates)
        if found is not None:
            return found
    return Search(problem, every, budget=budget).run(candidates) or 0


def _hastened(problem: Problem, chosen: int, *, budget: int | None) -> int:
    """The quickest set with levels as low as those of `chosen`, and of the quickest the lightest.

    Sets are found under ever tighter deadlines until there is none; what they weigh matters under the last one only.
    """
    every = levels(problem)
    reached = reach.reliabilities(problem, chosen)
    values = tuple(level.value(reached) for level in every)
    quickest, seconds = chosen, 0.0
    while quickest:
        seconds = round(reach.seconds(problem, quickest), DECIMALS)
        sooner = _set_within(problem.by(seconds - ROUNDING), every, values, budget=budget, any_will_do=True)
        if sooner is None:
            break
        quickest = sooner
    if quickest == chosen:
        return chosen
    lightest = _set_within(problem.by(seconds), every, values, budget=budget)
    return quickest if lightest is None else lightest


def _set_within(
    problem: Problem, every: tuple[Level, ...], values: Values, *, budget: int | None, any_will_do: bool = False
) -> int | None:
    """The lightest set with levels that are no higher than `values`, or just any; None if there is none.

    Any is best looked for among quick calls, so those weigh little then.
    """
    candidates = affordable(problem, budget)
    lowest = reach.reliabilities(problem, candidates)
    within_reach = tuple(level.value(lowest) for level in every)
    if any(reachable > value for reachable, value in zip(within_reach, values, strict=True)):
        return None
    if within_reach != values:
        return Search(problem, every, budget=budget, lowest=values, any_will_do=any_will_do).run(candidates)
    weights = problem.latencies if any_will_do else problem.weights
    aim = Aim(weights, budget, goals(every, lowest), tuple(zip(every, values, strict=True)))
    return Cover(problem, aim, any_will_do=any_will_do).run(candidates)


def _with_free_fallbacks(problem: Problem, chosen: int) -> int:
    """The set with the free candidates that may stand in for one of its calls, as long as nothing takes longer."""
    took = round(reach.seconds(problem, chosen), DECIMALS)
    served = {witness.need for rank in members(chosen) for witness in problem.witnesses[rank]}
    for rank, candidate in enumerate(problem.candidates):
        wider = chosen | 1 << rank
        if candidate.price == 0 and served & {witness.need for witness in problem.witnesses[rank]}:
            is_slower = round(reach.seconds(problem, wider), DECIMALS) > took
            if not is_slower and reach.is_whole(problem, wider):
                chosen = wider
    return chosen


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
