"""The cheapest plan, with numbers that can be checked by hand."""

from dataclasses import replace

import pytest

from enrichment.planning.model import Charged, Mode, Need, PlanInput, Unavailable
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import CENT, asked, held, offers, rule, source

SNOV = source("snov", 10, {"people": 0.9, "contacts": 0.9})
LINKEDIN = source("linkedin", 3, {"people": 0.75, "contacts": 0.75})
NEWS = source("news", 2, {"activities": 0.88})


def called(given: PlanInput) -> list[str]:
    return [call.source for call in best_plan(given).calls]


def test_one_call_serves_every_dataset_it_gives() -> None:
    plan = best_plan(asked({"people": 0.8, "contacts": 0.8}, SNOV, NEWS))

    assert [(call.source, call.serves) for call in plan.calls] == [("snov", ("contacts", "people"))]
    assert plan.worst_price == 10 * CENT


def test_two_cheap_witnesses_are_bought_instead_of_one_dear_one() -> None:
    feed = source("feed", 2, {"people": 0.6})
    given = asked({"people": 0.85}, SNOV, LINKEDIN, feed)  # 1 - 0.25 × 0.4 = 0.90 for 0.05 USD

    assert called(given) == ["feed", "linkedin"]


def test_two_feeds_of_one_origin_are_one_witness() -> None:
    twin = source("twin", 2, {"people": 0.6}, origin="linkedin")
    given = asked({"people": 0.85}, SNOV, LINKEDIN, twin)

    assert called(given) == ["snov"]


def test_an_unreachable_threshold_is_a_shortfall_and_the_best_is_bought() -> None:
    plan = best_plan(asked({"people": 0.99}, SNOV, LINKEDIN))

    assert [call.source for call in plan.calls] == ["linkedin", "snov"]
    assert plan.required_shortfall == pytest.approx(0.015)
    assert plan.expectations[0].best_possible == pytest.approx(0.975)


def test_a_dataset_that_nobody_gives_buys_nothing() -> None:
    plan = best_plan(asked({"budget": 0.7}, SNOV))

    assert plan.calls == ()
    assert plan.required_shortfall == 0.7


def test_a_held_response_is_free_and_leaves_only_the_rest_to_buy() -> None:
    given = asked({"people": 0.8, "activities": 0.8}, SNOV, NEWS, held=(held("linkedin", {"people": 0.85}),))

    plan = best_plan(given)

    assert [call.source for call in plan.calls] == ["news"]
    assert [(reused.source, reused.serves) for reused in plan.reused] == [("linkedin", ("people",))]


def test_a_known_dataset_meets_a_need_but_is_no_witness() -> None:
    technographics = source("tech", 20, {"stack": 0.9}, needs=("domain",))

    plan = best_plan(asked({"stack": 0.8, "domain": 0.8}, technographics, known=("domain",)))

    assert [(call.source, call.layer) for call in plan.calls] == [("tech", 0)]
    assert plan.required_shortfall == 0.8


def test_a_call_is_bought_for_what_another_call_needs_and_comes_first() -> None:
    technographics = source("tech", 20, {"stack": 0.9}, needs=("domain",))
    organic = source("organic", 2, {"domain": 0.5}, latency=2.0)

    plan = best_plan(asked({"stack": 0.8}, technographics, organic))

    assert [(call.source, call.layer) for call in plan.calls] == [("organic", 0), ("tech", 1)]
    assert plan.seconds == 3.0


def test_needs_that_form_a_circle_are_never_met() -> None:
    one = source("one", 1, {"people": 0.9, "a": 0.9}, needs=("b",))
    other = source("other", 1, {"b": 0.9}, needs=("a",))

    assert called(asked({"people": 0.8}, one, other)) == []


def test_a_circle_is_opened_by_a_call_from_outside() -> None:
    one = source("one", 1, {"people": 0.9, "a": 0.9}, needs=("b",))
    other = source("other", 1, {"b": 0.9, "news": 0.9}, needs=("a",))
    outside = source("outside", 7, {"a": 0.1})

    assert called(asked({"people": 0.8, "news": 0.8}, one, other, outside)) == ["outside", "other", "one"]


