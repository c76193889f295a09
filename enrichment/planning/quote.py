"""What a run will cost and how long it will take, before it begins: best, expected, worst."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from enrichment.planning import reach
from enrichment.planning.legacy import every_useful_source
from enrichment.planning.model import PlanInput, Strategy
from enrichment.planning.outcomes import Ending, Runs, TooManyOutcomes, price_if_usable
from enrichment.planning.problem import Problem, members
from enrichment.planning.solver import affordable, best_sets

MOST_SITUATIONS = 96  # planned for before outcomes are drawn instead of enumerated; about half a millisecond each
SAMPLES = 48
FEW_SITUATIONS, FEW_SAMPLES = 24, 12  # of an estimate, which each run makes for itself
SEED = 2011


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean over outcomes: nano-USD and seconds."""

    cost: int
    seconds: float


def estimate(given: PlanInput) -> Estimate:
    """What `quote` calls expected, at a quarter of the work: exact up to 24 situations, else over 12 drawn outcomes."""
    try:
        endings = [*Runs(given, most=FEW_SITUATIONS).endings()]
    except TooManyOutcomes:
        endings = _drawn(given, FEW_SAMPLES)
    return _mean(endings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Prices in nano-USD, spans in seconds. `is_exact`: every outcome was enumerated, none was drawn."""

    best_cost: int
    expected_cost: int
    worst_cost: int
    best_seconds: float
    expected_seconds: float
    worst_seconds: float
    is_exact: bool = True

    def beside(self, other: "Quote") -> "Quote":
        """That of two runs side by side: both are paid, and the longer one is waited for."""
        return Quote(
            best_cost=self.best_cost + other.best_cost,
            expected_cost=self.expected_cost + other.expected_cost,
            worst_cost=self.worst_cost + other.worst_cost,
            best_seconds=max(self.best_seconds, other.best_seconds),
            expected_seconds=max(self.expected_seconds, other.expected_seconds),
            worst_seconds=max(self.worst_seconds, other.worst_seconds),
            is_exact=self.is_exact and other.is_exact,
        )


def quote(given: PlanInput) -> Quote:
    """Price the plan together with its fallbacks, by running it in thought (`outcomes` says how a run goes).

    Best: every planned call gives a usable answer at the average price of one. Expected: the mean over outcomes, each
    call usable with its chance, independently. Worst: the dearest outcome, every record that can be charged included,
    never above the budget; and the longest one.

    Up to 96 situations are enumerated exactly. Beyond that the mean is over 48 outcomes drawn with a fixed seed, the
    same for the same input, and the worst is a ceiling that no outcome exceeds: all useful candidates asked one after
    another. Expected may be below best: a source charged per hit costs nothing when it finds nothing.
    """
    problem = Problem(given)
    chosen, _ = best_sets(problem)
    best_cost = sum(price_if_usable(problem.candidates[rank]) for rank in members(chosen))
    best_seconds = reach.seconds(problem, chosen)
    try:
        endings = [*Runs(given, most=MOST_SITUATIONS).endings()]
        worst_cost, worst_seconds = max(e.dearest for e in endings), max(e.situation.seconds for e in endings)
        is_exact = True
    except TooManyOutcomes:
        endings = _drawn(given, SAMPLES)
        worst_cost, worst_seconds = _ceiling(problem)
        is_exact = False
    mean = _mean(endings)
    return Quote(
        best_cost=best_cost,
        expected_cost=mean.cost,
        worst_cost=worst_cost,
        best_seconds=best_seconds,
        expected_seconds=mean.seconds,
        worst_seconds=worst_seconds,
        is_exact=is_exact,
    )


def _mean(endings: Sequence[Ending]) -> Estimate:
    return Estimate(
        cost=round(sum(ending.chance * ending.cost for ending in endings)),
        seconds=sum(ending.chance * ending.situation.seconds for ending in endings),
    )


def _drawn(given: PlanInput, count: int) -> list[Ending]:
    """Endings of runs in which it was drawn beforehand whose answer is usable; equally likely."""
    draw = Random(SEED)  # noqa: S311 - a simulation, not a secret
    runs = Runs(given, most=count * (len(given.candidates) + 1))
    usable: list[set[str]] = [set() for _ in range(count)]
    for candidate in sorted(given.candidates, key=lambda candidate: candidate.source):
        # A Latin hypercube: each source answers in just its share of the outcomes, so that few of them say much.
        for place, outcome in enumerate(draw.sample(range(count), count)):
            if (place + 0.5) / count < candidate.chance:
                usable[outcome].add(candidate.source)
    endings = (runs.ending_if(frozenset(each)) for each in usable)
    return [Ending(1 / count, ending.situation, ending.cost, ending.dearest) for ending in endings]


def _ceiling(problem: Problem) -> tuple[int, float]:
    """nano-USD and seconds that no run exceeds: everything useful is asked, one call after another, within limits."""
    given = problem.given
    held = reach.reliabilities(problem, 0)
    wanted = {place for place in range(len(problem.needs)) if reach.is_below(problem, place, held)}
    useful = [
        rank
        for rank in members(affordable(problem, given.budget))
        if problem.gives_of[rank] or any(witness.need in wanted for witness in problem.witnesses[rank])
    ]
    if given.strategy is Strategy.LEGACY:
        useful = [*members(every_useful_source(problem, budget=None))]
    cost = sum(problem.worst_prices[rank] for rank in useful)
    seconds = sum(problem.candidates[rank].latency for rank in useful)
    return (
        cost if given.budget is None else min(cost, given.budget),
        seconds if given.deadline is None else min(seconds, given.deadline),
    )
