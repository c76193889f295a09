from typing import Any

import pytest

from enrichment.planning.model import Candidate, Charged, Expectation, Held, Offer, PlanInput, Unavailable
from enrichment.workflow.gaps import gaps
from tests.enrichment import market

CENT = 10**7  # nano-USD
KNOWN = market.rules(
    datasets={"industry": "scalar", "people": "records", "mood": "scalar"},
    cells={("industry", "site"): 0.6, ("industry", "database"): 0.9, ("people", "contacts"): 0.9},
)


def lacking(dataset: str = "industry", *, reliability: float = 0.0, threshold: float = 0.8) -> Expectation:
    return Expectation(
        dataset=dataset,
        required=True,
        threshold=threshold,
        reliability=reliability,
        shortfall=max(threshold - reliability, 0.0),
        best_possible=0.9,
        by=(),
    )


def source(slug: str, dataset: str, reliability: float, *, cents: int, **values: Any) -> Candidate:
    offers = (Offer(dataset=dataset, reliability=reliability),)
    return Candidate(source=slug, origin_group=slug, offers=offers, price=cents * CENT, **values)


def again(*candidates: Candidate, **values: Any) -> PlanInput:
    """What could be asked if failed sources might be asked again."""
    return PlanInput(needs=(), candidates=candidates, **values)


def only(short: Expectation, *, given: PlanInput | None = None, **outcomes: dict[str, Any]) -> dict[str, Any]:
    """The one gap of a report."""
    (gap,) = gaps((short,), again=given or again(), outcomes=outcomes, known=KNOWN)
    return gap


# --- Which ------------------------------------------------------------------------------------------------------------


def test_what_meets_its_threshold_is_no_gap() -> None:
    assert gaps((lacking(reliability=0.8),), again=again(), outcomes={}, known=KNOWN) == []


def test_a_gap_tells_what_is_lacking_by_how_much() -> None:
    gap = only(lacking(reliability=0.123456))

    assert (gap["dataset"], gap["label"], gap["required"]) == ("industry", "industry", True)
    assert (gap["reliability"], gap["threshold"]) == (0.1235, 0.8)


# --- Why --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("answered", "Contacts answered, but not this."),
        ("reused", "Contacts answered, but not this."),
        ("empty", "Contacts knows nothing of the company."),
        ("refused", "Contacts was not asked: the cap is used up."),
        ("failed", "Contacts failed: the cap is used up."),
        ("waiting", "Contacts failed: the cap is used up."),
    ],
)
def test_a_gap_tells_how_its_source_ended(kind: str, words: str) -> None:
    gap = only(lacking("people"), contacts={"kind": kind, "words": "the cap is used up."})

    assert gap["why"] == words


def test_a_gap_tells_of_every_source_that_was_asked_and_of_no_other() -> None:
    gap = only(
        lacking(),
        site={"kind": "empty", "words": ""},
        database={"kind": "failed", "words": "it answered 503."},
        contacts={"kind": "refused", "words": "it gives other datasets."},
    )

    assert gap["why"] == "Database failed: it answered 503. Site knows nothing of the company."


def test_a_dataset_that_no_enabled_source_gives_is_told_so() -> None:
    assert only(lacking("mood"))["why"] == "No enabled source gives it."


def test_a_dataset_that_nobody_was_asked_for_names_who_could_have_been() -> None:
    assert only(lacking())["why"] == "Database was not asked. Site was not asked."


def test_a_source_that_the_limit_left_no_room_for_says_its_price() -> None:
    given = again(source("database", "industry", 0.9, cents=15))

    (gap,) = gaps((lacking(),), again=given, outcomes={}, known=KNOWN, stopped="budget")

    assert gap["why"] == "Database was not asked: 0.15 USD would have passed the limit. Site was not asked."


def test_a_source_that_cannot_be_asked_says_why() -> None:
    given = again(unavailable=(Unavailable(source="database", why="Database has no key"),))

    gap = only(lacking(), given=given, site={"kind": "empty", "words": ""})

    assert gap["why"] == "Database cannot be asked: Database has no key. Site knows nothing of the company."


def test_a_dataset_whose_held_sources_are_not_enough_is_told_by_the_figures() -> None:
    assert only(lacking(reliability=0.6))["why"] == "Its sources are 0.60 reliable together; 0.80 is wanted."


@pytest.mark.parametrize("reliability", [0.0, 0.6])
@pytest.mark.parametrize("dataset", ["tech_stack", "competitive_usage", "integration_needs"])
def test_what_a_company_uses_is_said_to_be_invisible_and_never_to_be_absent(dataset: str, reliability: float) -> None:
    known = market.rules(datasets={dataset: "records"}, cells={(dataset, "site"): 0.6})

    (gap,) = gaps(
        (lacking(dataset, reliability=reliability),),
        again=again(),
        outcomes={"site": {"kind": "answered", "words": ""}},
        known=known,
    )

    assert gap["why"].endswith("What was not seen is not visible from here, which is not to say that it is not used.")


# --- What filling it would cost ---------------------------------------------------------------------------------------


def test_a_gap_has_the_price_of_the_cheapest_way_to_fill_it() -> None:
    given = again(source("site", "industry", 0.85, cents=2), source("database", "industry", 0.9, cents=15))

    assert only(lacking(), given=given)["costToFill"] == "0.02"


def test_filling_a_gap_may_take_several_sources() -> None:
    given = again(source("site", "industry", 0.6, cents=2), source("database", "industry", 0.7, cents=15))

    assert only(lacking(), given=given)["costToFill"] == "0.17"


def test_the_price_is_what_it_may_cost_at_most() -> None:
    given = again(
        source("database", "industry", 0.9, cents=1, charged=Charged.RECORD, max_records=25, expected_records=2.0)
    )

    assert only(lacking(), given=given)["costToFill"] == "0.25"


def test_the_price_knows_neither_the_cap_nor_the_deadline_that_caused_the_gap() -> None:
    given = again(source("database", "industry", 0.9, cents=15, latency=60.0), budget=CENT, deadline=1.0)

    assert only(lacking(), given=given)["costToFill"] == "0.15"


def test_a_gap_that_a_free_source_could_fill_costs_nothing() -> None:
    given = again(source("site", "industry", 0.9, cents=0))

    assert only(lacking(), given=given)["costToFill"] == "0"


def test_a_gap_that_nobody_can_fill_has_no_price() -> None:
    given = again(source("contacts", "people", 0.9, cents=10))

    assert only(lacking(), given=given)["costToFill"] is None


def test_a_gap_that_money_would_not_narrow_has_no_price() -> None:
    """The only source left is of the group that is held already, and no better."""
    held = Held(source="site", origin_group="site", offers=(Offer(dataset="industry", reliability=0.7),))
    worse = Candidate(
        source="other", origin_group="site", offers=(Offer(dataset="industry", reliability=0.6),), price=CENT
    )

    assert only(lacking(reliability=0.7), given=again(worse, held=(held,)))["costToFill"] is None


def test_a_gap_that_can_be_narrowed_and_not_closed_has_the_price_of_narrowing() -> None:
    given = again(source("site", "industry", 0.5, cents=2))

    assert only(lacking(), given=given)["costToFill"] == "0.02"
