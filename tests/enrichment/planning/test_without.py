"""What would change if a source of the plan were disabled."""

from hypothesis import given, settings

from enrichment.planning.model import PlanInput
from enrichment.planning.solver import best_plan
from enrichment.planning.without import Loss, Without, without_each
from tests.enrichment.planning.making import CENT, asked, held, source
from tests.enrichment.planning.problems import problems

SNOV = source("snov", 10, {"people": 0.9})
LINKEDIN = source("linkedin", 25, {"people": 0.8}, latency=3.0)


def test_another_source_takes_its_place_for_more_money() -> None:
    (found,) = without_each(asked({"people": 0.8}, SNOV, LINKEDIN))

    assert found == Without(
        source="snov",
        price=25 * CENT,
        change=15 * CENT,
        seconds=3.0,
        instead=("linkedin",),
        losses=(Loss(dataset="people", before=0.9, after=0.8, is_missed=False),),
    )


def test_without_a_substitute_the_dataset_is_missed() -> None:
    (found,) = without_each(asked({"people": 0.8}, SNOV))

    assert (found.change, found.instead) == (-10 * CENT, ())
    assert found.losses == (Loss(dataset="people", before=0.9, after=0.0, is_missed=True),)


def test_what_is_held_would_not_count_either() -> None:
    (found,) = without_each(asked({"people": 0.8}, LINKEDIN, held=(held("snov", {"people": 0.9}),)))

    assert (found.source, found.change, found.instead) == ("snov", 25 * CENT, ("linkedin",))


@settings(max_examples=40, deadline=None)
@given(problems())
def test_every_source_that_is_asked_or_reused_has_its_say(problem: PlanInput) -> None:
    plan = best_plan(problem)

    found = {each.source for each in without_each(problem)}

    assert found == {call.source for call in plan.calls} | {each.source for each in plan.reused}
