"""Each objective on problems small enough to see what is best."""

from dataclasses import replace

import pytest

from enrichment.planning.model import Objective, Plan, PlanInput
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import asked, source

CHEAP = source("cheap", 1, {"news": 0.8}, latency=3.0)
SURE = source("sure", 9, {"news": 0.95}, latency=2.0)
QUICK = source("quick", 5, {"news": 0.8}, latency=0.5)
NEWS = {"news": 0.8}


def planned(objective: Objective, given: PlanInput) -> Plan:
    return best_plan(replace(given, objective=objective))


def chosen(objective: Objective, given: PlanInput) -> list[str]:
    return sorted(call.source for call in planned(objective, given).calls)


@pytest.mark.parametrize(
    ("objective", "best"),
    [
        (Objective.COST, ["cheap"]),
        (Objective.COMPLETENESS, ["cheap"]),
        (Objective.SPEED, ["quick"]),
        (Objective.QUALITY, ["cheap", "quick", "sure"]),
    ],
)
def test_the_objective_decides_among_what_meets_the_threshold(objective: Objective, best: list[str]) -> None:
    assert chosen(objective, asked(NEWS, CHEAP, SURE, QUICK)) == best


def test_quality_buys_the_surest_answer_that_the_budget_allows() -> None:
    assert chosen(Objective.QUALITY, asked(NEWS, CHEAP, SURE, QUICK, budget=9)) == ["cheap", "quick"]


def test_quality_gives_no_required_dataset_up_for_a_surer_one() -> None:
    people = source("people", 5, {"people": 0.6})

    best = chosen(Objective.QUALITY, asked(NEWS | {"people": 0.6}, SURE, people, CHEAP, budget=9))

    assert best == ["cheap", "people"]


def test_completeness_meets_two_datasets_where_cost_comes_nearer_to_three() -> None:
    small = [source("a", 4, {"a": 0.5}), source("b", 4, {"b": 0.5})]
    given = asked({"a": 0.5, "b": 0.5, "c": 1.0}, *small, source("c", 9, {"a": 0.45, "b": 0.45, "c": 0.9}), budget=9)

    assert chosen(Objective.COST, given) == ["c"]
    assert chosen(Objective.COMPLETENESS, given) == ["a", "b"]


def test_speed_asks_a_free_fallback_at_once() -> None:
    plan = planned(Objective.SPEED, asked(NEWS, QUICK, source("free", 0, {"news": 0.5}, latency=0.4)))

    assert [call.source for call in plan.calls] == ["free", "quick"]
    assert plan.calls[0].why.startswith("asked at once in case others do not give news")


def test_speed_waits_for_no_fallback() -> None:
    slow = source("free", 0, {"news": 0.5}, latency=0.6)

    assert chosen(Objective.SPEED, asked(NEWS, QUICK, slow)) == ["quick"]


def test_speed_asks_no_paid_fallback_at_once() -> None:
    assert chosen(Objective.SPEED, asked(NEWS, QUICK, replace(QUICK, source="twin"))) == ["quick"]


def test_a_surer_answer_says_what_it_makes_surer() -> None:
    (call, *_) = planned(Objective.QUALITY, asked(NEWS, CHEAP, SURE)).calls

    assert call.why == "makes news surer, 0.99: 0.01 USD"
