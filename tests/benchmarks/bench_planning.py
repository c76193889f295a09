"""The planner's figures: equal to the oracle, and fast enough to plan at every wave."""

from statistics import median
from time import perf_counter

from enrichment.planning.model import PlanInput
from enrichment.planning.solver import cheapest_plan
from tests.benchmarks.planning_instances import random_instance
from tests.benchmarks.planning_oracle import best_score
from tests.benchmarks.planning_seed import seeded_problem

INSTANCES = 2_000
TIMED = 300
REPEATS = 3  # the least of these counts: other work on the machine only ever adds


def run() -> list[tuple[str, str, str]]:
    """Rows of (figure, value, target)."""
    equal = sum(is_equal(random_instance(seed)) for seed in range(INSTANCES))
    spent = sorted(milliseconds(seeded_problem(seed)) for seed in range(TIMED))
    p95 = spent[int(0.95 * (TIMED - 1))]
    return [
        ("plans whose score equals the oracle's", f"{equal:,} of {INSTANCES:,}", f"{INSTANCES:,} of {INSTANCES:,}"),
        ("planning time, p95, 13 datasets × 25 sources", f"{p95:.1f} ms (median {median(spent):.1f})", "≤ 10 ms"),
        ("planning time, slowest of these", f"{spent[-1]:.1f} ms", "reported"),
    ]


def is_equal(given: PlanInput) -> bool:
    """Does the plan have the score that trying every set of calls gives?"""
    return cheapest_plan(given).score == best_score(given)


def milliseconds(given: PlanInput) -> float:
    """Time of one plan with its reasons."""
    return min(_seconds(given) for _ in range(REPEATS)) * 1000


def _seconds(given: PlanInput) -> float:
    begun = perf_counter()
    cheapest_plan(given)
    return perf_counter() - begun


if __name__ == "__main__":
    for figure, value, target in run():
        print(f"{figure}: {value} (target {target})")
