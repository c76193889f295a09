"""What a plan promises, without its reasons: for comparing many plans."""

from dataclasses import dataclass
from math import fsum

from enrichment.planning import reach
from enrichment.planning.model import PlanInput
from enrichment.planning.problem import Problem, members
from enrichment.planning.solver import best_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The plan's sources by slug, its expected price in nano-USD, its seconds, and what it reaches.

    `reliability`: mean over the needs by weight; 1 without any. `met`: share of required needs that reach their
    threshold; 1 without any.
    """

    sources: tuple[str, ...]
    price: int
    seconds: float
    reliability: float
    met: float


def promise(given: PlanInput) -> Promise:
    """What the best plan for `given` promises; the same calls as `best_plan` has."""
    problem = Problem(given)
    chosen, _ = best_sets(problem)
    reached = reach.reliabilities(problem, chosen)
    weight = fsum(need.weight for need in problem.needs)
    total = fsum(need.weight * reached[place] for place, need in enumerate(problem.needs))
    missed = sum(reach.is_below(problem, place, reached) for place in problem.required)
    called = [problem.candidates[rank] for rank in members(chosen)]
    return Promise(
        sources=tuple(candidate.source for candidate in called),
        price=sum(round(candidate.expected_price) for candidate in called),
        seconds=reach.seconds(problem, chosen),
        reliability=total / weight if weight > 0 else 1.0,
        met=1 - missed / len(problem.required) if problem.required else 1.0,
    )
