"""What is said of known numbers."""

import random
from collections.abc import Sequence
from typing import Any

from enrichment.workflow.verdict import Frame, Outcome, Result, Side, outcome


def results(costs: Sequence[float], quality: float = 0.8, **values: Any) -> list[Result]:
    """One run a company; quality a little around its mean."""
    figures = {"coverage": 0.9, "is_complete": True, "seconds": 2.0, **values}
    return [
        Result(company=place, cost=cost, quality=quality + (place % 2 - 0.5) / 500, **figures)
        for place, cost in enumerate(costs)
    ]


def judged(control: list[Result], other: list[Result], *, wanted: int | None = 20, **values: Any) -> Outcome:
    defaults = {
        "is_over": True,
        "was_stopped": False,
        "why": "",
        "cost_step": 0.02,
        "quality_step": 0.02,
        "same_yardstick": True,
        "level": 0.95,
    }
    sides = [
        Side(label="B", is_control=False, results=other, wanted=wanted),
        Side(label="A", is_control=True, results=control, wanted=wanted),
    ]
    return outcome(sides, Frame(**{**defaults, **values}))


TEN_CENTS, SIX_CENTS = [0.08, 0.12] * 10, [0.04, 0.08] * 10


def test_cheaper_and_as_good() -> None:
    found = judged(results(TEN_CENTS), results(SIX_CENTS))

    assert found.verdict == "B is cheaper by 0.04 USD a run (0.0269 to 0.0531), quality the same within 0.001."
    assert found.is_final
    assert [side.label for side in found.sides] == ["A", "B"]


def test_nothing_is_compared_while_it_runs() -> None:
    found = judged(results(TEN_CENTS), results(SIX_CENTS[:12]), is_over=False)

    assert found.verdict == "Not enough data yet (32 of 40 companies)."
    assert [side.differences for side in found.sides] == [{}, {}]
    assert found.sides[1].estimates["cost"].mean == 0.06


def test_what_was_stopped_proves_nothing() -> None:
    found = judged(results(TEN_CENTS), results(SIX_CENTS), was_stopped=True, why="B cost too much.")

    assert found.verdict == "Not enough data (40 of 40 companies): it was stopped. B cost too much."
    assert not found.is_final


def test_no_difference_seen() -> None:
    random.seed(1)
    wild = [random.uniform(0, 1) for _ in range(40)]

    found = judged(results(wild[:20]), results(wild[20:], 0.8), quality_step=0.0001, cost_step=0.001)

    assert found.verdict.startswith("B: no difference seen (cost ")


def test_the_same_for_every_practical_purpose() -> None:
    assert judged(results(TEN_CENTS), results(TEN_CENTS), cost_step=0.02).verdict.startswith(
        "B costs the same within 0.0131 USD a run, quality the same within"
    )


def test_too_few_at_the_end_are_no_verdict() -> None:
    assert judged(results(TEN_CENTS), results(SIX_CENTS[:9])).verdict == "Not enough data (29 of 40 companies)."


def test_less_than_planned_is_said() -> None:
    words = judged(results(TEN_CENTS[:12]), results(SIX_CENTS[:12])).verdict

    assert "B is cheaper by 0.04 USD a run" in words
    assert "It ended with less data than it takes (24 of 40 companies)" in words


def test_worse_by_coverage_where_the_yardstick_moved() -> None:
    found = judged(results(TEN_CENTS), results(TEN_CENTS, quality=0.99, coverage=0.5), same_yardstick=False)

    assert found.worth == "coverage"
    assert "coverage worse by 0.400" in found.verdict
    assert "quality" not in found.verdict


def test_before_anything_ended() -> None:
    found = judged([], [], wanted=None, is_over=False)

    assert found.verdict == "Not enough data yet (0 companies; how many it takes is known after 30)."
