"""Quality is computed from thresholds, ages and reliabilities, by the formula of its docstring."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import FactView, NeedView, Task
from enrichment.analysis.quality import against, parts, quality
from tests.enrichment.analysis.worlds import NOW, acme, fact, item


def need(dataset: str, threshold: float = 0.8, weight: float = 1.0) -> NeedView:
    return NeedView(dataset=dataset, threshold=threshold, required=True, weight=weight)


def known(dataset: str, reliability: float, age: timedelta = timedelta(0)) -> FactView:
    return replace(
        fact(dataset, "scalar", item("x", "e8", age=age, reliability=reliability), reliability=reliability),
        half_life=timedelta(days=30),
    )


def measured(*needs: NeedView, facts: tuple[FactView, ...]) -> dict[str, float]:
    task: Task = acme(needs=needs, facts={one.dataset: one for one in facts}, as_of=NOW)
    return quality(task, ground(Builtin().write(task), task))


def test_fresh_facts_above_their_thresholds_are_complete_and_fresh() -> None:
    found = measured(need("industry"), facts=(known("industry", 0.9),))

    assert found == {
        "completeness": 1.0,
        "freshness": 1.0,
        "reliability": 0.9,
        "overall": pytest.approx(0.9**0.35, abs=1e-4),
        "recall": 1.0,
    }


def test_a_weak_fact_is_there_and_says_so_by_its_reliability() -> None:
    found = measured(need("industry"), facts=(known("industry", 0.4),))

    assert (found["completeness"], found["reliability"]) == (1.0, 0.4)


def test_what_others_said_instead_lowers_the_reliability_of_a_value() -> None:
    assert against([0.9]) == 0.9
    assert against([0.9, 0.8]) == pytest.approx(9 / 14)


def test_what_a_person_pinned_is_believed_whatever_others_said() -> None:
    assert against([1.0, 0.99]) == 1.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_values_that_exclude_each_other_are_together_at_most_certain(reliabilities: list[float]) -> None:
    each = [
        against([one, *reliabilities[:place], *reliabilities[place + 1 :]]) for place, one in enumerate(reliabilities)
    ]

    assert all(0 <= value <= 1 for value in each)
    assert 1.0 in reliabilities or sum(each) <= 1 + 1e-9


def test_records_are_believed_as_far_as_their_items_on_average() -> None:
    both = fact(
        "tech_stack", "records", item({"name": "A"}, "e8", reliability=0.9), item({"name": "B"}, reliability=0.5)
    )

    assert measured(need("tech_stack"), facts=(both,))["reliability"] == 0.7


def test_the_parts_name_first_what_drags_the_whole_down() -> None:
    task = acme(
        needs=(need("industry"), need("headquarters"), need("tech_stack")),
        facts={one.dataset: one for one in (known("industry", 0.95), known("headquarters", 0.5))},
        as_of=NOW,
    )

    found = parts(task)

    assert [(part["dataset"], part["found"]) for part in found] == [
        ("tech_stack", False),
        ("headquarters", True),
        ("industry", True),
    ]
    assert found[0]["lost"] > found[1]["lost"] > found[2]["lost"] > 0


def test_a_missing_fact_counts_nothing_by_its_weight() -> None:
    found = measured(need("industry", weight=1.0), need("tech_stack", weight=3.0), facts=(known("industry", 0.8),))

    assert (found["completeness"], found["reliability"], found["freshness"]) == (0.25, 0.8, 1.0)


def test_a_fact_as_old_as_its_half_life_is_half_fresh() -> None:
    assert measured(need("industry"), facts=(known("industry", 0.9, timedelta(days=30)),))["freshness"] == 0.5


def test_heavier_needs_weigh_more() -> None:
    found = measured(
        need("industry", weight=1.0),
        need("headquarters", weight=2.0),
        facts=(known("industry", 0.6), known("headquarters", 0.9, timedelta(days=30))),
    )

    assert (found["completeness"], found["freshness"], found["reliability"]) == (1.0, 0.6667, 0.8)


def test_without_facts_nothing_is_good() -> None:
    assert measured(need("industry"), facts=()) == {
        "completeness": 0.0,
        "freshness": 0.0,
        "reliability": 0.0,
        "overall": 0.0,
        "recall": 1.0,
    }


def test_a_better_fact_never_lowers_the_whole() -> None:
    values = [measured(need("industry"), facts=(known("industry", r / 10),))["overall"] for r in range(1, 11)]

    assert values == sorted(values)