def test_the_budget_is_compared_with_worst_prices() -> None:
    by_record = source("records", 1, {"people": 0.9}, charged=Charged.RECORD, records=(2.0, 20))

    assert called(asked({"people": 0.8}, by_record, SNOV)) == ["records"]
    assert called(asked({"people": 0.8}, by_record, SNOV, budget=19)) == ["snov"]


def test_a_tight_budget_goes_to_what_lowers_the_weighted_shortfall_most() -> None:
    given = asked({"people": 0.8, "activities": 0.8}, SNOV, NEWS, budget=10)
    heavy_people = replace(given, needs=(Need(dataset="people", threshold=0.8, weight=2.0), given.needs[1]))

    assert called(given) == ["news"]  # as much shortfall either way, for less
    assert called(heavy_people) == ["snov"]


def test_required_comes_before_optional_whatever_the_weights() -> None:
    given = asked({"people": 0.8}, SNOV, NEWS, optional={"activities": 0.8}, budget=10)
    heavy = replace(given, needs=(given.needs[0], replace(given.needs[1], weight=50.0)))

    assert called(heavy) == ["snov"]


def test_an_optional_dataset_is_bought_too_where_it_fits() -> None:
    given = asked({"people": 0.8}, SNOV, NEWS, optional={"activities": 0.8}, budget=12)

    assert called(given) == ["news", "snov"]


def test_a_likely_answer_is_cheaper_than_a_cheap_call() -> None:
    unlikely = source("unlikely", 6, {"people": 0.9}, chance=0.5)  # 0.12 USD per usable answer

    assert called(asked({"people": 0.8}, unlikely, SNOV)) == ["snov"]


def test_a_source_charged_per_hit_costs_its_price_per_usable_answer() -> None:
    per_hit = source("per_hit", 9, {"people": 0.9}, chance=0.5, charged=Charged.HIT)

    plan = best_plan(asked({"people": 0.8}, per_hit, SNOV))

    assert (plan.calls[0].source, plan.score.usable_price, plan.expected_price) == ("per_hit", 9 * CENT, 45_000_000)


def test_equal_prices_are_decided_by_calls_then_priority_then_slug() -> None:
    both = source("z_both", 4, {"people": 0.9, "activities": 0.9})
    halves = (source("a", 2, {"people": 0.9}), source("b", 2, {"activities": 0.9}))
    twins = (source("y", 4, {"people": 0.9}, priority=2), source("x", 4, {"people": 0.9}))

    assert called(asked({"people": 0.8, "activities": 0.8}, both, *halves)) == ["z_both"]
    assert called(asked({"people": 0.8}, *twins)) == ["y"]
    assert called(asked({"people": 0.8}, *(replace(twin, offers=twins[1].offers) for twin in twins))) == ["x"]


def test_the_priority_counts_only_offers_for_needed_datasets() -> None:
    mixed = replace(SNOV, offers=(*offers({"people": 0.9}, priority=4), *offers({"other": 0.9}, priority=1)))

    assert best_plan(asked({"people": 0.8}, mixed)).score.priority == 4


def test_a_rule_yields_where_a_required_dataset_would_be_below_its_threshold() -> None:
    people = source("people_db", 4, {"people": 0.9})
    redundant = (rule("people_db", "news"),)
    required = asked({"people": 0.8, "activities": 0.8}, people, NEWS, rules=redundant)
    optional = asked({"activities": 0.8}, people, NEWS, optional={"people": 0.8}, rules=redundant)

    assert called(required) == ["news", "people_db"]
    assert called(optional) == ["news"]


def test_a_rule_that_does_not_yield_leads_to_a_dearer_source() -> None:
    cheap = source("cheap", 1, {"people": 0.5, "hiring": 0.9})
    given = asked({"people": 0.9}, SNOV, cheap, optional={"hiring": 0.8}, rules=(rule("cheap", "snov"),))
    dearer = source("dearer", 8, {"hiring": 0.9})

    assert called(replace(given, candidates=(SNOV, cheap, dearer))) == ["dearer", "snov"]


