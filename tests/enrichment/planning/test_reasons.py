"""Every call, reuse, rejection and note says why in words that name datasets and money."""

from dataclasses import replace

import pytest

from enrichment.planning.model import Charged, Plan, PlanInput, Redundancy, Unavailable
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import CENT, asked, held, rule, source

SNOV = source("snov_contacts", 10, {"decision_makers": 0.9, "key_contacts": 0.9})
PEOPLE = source("brightdata_people_db", 25, {"key_contacts": 0.88})
NEWS = source("serp_news", 2, {"recent_news": 0.88})
ORGANIC = source("serp_organic", 2, {"company_domain": 0.9})
TECH = source("technographics", 20, {"tech_stack": 0.9}, needs=("company_domain",))
PEOPLE_NEEDED = {"decision_makers": 0.8, "key_contacts": 0.8}


def why_called(plan: Plan, slug: str) -> str:
    return next(call.why for call in plan.calls if call.source == slug)


def why_not(plan: Plan, slug: str) -> str:
    return next(rejected.why for rejected in plan.rejected if rejected.source == slug)


def test_a_call_names_the_datasets_it_is_bought_for_and_its_price() -> None:
    plan = best_plan(asked(PEOPLE_NEEDED, SNOV, PEOPLE))

    assert why_called(plan, "snov_contacts") == "cheapest way to decision_makers and key_contacts: 0.10 USD"


def test_a_call_that_only_raises_a_dataset_says_how_far() -> None:
    plan = best_plan(asked({"recent_news": 0.95}, NEWS))

    assert why_called(plan, "serp_news") == "raises recent_news to 0.88 of the 0.95 wanted: 0.02 USD"


def test_a_call_that_serves_another_call_names_it() -> None:
    plan = best_plan(asked({"tech_stack": 0.8}, ORGANIC, TECH))

    assert why_called(plan, "serp_organic") == "gives company_domain, which technographics needs: 0.02 USD"


def test_a_call_that_is_bought_for_time_says_so() -> None:
    first = source("first", 1, {"name": 0.9})
    second = source("second", 1, {"domain": 0.9, "industry": 0.9}, needs=("name",))
    shortcut = source("shortcut", 9, {"domain": 0.9})
    last = source("last", 1, {"stack": 0.9}, needs=("domain",))

    plan = best_plan(asked({"stack": 0.8, "industry": 0.8}, first, second, shortcut, last, deadline=2.0))

    assert why_called(plan, "shortcut") == "gives domain sooner, so that the plan ends in time: 0.09 USD"


@pytest.mark.parametrize(
    ("charged", "cents", "price"),
    [
        (Charged.CALL, 0, "free"),
        (Charged.CALL, 10, "0.10 USD"),
        (Charged.HIT, 10, "0.10 USD, nothing if it finds nothing"),
        (Charged.RECORD, 1, "0.02 USD expected, 0.20 USD at most"),
    ],
)
def test_a_price_is_told_as_it_is_charged(charged: Charged, cents: int, price: str) -> None:
    only = source("only", cents, {"recent_news": 0.9}, charged=charged, records=(2.0, 20))

    plan = best_plan(asked({"recent_news": 0.8}, only))

    assert why_called(plan, "only") == f"cheapest way to recent_news: {price}"


def test_a_held_response_says_its_age_and_that_it_is_free() -> None:
    old = held("serp_news", {"recent_news": 0.88, "rumours": 0.5}, age=7_300.0)

    plan = best_plan(asked({"recent_news": 0.8}, held=(old, held("other", {"rumours": 0.5}))))

    assert [reused.why for reused in plan.reused] == ["held since 2 h, gives recent_news: nothing to pay"]


def test_a_source_whose_datasets_are_met_names_who_meets_them_and_what_it_would_cost() -> None:
    plan = best_plan(asked(PEOPLE_NEEDED, SNOV, PEOPLE))

    assert why_not(plan, "brightdata_people_db") == "would cost 0.25 USD and snov_contacts already meets key_contacts"
    assert plan.rejected[0].usable_price == 25 * CENT


def test_a_free_source_that_adds_nothing_is_not_said_to_cost() -> None:
    feed = source("gdelt", 0, {"recent_news": 0.7})
    given = asked({"recent_news": 0.8}, feed, held=(held("serp_news", {"recent_news": 0.88}),))

    assert why_not(best_plan(given), "gdelt") == "is free, but serp_news already meets recent_news"


def test_a_threshold_of_nothing_is_met_by_nobody() -> None:
    plan = best_plan(asked({"recent_news": 0.0}, NEWS))

    assert why_not(plan, "serp_news") == "would cost 0.02 USD and recent_news is good enough at 0.00"


def test_a_second_feed_of_one_origin_says_that_it_adds_nothing() -> None:
    feed = source("gdelt", 0, {"recent_news": 0.7}, origin="serp_news")

    plan = best_plan(asked({"recent_news": 0.95}, NEWS, feed))

    assert why_not(plan, "gdelt") == "is free, but adds nothing to what serp_news says of recent_news"


def test_an_unavailable_source_keeps_its_own_reason() -> None:
    given = replace(asked(PEOPLE_NEEDED, PEOPLE), unavailable=(Unavailable(source="snov_contacts", why="off"),))

    plan = best_plan(given)

    assert why_not(plan, "snov_contacts") == "off"
    assert [rejected.source for rejected in plan.rejected] == ["snov_contacts"]


