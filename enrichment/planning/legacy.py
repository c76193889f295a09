"""The strategy `legacy`: every source that gives anything wanted is asked, without a plan.

It is what others do, and what savings are measured against. A source is asked if it offers a needed dataset, or meets
a need of one that does, whether or not others say the same already. Thresholds, redundancy rules, the deadline and the
objective change nothing. The budget does: sources are taken by the admin's priority, then by slug, each with whatever
it needs, as long as their worst prices fit. What is held is not bought again.
"""

from enrichment.planning import reach
from enrichment.planning.problem import Problem, members
from enrichment.planning.reasons import Reasons
from enrichment.planning.words import listing, price_of


def every_useful_source(problem: Problem, *, budget: int | None) -> int:
    """The candidates that are asked, as a mask."""
    useful = _useful(problem)
    wanted = [rank for rank in members(useful) if problem.witnesses[rank]]
    chosen = 0
    for rank in sorted(wanted, key=lambda rank: (problem.priorities[rank], rank)):
        wider = chosen | _with_givers(problem, rank, useful)
        if budget is None or problem.worst_price(wider) <= budget:
            chosen = wider
    return chosen


def _useful(problem: Problem) -> int:
    """Candidates that can be called and that offer a needed dataset, or what one of those needs."""
    able = reach.callable_part(problem, problem.everyone)
    useful = sum(1 << rank for rank in members(able) if problem.witnesses[rank])
    while True:
        lacking = _lacking(problem, useful)
        wider = useful | sum(1 << rank for rank in members(able & ~useful) if problem.gives_of[rank] & lacking)
        if wider == useful:
            return useful
        useful = wider


def _lacking(problem: Problem, mask: int) -> int:
    """Datasets, as bits, that calls of the set need and that are neither known nor held."""
    lacking = 0
    for rank in members(mask):
        lacking |= problem.needs_of[rank] & ~problem.base
    return lacking


def _with_givers(problem: Problem, rank: int, useful: int) -> int:
    """The candidate with those that must be asked before it: all useful ones that give what it lacks."""
    found, lacking = 1 << rank, _lacking(problem, 1 << rank)
    while lacking:
        givers = sum(1 << other for other in members(useful & ~found) if problem.gives_of[other] & lacking)
        found |= givers
        lacking = _lacking(problem, givers)
    return found


class UnplannedReasons(Reasons):
    """The words for a set of calls that was not planned."""

    def for_call(self, rank: int) -> str:
        """What it gives, and its price."""
        candidate = self.problem.candidates[rank]
        wanted = sorted(candidate.gives & self.problem.place.keys())
        gives = f"gives {listing(wanted)}" if wanted else f"gives {listing(sorted(candidate.gives))}, which others need"
        return f"asked like every source, {gives}: {price_of(candidate)}"

    def against(self, rank: int) -> str:
        """It cannot be called, gives nothing, or does not fit the budget."""
        why = self._cannot_be_called(rank) or self._gives_nothing_needed(rank) or self._breaks_a_limit(rank)
        return why or "does not fit the budget with what must be asked before it"
