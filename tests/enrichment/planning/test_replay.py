"""A run on recorded answers, wave by wave; and what a plan promises."""

from dataclasses import replace

import pytest

from enrichment.planning.outlook import promise
from enrichment.planning.replay import Answer, Unrecorded, replay
from enrichment.planning.solver import best_plan
from tests.enrichment.planning.making import CENT, asked, source

SNOV = source("snov", 10, {"people": 0.9})
LINKEDIN = source("linkedin", 25, {"people": 0.85})
GAVE = Answer(gave=frozenset({"people"}), cost=10 * CENT, seconds=1.5)
FAILED = Answer(gave=frozenset(), cost=0, seconds=9.0, failed=True)


def test_a_recorded_answer_ends_the_run() -> None:
    ended = replay(asked({"people": 0.8}, SNOV, LINKEDIN), {"snov": GAVE})

    assert (ended.asked, ended.cost, ended.seconds) == (("snov",), 10 * CENT, 1.5)
    assert [(held.source, [offer.dataset for offer in held.offers]) for held in ended.held] == [("snov", ["people"])]


@pytest.mark.parametrize("first", [FAILED, Answer(gave=frozenset(), cost=10 * CENT, seconds=9.0)])
def test_after_a_failure_or_nothing_found_the_next_one_is_asked(first: Answer) -> None:
    ended = replay(asked({"people": 0.8}, SNOV, LINKEDIN), {"snov": first, "linkedin": GAVE})

    assert (ended.asked, ended.cost, ended.seconds) == (("snov", "linkedin"), first.cost + 10 * CENT, 10.5)


def test_an_answer_that_nobody_recorded_is_named() -> None:
    with pytest.raises(Unrecorded) as raised:
        replay(asked({"people": 0.8}, SNOV, LINKEDIN), {"snov": FAILED})

    assert raised.value.source == "linkedin"


def test_what_was_paid_is_off_the_budget() -> None:
    nothing = Answer(gave=frozenset(), cost=10 * CENT, seconds=1.0)

    ended = replay(asked({"people": 0.8}, SNOV, LINKEDIN, budget=30), {"snov": nothing})

    assert ended.asked == ("snov",)


def test_what_took_its_time_is_off_the_deadline() -> None:
    ended = replay(asked({"people": 0.8}, SNOV, LINKEDIN, deadline=9.5), {"snov": FAILED})

    assert ended.asked == ("snov",)


def test_a_promise_is_what_the_plan_says() -> None:
    given = replace(asked({"people": 0.8, "news": 0.5}, SNOV, LINKEDIN))
    plan, told = best_plan(given), promise(given)

    assert told.sources == tuple(call.source for call in plan.calls) == ("snov",)
    assert (told.price, told.seconds) == (plan.expected_price, plan.seconds)
    assert (told.reliability, told.met) == (pytest.approx(0.45), 0.5)
