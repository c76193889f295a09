"""What a plan must cost at least to be of any use: the answer to a budget that buys nothing."""

from enrichment.planning.cover import Aim, Cover
from enrichment.planning.levels import required_shortfall
from enrichment.planning.model import PlanInput
from enrichment.planning.problem import Problem, members
from enrichment.planning.solver import affordable


def cheapest_useful_price(given: PlanInput) -> int | None:
    """Worst price in nano-USD of the cheapest plan that lowers the required shortfall, whatever the budget.

    Feasible in all else: needs, deadline, redundancy. None if no plan lowers it. A source of 0.10 USD that needs a
    domain which another one gives for 0.02 USD makes 120_000_000.
    """
    problem = Problem(given)
    candidates = affordable(problem, None)
    before = required_shortfall(problem, 0)
    cheapest: int | None = None
    for rank in members(candidates):
        too_dear = cheapest is not None and problem.worst_prices[rank] >= cheapest
        if too_dear or required_shortfall(problem, 1 << rank) >= before:
            continue
        found = Cover(problem, Aim(weights=problem.worst_prices)).run(candidates & ~(1 << rank), first=rank)
        if found is not None:
            price = problem.worst_price(found)
            cheapest = price if cheapest is None else min(cheapest, price)
    return cheapest
