"""The planner's figures: equal to the oracle, fast enough to plan at every wave, and not far from the best policy."""

from dataclasses import replace
from statistics import fmean, median
from time import perf_counter

from enrichment.planning.model import Candidate, Objective, PlanInput
from enrichment.planning.outcomes import Runs, Situation
from enrichment.planning.solver import best_plan
from tests.benchmarks.planning_instances import random_instance
from tests.benchmarks.planning_oracle import best_score
from tests.benchmarks.planning_policy import least_expected_price
from tests.benchmarks.planning_seed import seeded_problem, small_problem

INSTANCES = 2_000  # of each objective
TIMED = 60  # of each objective
SMALL = 300  # instances that are small enough for the adaptive optimum
MOST_SITUATIONS = 10_000
REPEATS = 3  # the least of these counts: other work on the machine only ever adds


def run() -> list[tuple[str, str, str]]:
    """Rows of (figure, value, target), objective by objective."""
    planned = [row for objective in Objective for row in (equality(objective), *planning_time(objective))]
    return [*planned, *fallbacks()]


def equality(objective: Objective) -> tuple[str, str, str]:
    equal = sum(is_equal(random_instance(seed, objective)) for seed in range(INSTANCES))
    return (
        f"plans for {objective} whose score equals the oracle's",
        f"{equal:,} of {INSTANCES:,}",
        f"{INSTANCES:,} of {INSTANCES:,}",
    )


def planning_time(objective: Objective) -> list[tuple[str, str, str]]:
    spent = sorted(milliseconds(replace(seeded_problem(seed), objective=objective)) for seed in range(TIMED))
    p95 = spent[int(0.95 * (TIMED - 1))]
    return [
        (
            f"planning time for {objective}, p95, 13 datasets × 25 sources",
            f"{p95:.1f} ms (median {median(spent):.1f})",
            "≤ 10 ms",
        ),
        (f"planning time for {objective}, slowest of these", f"{spent[-1]:.1f} ms", "reported"),
    ]


def fallbacks() -> list[tuple[str, str, str]]:
    """What a run with its fallbacks costs on average, over what the best policy that asks one by one would.

    A plan asks a whole wave at once, which is quicker and may be dearer: the second figure is the same plans asked one
    by one, the cheapest call first.
    """
    problems = [small_problem(seed) for seed in range(SMALL)]
    optima = [least_expected_price(given) for given in problems]
    rows = []
    for name, runs in (("", Runs), (", asked one by one", OneByOne)):
        ratios = sorted(
            expected_price(runs(given, most=MOST_SITUATIONS)) / optimum
            for given, optimum in zip(problems, optima, strict=True)
            if optimum > 0.0
        )
        within = sum(ratio <= 1.10 for ratio in ratios) / len(ratios)
        what = f"expected cost / adaptive optimum, ≤ 6 sources{name}"
        rows += [
            (f"{what}: mean", f"{fmean(ratios):.4f}", "≤ 1.10"),
            (f"{what}: worst", f"{ratios[-1]:.3f} ({within:.1%} ≤ 1.10)", "≤ 1.10" if runs is Runs else "reported"),
        ]
    return rows


class OneByOne(Runs):
    """Runs that ask only the cheapest call of each wave, then plan anew."""

    def wave(self, situation: Situation) -> tuple[Candidate, ...]:
        return tuple(sorted(super().wave(situation), key=lambda call: call.usable_price)[:1])


def expected_price(runs: Runs) -> float:
    """nano-USD that a run costs on average."""
    return sum(ending.chance * ending.cost for ending in runs.endings())


def is_equal(given: PlanInput) -> bool:
    """Does the plan have the score that trying every set of calls gives?"""
    return best_plan(given).score == best_score(given)


def milliseconds(given: PlanInput) -> float:
    """Time of one plan with its reasons."""
    return min(_seconds(given) for _ in range(REPEATS)) * 1000


def _seconds(given: PlanInput) -> float:
    begun = perf_counter()
    best_plan(given)
    return perf_counter() - begun


if __name__ == "__main__":
    for figure, value, target in run():
        print(f"{figure}: {value} (target {target})")