def test_a_rule_with_any_needs_one_of_its_sources_and_with_all_every_one() -> None:
    extra = source("extra", 1, {"rumours": 0.9})
    given = asked({"activities": 0.8}, NEWS, extra, optional={"rumours": 0.8})

    assert called(replace(given, redundancies=(rule("extra", "news", "snov", mode=Mode.ANY),))) == ["news"]
    assert called(replace(given, redundancies=(rule("extra", "news", "snov"),))) == ["extra", "news"]


def test_a_held_response_makes_a_source_redundant() -> None:
    extra = source("extra", 1, {"rumours": 0.9})
    given = asked({}, extra, optional={"rumours": 0.8}, held=(held("news", {"activities": 0.9}),))

    assert called(replace(given, redundancies=(rule("extra", "news"),))) == []


def test_a_rule_yields_where_the_others_would_lack_what_the_skipped_source_gives() -> None:
    organic = source("organic", 2, {"domain": 0.9, "people": 0.1})
    finder = source("finder", 2, {"people": 0.9}, needs=("domain",))

    assert called(asked({"people": 0.8}, organic, finder, rules=(rule("organic", "finder"),))) == ["organic", "finder"]


def test_the_deadline_counts_the_slowest_call_of_each_layer() -> None:
    organic = source("organic", 2, {"domain": 0.9}, latency=2.0)
    slow = source("slow", 2, {"stack": 0.9}, latency=3.0, needs=("domain",))
    beside = source("beside", 2, {"people": 0.9}, latency=2.0)
    given = asked({"stack": 0.8, "people": 0.8}, organic, slow, beside)

    assert called(replace(given, deadline=5.0)) == ["beside", "organic", "slow"]
    assert called(replace(given, deadline=4.9)) == ["beside"]


def test_a_second_giver_is_bought_where_it_brings_a_call_forward() -> None:
    first = source("first", 1, {"name": 0.9}, latency=2.0)
    second = source("second", 1, {"domain": 0.9}, latency=2.0, needs=("name",))
    shortcut = source("shortcut", 9, {"domain": 0.9}, latency=2.0)
    last = source("last", 1, {"stack": 0.9}, latency=2.0, needs=("domain",))
    given = asked({"stack": 0.8}, first, second, shortcut, last)

    assert called(given) == ["first", "second", "last"]
    assert called(replace(given, deadline=4.0)) == ["shortcut", "last"]


def test_binary_fractions_do_not_hide_that_a_threshold_is_met() -> None:
    witnesses = (source("a", 1, {"people": 0.7}), source("b", 1, {"people": 0.7}))  # 0.9099999999999999

    plan = best_plan(asked({"people": 0.91}, *witnesses, SNOV))

    assert [call.source for call in plan.calls] == ["a", "b"]
    assert plan.required_shortfall == 0.0


def test_shortfalls_too_small_to_see_count_once_their_sum_is_rounded() -> None:
    nearly = 0.9 - 4e-10  # one is rounded away, two make 1e-9
    both = source("both", 1, {"people": nearly, "contacts": nearly})
    one = source("one", 10, {"people": 0.9})

    assert called(asked({"people": 0.9}, both, one)) == ["both"]
    assert called(asked({"people": 0.9, "contacts": 0.9}, both, one)) == ["both", "one"]


def test_a_dataset_without_weight_buys_nothing() -> None:
    given = asked({"people": 0.8}, SNOV)

    assert called(replace(given, needs=(replace(given.needs[0], weight=0.0),))) == []


def test_a_budget_that_is_overdrawn_buys_not_even_what_is_free() -> None:
    assert called(asked({"people": 0.8}, source("free", 0, {"people": 0.9}), budget=-1)) == []


def test_an_unavailable_source_is_not_called_even_if_it_is_a_candidate() -> None:
    given = replace(asked({"people": 0.7}, SNOV, LINKEDIN), unavailable=(Unavailable(source="linkedin", why="off"),))

    assert called(given) == ["snov"]


def test_nothing_needed_makes_an_empty_plan() -> None:
    plan = best_plan(asked({}, SNOV))

    assert (plan.calls, plan.required_shortfall, plan.seconds, plan.worst_price) == ((), 0.0, 0, 0)
