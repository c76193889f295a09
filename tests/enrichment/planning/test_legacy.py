"""The strategy that asks everybody: what savings are measured against."""

from dataclasses import replace

from enrichment.planning.model import Plan, PlanInput, Strategy, Unavailable
from enrichment.planning.quote import quote
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import CENT, asked, held, rule, source

SNOV = source("snov", 10, {"people": 0.9})
LINKEDIN = source("linkedin", 25, {"people": 0.8}, priority=2)
NEWS = source("news", 2, {"news": 0.9})


def unplanned(given: PlanInput) -> Plan:
    return best_plan(replace(given, strategy=Strategy.LEGACY))


def sources(plan: Plan) -> list[str]:
    return [call.source for call in plan.calls]


def test_every_source_that_gives_anything_wanted_is_asked() -> None:
    plan = unplanned(asked({"people": 0.8}, SNOV, LINKEDIN, NEWS))

    assert sources(plan) == ["linkedin", "snov"]
    assert plan.expected_price == 35 * CENT


def test_a_redundancy_rule_skips_nobody() -> None:
    assert sources(unplanned(asked({"people": 0.8}, SNOV, LINKEDIN, rules=(rule("linkedin", "snov"),)))) == [
        "linkedin",
        "snov",
    ]


def test_what_is_held_is_not_bought_again() -> None:
    assert sources(unplanned(asked({"people": 0.8}, LINKEDIN, held=(held("snov", {"people": 0.9}),)))) == ["linkedin"]


def test_who_cannot_be_asked_is_not_asked() -> None:
    given = replace(asked({"people": 0.8}, SNOV), unavailable=(Unavailable(source="snov", why="no key"),))

    assert sources(unplanned(given)) == []


def test_the_budget_holds_and_is_filled_by_priority() -> None:
    plan = unplanned(asked({"people": 0.8, "news": 0.5}, SNOV, LINKEDIN, NEWS, budget=30))

    assert sources(plan) == ["linkedin", "news"]
    assert {r.source: r.why for r in plan.rejected} == {
        "snov": "would bring the plan to 0.37 USD at worst, above the budget of 0.30 USD"
    }


def test_a_source_that_needs_something_is_asked_after_whoever_gives_it() -> None:
    stack = source("stack", 5, {"tech": 0.9}, needs=("domain",))
    domains = source("domains", 1, {"domain": 0.9})

    plan = unplanned(asked({"tech": 0.8}, stack, domains))

    assert [(call.source, call.layer) for call in plan.calls] == [("domains", 0), ("stack", 1)]


def test_it_is_not_taken_without_what_it_needs() -> None:
    stack = source("stack", 5, {"tech": 0.9}, needs=("domain",))
    domains = source("domains", 6, {"domain": 0.9})

    plan = unplanned(asked({"tech": 0.8}, stack, domains, budget=10))

    assert sources(plan) == []


def test_its_reasons_do_not_speak_of_a_plan() -> None:
    (call,) = unplanned(asked({"people": 0.8}, SNOV)).calls

    assert call.why == "asked like every source, gives people: 0.10 USD"


def test_its_quote_is_that_of_asking_everybody() -> None:
    given = asked({"people": 0.8}, SNOV, LINKEDIN)

    assert quote(replace(given, strategy=Strategy.LEGACY)).expected_cost == 35 * CENT
    assert quote(given).expected_cost == 10 * CENT


def test_its_worst_price_is_that_of_everybody_though_outcomes_are_drawn() -> None:
    many = [source(f"s{place}", 3, {"people": 0.9}, chance=0.5) for place in range(8)]

    quoted = quote(replace(asked({"people": 0.8}, *many), strategy=Strategy.LEGACY))

    assert (quoted.worst_cost, quoted.is_exact) == (24 * CENT, False)
