"""The oracle against plans worked out by hand, and the instances against what they claim to visit."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from enrichment.planning.model import (
    Candidate,
    Charged,
    Held,
    Mode,
    Need,
    Objective,
    Offer,
    PlanInput,
    Redundancy,
    Score,
    Unavailable,
)
from tests.benchmarks.planning_corners import CORNERS, Corner
from tests.benchmarks.planning_instances import MOST_DATASETS, MOST_SOURCES, random_instance
from tests.benchmarks.planning_oracle import best_score, layers_of, score_of, smallest_score

NEWS = Need(dataset="news", threshold=0.9)
LEAST_CHANGED = {Objective.QUALITY: 25, Objective.COMPLETENESS: 8, Objective.SPEED: 25}  # of 150


def source(name: str, price: int = 10, chance: float = 1.0, **changes: Any) -> Candidate:
    """Return a source that gives news at 0.9 from an origin of its own, one second after the question."""
    values: dict[str, Any] = {"origin_group": name, "offers": (Offer(dataset="news", reliability=0.9),), **changes}
    return Candidate(source=name, price=price, chance=chance, **values)


def gives(*datasets: str, reliability: float = 0.9, priority: int = 5) -> tuple[Offer, ...]:
    return tuple(Offer(dataset=dataset, reliability=reliability, priority=priority) for dataset in datasets)


def wants(*candidates: Candidate, needs: tuple[Need, ...] = (NEWS,), **changes: Any) -> PlanInput:
    return PlanInput(needs=needs, candidates=candidates, **changes)


def test_the_cheapest_usable_answer_wins_over_the_cheapest_call() -> None:
    cheap_but_rarely_usable = source("rare", price=10, chance=0.25)
    dearer_but_sure = source("sure", price=30, chance=1.0)

    score = best_score(wants(cheap_but_rarely_usable, dearer_but_sure))

    assert score == Score(levels=(0.0, 0.0), usable_price=30, calls=1, priority=5, sources=("sure",))


@pytest.mark.parametrize(
    ("charged", "usable_price"),
    [(Charged.CALL, 16), (Charged.HIT, 10), (Charged.RECORD, 40)],
    ids=["10 / 0.625", "10 * 0.625 / 0.625", "10 * 2.5 / 0.625"],
)
def test_the_usable_price_follows_what_is_charged_for(charged: Charged, usable_price: int) -> None:
    given = wants(source("a", charged=charged, chance=0.625, expected_records=2.5, max_records=4))

    score = score_of(given, ["a"])

    assert score is not None
    assert score.usable_price == usable_price


def test_a_budget_binds_on_the_worst_price_of_all_records() -> None:
    given = wants(source("a", price=10, charged=Charged.RECORD, expected_records=1.0, max_records=4), budget=39)

    refused, allowed = score_of(given, ["a"]), score_of(replace(given, budget=40), ["a"])

    assert refused is None
    assert allowed is not None


def test_two_feeds_of_one_origin_are_one_witness() -> None:
    strict = Need(dataset="news", threshold=0.99, weight=2.0)
    same = wants(source("a", origin_group="feed"), source("b", origin_group="feed"), needs=(strict,))
    apart = wants(source("a"), source("b"), needs=(strict,))

    of_one_origin, of_two_origins = best_score(same), best_score(apart)

    assert (of_one_origin.levels, of_one_origin.sources) == ((0.18, 0.0), ("a",))
    assert (of_two_origins.levels, of_two_origins.sources) == ((0.0, 0.0), ("a", "b"))


def test_a_required_dataset_comes_before_an_optional_one_of_any_weight() -> None:
    people = Need(dataset="people", threshold=0.9, required=False, weight=100.0)
    given = wants(source("a"), source("b", offers=gives("people")), needs=(NEWS, people), budget=10)

    score = best_score(given)

    assert (score.levels, score.sources) == ((0.0, 90.0), ("a",))


def test_a_chain_of_needs_is_called_whole_and_takes_its_layers_time() -> None:
    chain = (
        source("a", offers=gives("domain"), latency=1.0),
        source("b", offers=gives("profile", priority=1), needs=frozenset({"domain"}), latency=2.0),
        source("c", needs=frozenset({"profile", "name"}), latency=4.0),
    )
    given = wants(*chain, known=frozenset({"name"}), deadline=7.0)

    in_time, too_late = best_score(given), best_score(replace(given, deadline=6.5))

    assert (in_time.sources, in_time.priority) == (("a", "b", "c"), 11)
    assert too_late.sources == ()


def test_sources_that_need_each_other_are_never_called() -> None:
    circle = (
        source("a", offers=gives("domain"), needs=frozenset({"news"})),
        source("b", offers=gives("news"), needs=frozenset({"domain"})),
    )

    score = best_score(wants(*circle))

    assert (score.levels, score.sources) == ((0.9, 0.0), ())


def test_a_held_response_is_a_free_witness_and_meets_needs() -> None:
    held = Held(source="old", origin_group="old", offers=gives("domain", "news", reliability=0.5))
    given = wants(source("a", offers=gives("news", reliability=0.8), needs=frozenset({"domain"})), held=(held,))

    alone, with_call = score_of(given, []), score_of(given, ["a"])

    assert alone is not None
    assert with_call is not None
    assert (alone.levels, with_call.levels) == ((0.4, 0.0), (0.0, 0.0))


def test_an_unavailable_source_is_never_called() -> None:
    given = wants(source("a"), unavailable=(Unavailable(source="a", why="no key"),))

    score = best_score(given)

    assert score.sources == ()
    assert score_of(given, ["a"]) is None


@pytest.mark.parametrize(("mode", "is_feasible"), [(Mode.ANY, False), (Mode.ALL, True)])
def test_a_rule_forbids_the_redundant_call_when_its_reasons_are_met(mode: Mode, is_feasible: bool) -> None:
    rule = Redundancy(skip="b", because_of=frozenset({"a", "c"}), mode=mode)
    given = wants(source("a"), source("b"), redundancies=(rule,))

    score = score_of(given, ["a", "b"])

    assert (score is not None) is is_feasible


def test_a_held_response_makes_a_call_redundant() -> None:
    held = Held(source="old", origin_group="old", offers=gives("news"))
    rule = Redundancy(skip="a", because_of=frozenset({"old"}))

    score = score_of(wants(source("a"), held=(held,), redundancies=(rule,)), ["a"])

    assert score is None


@pytest.mark.parametrize(("required", "sources"), [(True, ("a", "b")), (False, ("a",))])
def test_a_rule_yields_for_a_required_dataset_only(required: bool, sources: tuple[str, ...]) -> None:
    people = Need(dataset="people", threshold=0.5, required=required)
    rule = Redundancy(skip="b", because_of=frozenset({"a"}))
    given = wants(source("a"), source("b", offers=gives("people")), needs=(NEWS, people), redundancies=(rule,))

    score = best_score(given)

    assert score.sources == sources


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: corner.name)
def test_a_corner_has_the_plan_worked_out_by_hand(corner: Corner) -> None:
    score = best_score(corner.given)

    assert score.sources == corner.sources


def test_equal_plans_are_told_apart_by_calls_then_priority_then_slug() -> None:
    fewer_calls = wants(source("a", 0), source("b", 0))
    better_priority = wants(source("a"), source("b", offers=gives("news", priority=1)))
    first_slug = wants(source("b"), source("a"))

    scores = [best_score(given) for given in (fewer_calls, better_priority, first_slug)]

    assert [score.sources for score in scores] == [("a",), ("b",), ("a",)]


def test_priority_counts_only_offers_that_somebody_wants() -> None:
    offers = (*gives("weather", priority=1), *gives("news", priority=7))

    score = best_score(wants(source("a", offers=offers)))

    assert score.priority == 7


def test_quality_buys_certainty_beyond_the_threshold() -> None:
    people = Need(dataset="people", threshold=0.5, required=False, weight=2.0)
    sources = (source("a"), source("b"), source("c", offers=gives("people", reliability=0.75)))
    given = wants(*sources, needs=(NEWS, people), objective=Objective.QUALITY)

    score = best_score(given)

    assert score == Score(  # 1 * 0.1 * 0.1 + 2 * 0.25
        levels=(0.0, 0.51), usable_price=30, calls=3, priority=15, sources=("a", "b", "c")
    )


def test_quality_gives_up_no_required_dataset_for_a_more_certain_optional_one() -> None:
    people = Need(dataset="people", threshold=0.5, required=False, weight=100.0)
    sources = (source("a"), source("b", offers=gives("people")))
    given = wants(*sources, needs=(NEWS, people), budget=10, objective=Objective.QUALITY)

    score = best_score(given)

    assert (score.levels, score.sources) == ((0.0, 100.1), ("a",))


def test_completeness_prefers_one_whole_answer_to_two_halves() -> None:
    needs = (NEWS, Need(dataset="people", threshold=0.9, weight=2.0))
    sources = (source("halves", offers=gives("news", "people", reliability=0.8)), source("whole"))
    given = wants(*sources, needs=needs, budget=10, objective=Objective.COMPLETENESS)

    most_whole, least_short = best_score(given), best_score(replace(given, objective=Objective.COST))

    assert (most_whole.levels, most_whole.sources) == ((2.0, 1.8, 0.0, 0.0), ("whole",))
    assert (least_short.levels, least_short.sources) == ((0.3, 0.0), ("halves",))


def test_completeness_compares_halves_before_optional_datasets() -> None:
    people = Need(dataset="people", threshold=0.75, required=False, weight=100.0)
    sources = (source("a", offers=gives("news", reliability=0.5)), source("b", offers=gives("people")))
    given = wants(*sources, needs=(NEWS, people), budget=10, objective=Objective.COMPLETENESS)

    score = best_score(given)

    assert (score.levels, score.sources) == ((1.0, 0.4, 100.0, 75.0), ("a",))


def test_a_dataset_met_but_for_the_noise_of_fractions_is_not_missed() -> None:
    news = Need(dataset="news", threshold=0.44)
    offers = gives("news", reliability=0.44)  # 1 - (1 - 0.44) is 0.43999999999999995

    score = best_score(wants(source("a", offers=offers), needs=(news,), objective=Objective.COMPLETENESS))

    assert score.levels == (0.0, 0.0, 0.0, 0.0)


def test_speed_pays_for_the_sooner_answer_that_is_as_good() -> None:
    sources = (source("cheap", latency=4.0), source("dear", price=1000, latency=0.5))
    given = wants(*sources, objective=Objective.SPEED)

    score = best_score(given)

    assert score == Score(levels=(0.0, 0.0, 0.5), usable_price=1000, calls=1, priority=5, sources=("dear",))


def test_speed_counts_the_slowest_call_of_each_layer() -> None:
    sources = (
        source("first", offers=gives("domain"), latency=1.0),
        source("deep", needs=frozenset({"domain"}), latency=2.0),
        source("people", offers=gives("people"), latency=4.0),
    )
    needs = (NEWS, Need(dataset="people", threshold=0.9, required=False))

    score = best_score(wants(*sources, needs=needs, objective=Objective.SPEED))

    assert score.levels == (0.0, 0.0, 6.0)


def test_speed_leaves_out_no_wanted_dataset_to_be_sooner() -> None:
    people = Need(dataset="people", threshold=0.9, required=False, weight=0.5)
    sources = (source("a"), source("b", offers=gives("people"), latency=60.0))

    score = best_score(wants(*sources, needs=(NEWS, people), objective=Objective.SPEED))

    assert (score.levels, score.sources) == ((0.0, 0.0, 60.0), ("a", "b"))


def test_a_free_fallback_joins_a_speedy_plan_and_its_score() -> None:
    given = wants(source("a"), source("spare", price=0, latency=0.5), needs=(replace(NEWS, threshold=0.91),))

    too_good_to_be_spare = best_score(replace(given, objective=Objective.SPEED))
    spare = best_score(wants(source("a", 0), source("spare", 0, latency=1.0), objective=Objective.SPEED))

    assert (too_good_to_be_spare.levels, too_good_to_be_spare.sources) == ((0.0, 0.0, 1.0), ("a", "spare"))
    assert spare == Score(levels=(0.0, 0.0, 1.0), usable_price=0, calls=2, priority=10, sources=("a", "spare"))


@pytest.mark.parametrize("objective", [Objective.COST, Objective.QUALITY, Objective.COMPLETENESS])
def test_a_useless_free_fallback_joins_no_other_plan(objective: Objective) -> None:
    sure = source("a", offers=gives("news", reliability=1.0))
    spare = source("spare", 0, latency=0.5, offers=gives("news", reliability=0.5))

    score = best_score(wants(sure, spare, objective=objective))

    assert score.sources == ("a",)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"price": 1, "chance": 1.0}, id="not free"),
        pytest.param({"latency": 1.5}, id="takes longer"),
        pytest.param({"offers": gives("people")}, id="offers what the plan does not"),
        pytest.param({"offers": gives("weather")}, id="offers what nobody needs"),
        pytest.param({"offers": gives("news", reliability=0.0)}, id="offers it at 0"),
        pytest.param({"needs": frozenset({"domain"})}, id="its need is not met"),
    ],
)
def test_who_does_not_join_a_speedy_plan(changes: dict[str, Any]) -> None:
    spare = source("spare", **{"price": 0, "offers": gives("news", reliability=0.5), **changes})
    people = Need(dataset="people", threshold=0.0, required=False)
    chosen = source("a", 0, offers=(*gives("news"), *gives("weather")))

    score = best_score(wants(chosen, spare, needs=(NEWS, people), objective=Objective.SPEED))

    assert score.sources == ("a",)


def test_a_fallback_that_a_rule_forbids_does_not_join() -> None:
    rule = Redundancy(skip="spare", because_of=frozenset({"a"}))
    given = wants(source("a", 0), source("spare", 0), redundancies=(rule,), objective=Objective.SPEED)

    score = best_score(given)

    assert score.sources == ("a",)


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: corner.name)
def test_the_score_of_the_best_plans_calls_is_the_best_score(corner: Corner) -> None:
    best = best_score(corner.given)

    assert score_of(corner.given, best.sources) == best


def test_an_instance_is_the_same_in_every_process() -> None:
    program = (
        "import pickle, sys; from enrichment.planning.model import Objective;"
        "from tests.benchmarks.planning_instances import random_instance as made;"
        "sys.stdout.buffer.write(pickle.dumps([made(seed, aim) for seed in range(50) for aim in Objective]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)}

    dumped = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True).stdout

    assert pickle.loads(dumped) == [random_instance(seed, objective) for seed in range(50) for objective in Objective]


def test_instances_stay_small_enough_for_the_oracle_and_within_the_model() -> None:
    instances = [random_instance(seed, objective) for seed in range(300) for objective in Objective]

    assert max(len(given.candidates) for given in instances) == MOST_SOURCES
    assert max(len(given.needs) for given in instances) == MOST_DATASETS
    for given in instances:
        for slugs in (
            [need.dataset for need in given.needs],
            [candidate.source for candidate in given.candidates],
            [held.source for held in given.held],
        ):
            assert len(slugs) == len(set(slugs))


@cache
def best(seed: int, objective: Objective = Objective.COST) -> Score:
    return best_score(random_instance(seed, objective))


@pytest.mark.parametrize(
    "relaxed",
    [
        pytest.param(lambda given: replace(given, budget=None), id="budget"),
        pytest.param(lambda given: replace(given, deadline=None), id="deadline"),
        pytest.param(lambda given: replace(given, redundancies=()), id="redundancies"),
        pytest.param(lambda given: replace(given, held=()), id="held"),
        pytest.param(lambda given: replace(given, unavailable=()), id="unavailable"),
    ],
)
def test_every_clause_changes_the_best_plan_of_many_instances(relaxed: Callable[[PlanInput], PlanInput]) -> None:
    seeds = range(150)

    changed = [seed for seed in seeds if best_score(relaxed(random_instance(seed))) != best(seed)]

    assert len(changed) >= 10


def test_the_best_plans_of_the_instances_are_deep_and_wide() -> None:
    shapes = []
    for seed in range(150):
        given, chosen = random_instance(seed), best(seed).sources
        layers = layers_of(given, [candidate for candidate in given.candidates if candidate.source in chosen])
        shapes.append((len(chosen), len(layers)))

    assert sum(calls >= 3 for calls, _ in shapes) >= 25
    assert sum(layers >= 2 for _, layers in shapes) >= 15


@pytest.mark.parametrize("objective", Objective)
def test_even_instances_differ_from_those_of_cost_by_the_objective_only(objective: Objective) -> None:
    changed = [replace(random_instance(seed, objective), objective=Objective.COST) for seed in range(0, 50, 2)]

    assert changed == [random_instance(seed) for seed in range(0, 50, 2)]


@pytest.mark.parametrize("objective", [Objective.QUALITY, Objective.COMPLETENESS, Objective.SPEED])
def test_every_objective_changes_the_best_plan_of_many_instances(objective: Objective) -> None:
    seeds = range(150)

    changed = [
        seed
        for seed in seeds
        if best_score(replace(random_instance(seed, objective), objective=Objective.COST)).sources
        != best(seed, objective).sources
    ]

    assert len(changed) >= LEAST_CHANGED[objective]


@pytest.mark.parametrize("objective", [Objective.QUALITY, Objective.COMPLETENESS])
def test_the_budget_binds_in_many_instances(objective: Objective) -> None:
    seeds = range(150)

    bound = [
        seed
        for seed in seeds
        if best_score(replace(random_instance(seed, objective), budget=None)) != best(seed, objective)
    ]

    assert len(bound) >= 40


def test_free_fallbacks_join_the_speedy_plans_of_many_instances() -> None:
    given = [random_instance(seed, Objective.SPEED) for seed in range(150)]

    joined = [best(seed, Objective.SPEED) != smallest_score(given[seed]) for seed in range(150)]

    assert sum(joined) >= 15


def test_weights_and_thresholds_of_the_instances_reach_their_ends() -> None:
    needs = [need for seed in range(150) for need in random_instance(seed).needs]

    assert sum(need.threshold == 1.0 for need in needs) >= 30
    assert sum(need.weight == 0.0 for need in needs) >= 30
    assert len({need.weight for need in needs}) >= 5