def test_a_need_that_nothing_gives_is_named() -> None:
    plan = best_plan(asked({"tech_stack": 0.8}, TECH))

    assert why_not(plan, "technographics") == "needs company_domain, which nothing gives"


def test_a_need_that_no_affordable_call_gives_is_named() -> None:
    dear = source("dear", 90, {"company_domain": 0.9})

    plan = best_plan(asked({"tech_stack": 0.8}, dear, TECH, budget=80))

    assert why_not(plan, "technographics") == "needs company_domain, which no call that fits this plan gives"


def test_a_source_of_unwanted_datasets_says_so() -> None:
    plan = best_plan(asked(PEOPLE_NEEDED, SNOV, NEWS, ORGANIC, TECH))

    assert why_not(plan, "serp_news") == "gives nothing that is wanted"
    assert why_not(plan, "serp_organic") == "would cost 0.02 USD and no call of this plan needs what it gives"


@pytest.mark.parametrize(
    ("because_of", "words"),
    [
        (("serp_news",), "skipped: serp_news makes it redundant"),
        (("serp_news", "serp_organic"), "skipped: serp_news and serp_organic make it redundant"),
    ],
)
def test_a_redundant_source_names_what_makes_it_so(because_of: tuple[str, ...], words: str) -> None:
    extra = source("extra", 1, {"rumours": 0.9})
    needs = {"recent_news": 0.8, "company_domain": 0.8}

    plan = best_plan(asked(needs, NEWS, ORGANIC, extra, optional={"rumours": 0.8}, rules=(rule("extra", *because_of),)))

    assert why_not(plan, "extra") == words


def test_a_source_that_would_make_a_better_one_redundant_names_it() -> None:
    small = source("small", 1, {"rumours": 0.5})
    large = source("large", 1, {"rumours": 0.9, "gossip": 0.9})
    given = asked({}, small, large, optional={"rumours": 0.95, "gossip": 0.8}, rules=(rule("large", "small"),))

    words = why_not(best_plan(given), "small")

    assert words == "skipped: with it large would be redundant, and the plan is better with large"


def test_a_source_above_the_budget_says_both_sums() -> None:
    plan = best_plan(asked({"recent_news": 0.8, **PEOPLE_NEEDED}, SNOV, NEWS, PEOPLE, budget=11))

    assert why_not(plan, "serp_news") == "would bring the plan to 0.12 USD at worst, above the budget of 0.11 USD"
    assert why_not(best_plan(asked(PEOPLE_NEEDED, SNOV, budget=9)), "snov_contacts") == (
        "may cost 0.10 USD at worst, above the budget of 0.09 USD"
    )


def test_a_source_that_is_too_slow_says_both_spans() -> None:
    slow = source("slow", 1, {"recent_news": 0.9}, latency=40.0)

    plan = best_plan(asked({"recent_news": 0.8}, slow, deadline=7.5))

    assert why_not(plan, "slow") == "the plan would take 40 s with it, longer than the 7.5 s allowed"


def test_a_rule_that_yields_is_noted_with_what_would_be_missing() -> None:
    given = asked({"recent_news": 0.8, **PEOPLE_NEEDED}, SNOV, NEWS, rules=(rule("snov_contacts", "serp_news"),))

    assert best_plan(given).notes == (
        (
            "snov_contacts is asked although serp_news makes it redundant: "
            "without it decision_makers and key_contacts would be below what is wanted"
        ),
    )


def test_a_rule_without_sources_is_told_too() -> None:
    empty = Redundancy(skip="serp_news", because_of=frozenset())
    given = replace(asked({}, NEWS, optional={"recent_news": 0.8}), redundancies=(empty,))

    assert why_not(best_plan(given), "serp_news") == "skipped: a rule makes it redundant"


def test_a_budget_that_binds_is_noted_with_what_the_plan_would_cost_without_it() -> None:
    given = asked({"recent_news": 0.8, **PEOPLE_NEEDED}, SNOV, NEWS, budget=5)

    assert best_plan(given).notes == (
        (
            "the budget of 0.05 USD binds: without it the plan would cost 0.12 USD, 0.12 USD at worst "
            "and raise decision_makers and key_contacts"
        ),
    )
    assert best_plan(replace(given, budget=12 * CENT)).notes == ()


def test_a_budget_that_only_makes_the_plan_dearer_is_noted_too() -> None:
    by_record = source("records", 1, {"recent_news": 0.9}, charged=Charged.RECORD, records=(1.0, 20))

    plan = best_plan(asked({"recent_news": 0.8}, by_record, NEWS, budget=5))

    assert [call.source for call in plan.calls] == ["serp_news"]
    assert plan.notes == ("the budget of 0.05 USD binds: without it the plan would cost 0.01 USD, 0.20 USD at worst",)


def test_an_expectation_says_who_gives_it_and_what_would_be_possible() -> None:
    given: PlanInput = asked({"key_contacts": 0.8}, SNOV, PEOPLE, held=(held("old", {"key_contacts": 0.5}),))

    (expectation,) = best_plan(given).expectations

    assert (expectation.by, expectation.shortfall) == (("old", "snov_contacts"), 0.0)
    assert expectation.reliability == pytest.approx(0.95)
    assert expectation.best_possible == pytest.approx(0.994)
