"""The month's office: what it buys again, what it keeps, and what the baseline pays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enrichment.rules import Rules
from enrichment.rules.snapshot import from_rows
from tests.benchmarks.month_office import Office
from tests.benchmarks.month_world import Demand, World, month_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def seeded(rules: None) -> Rules:
    return from_rows()


@pytest.fixture
def first(seeded: Rules) -> Demand:
    """A request of a vendor enrichment, whose company everybody knows."""
    world = World(seeded)
    return next(
        demand
        for demand in month_of(seeded, requests=200)
        if demand.consumer == "vendor_enrichment" and all(world.gave(demand.company, slug) for slug in seeded.sources)
    )


def test_the_same_request_again_is_answered_from_the_report_and_calls_nobody(seeded: Rules, first: Demand) -> None:
    office = Office(seeded, World(seeded))

    bought, again = office.serve(first), office.serve(replace(first, number=900, at=first.at + HOUR))

    assert bought.calls > 0
    assert (again.calls, again.cost) == (0, 0)
    assert again.made_from == bought.made_from


def test_another_consumer_pays_only_for_what_is_not_held(seeded: Rules, first: Demand) -> None:
    office, alone = Office(seeded, World(seeded)), Office(seeded, World(seeded))
    office.serve(first)

    shared = office.serve(replace(first, consumer="customer_enrichment", at=first.at + HOUR))

    assert shared.cost < alone.serve(replace(first, consumer="customer_enrichment", at=first.at + HOUR)).cost


def test_a_report_goes_stale_when_an_answer_takes_the_place_of_one_that_it_was_made_from(
    seeded: Rules, first: Demand
) -> None:
    later = first.at + 48 * HOUR
    other = replace(first, consumer="customer_enrichment", number=901, at=later)
    restless, quiet = Office(seeded, World(seeded)), Office(seeded, World(seeded), changes=False)
    for office in (restless, quiet):
        office.serve(first)
        assert office.serve(other).calls > 0  # fetches the news again, which `first` was made from, too

    after = replace(first, number=902, at=later + HOUR)

    assert quiet.serve(after).made_from[0].fetched == first.at
    assert {response.fetched for response in restless.serve(after).made_from} != {first.at}


def test_legacy_pays_the_same_every_time(seeded: Rules, first: Demand) -> None:
    office = Office(seeded, World(seeded), strategy="legacy")

    costs = [office.serve(replace(first, at=first.at + number * HOUR)).cost for number in range(3)]

    assert costs[0] > 0
    assert len(set(costs)) == 1
