"""What a budget must be at least to buy anything of use."""

from dataclasses import replace

from enrichment.planning.model import Charged, Need
from enrichment.planning.useful import cheapest_useful_price
from tests.enrichment.planning.making import CENT, asked, held, rule, source

SNOV = source("snov", 10, {"people": 0.9})
NEWS = source("news", 2, {"activities": 0.88})


def test_the_cheapest_call_for_any_required_dataset_counts_whatever_the_budget() -> None:
    assert cheapest_useful_price(asked({"people": 0.8, "activities": 0.8}, SNOV, NEWS, budget=1)) == 2 * CENT


def test_an_optional_dataset_makes_no_plan_useful() -> None:
    assert cheapest_useful_price(asked({"people": 0.8}, SNOV, NEWS, optional={"activities": 0.8})) == 10 * CENT


def test_the_price_of_what_a_call_needs_is_in_it() -> None:
    organic = source("organic", 2, {"domain": 0.9})
    tech = source("tech", 10, {"stack": 0.9}, needs=("domain",))

    assert cheapest_useful_price(asked({"stack": 0.8}, organic, tech)) == 12 * CENT


def test_the_worst_price_counts() -> None:
    by_record = source("records", 1, {"people": 0.9}, charged=Charged.RECORD, records=(1.0, 20))

    assert cheapest_useful_price(asked({"people": 0.8}, by_record)) == 20 * CENT


def test_nothing_is_useful_where_everything_is_met_or_out_of_reach() -> None:
    assert cheapest_useful_price(asked({"people": 0.8}, SNOV, held=(held("old", {"people": 0.9}),))) is None
    assert cheapest_useful_price(asked({"budget": 0.8}, SNOV)) is None
    assert cheapest_useful_price(asked({"people": 0.8}, SNOV, deadline=0.5)) is None


def test_a_redundant_source_is_not_useful() -> None:
    given = asked({"people": 0.8}, SNOV, held=(held("old", {"other": 0.9}),), rules=(rule("snov", "old"),))
    low = replace(given, needs=(*given.needs, Need(dataset="other", threshold=0.8)))

    assert cheapest_useful_price(low) == 10 * CENT  # the rule yields: people would be below without it
    assert cheapest_useful_price(replace(given, needs=(Need(dataset="people", threshold=0.8, required=False),))) is None


def test_a_free_plan_costs_nothing() -> None:
    website = source("website", 0, {"people": 0.5})

    assert cheapest_useful_price(asked({"people": 0.8}, SNOV, website)) == 0
