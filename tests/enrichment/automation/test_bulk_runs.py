"""A bulk is worked off: within its budget, once each, through pauses, cancels, deaths and retries."""

from collections import Counter
from decimal import Decimal

import pytest

from enrichment.automation.bulk import steering
from enrichment.automation.bulk.dispatch import Dispatcher, advance, choose, start
from enrichment.automation.bulk.model import NotNow
from enrichment.models import Announcement, Bulk, BulkLine, ResearchRequest, Source, SourceCall, UserNotice, WorkflowRun
from enrichment.workflow.requests import Ask, request_research
from tests.driving import drive_on
from tests.enrichment.automation.conftest import Office, again, line, states

pytestmark = [pytest.mark.django_db(transaction=True)]
THREE = (("Acme Corp", "acmecorp.com"), ("Globex", "globex.com"), ("Initech", "initech.com"))


def test_every_line_is_answered_and_its_cost_is_the_ledgers(plant: Office) -> None:
    bulk = plant.work_off(plant.started(*THREE))

    assert bulk.status == "completed"
    assert set(states(bulk)) <= {"done", "partial"}
    paid = sum((call.cost or Decimal(0) for call in SourceCall.objects.all()), Decimal(0))
    assert bulk.spent == sum((each.cost for each in bulk.lines.all()), Decimal(0)) == paid > 0
    assert bulk.held == 0
    assert {row.data["bulkId"] for row in Announcement.objects.filter(type__startswith="run.")} == {str(bulk.pk)}
    [notice] = UserNotice.objects.select_related("announcement")
    told, counts = notice.announcement.data, Counter(states(bulk))
    assert (notice.announcement.type, told["bulkId"], told["lines"]) == ("bulk.completed", str(bulk.pk), 3)
    assert (told["done"], told["partial"], told["sandbox"]) == (counts["done"], counts["partial"], True)
    assert told["totalCost"] == float(bulk.spent)


def test_nothing_is_started_before_the_go(plant: Office) -> None:
    bulk = plant.quoted(*THREE)

    Dispatcher().tick()

    assert ResearchRequest.objects.count() == 0
    assert states(again(bulk)) == ["ready"] * 3


def test_a_tight_budget_is_not_passed_and_the_rest_is_left_out_in_words(plant: Office) -> None:
    cap = line(plant.quoted(*THREE), 1).worst

    bulk = plant.work_off(plant.started(*THREE, max_cost=str(cap), order="given"))

    assert 0 < bulk.spent <= cap
    assert bulk.held == 0
    assert "skipped" in states(bulk)
    left_out = bulk.lines.filter(state="skipped").first()
    assert left_out is not None
    assert "USD" in left_out.reason or "budget" in left_out.reason


def test_what_is_held_and_spent_never_passes_the_budget_while_it_runs(plant: Office) -> None:
    bulk = plant.started(*THREE, max_cost="0.40")

    for _ in range(20):
        advance(bulk)
        row = again(bulk)
        assert row.held + row.spent <= Decimal("0.40")
        drive_on()
        if again(bulk).is_over:
            break

    assert again(bulk).is_over
    assert sum((request.spent for request in ResearchRequest.objects.all()), Decimal(0)) <= Decimal("0.40")


def test_two_dispatchers_ask_once_for_each_line(plant: Office) -> None:
    bulk = plant.started(*THREE)
    chosen = choose(bulk)

    for _ in range(2):
        for each in chosen:
            start(bulk, BulkLine.objects.select_related("company").get(pk=each.pk))

    assert ResearchRequest.objects.count() == 3
    assert WorkflowRun.objects.count() == 3


def test_a_dispatcher_that_died_after_choosing_loses_nothing(plant: Office) -> None:
    bulk = plant.started(*THREE)
    choose(bulk)  # and dies

    bulk = plant.work_off(bulk)

    assert bulk.status == "completed"
    assert ResearchRequest.objects.count() == 3


def test_a_dispatcher_that_died_after_asking_asks_for_nothing_anew(plant: Office) -> None:
    bulk = plant.started(*THREE)
    for each in choose(bulk):
        start(bulk, BulkLine.objects.select_related("company").get(pk=each.pk))
    BulkLine.objects.update(request=None)  # it died before it wrote that down

    plant.work_off(bulk)

    assert ResearchRequest.objects.count() == 3


def test_its_runs_give_way_to_peoples(plant: Office) -> None:
    advance(plant.started(*THREE))

    assert set(WorkflowRun.objects.values_list("is_bulk", flat=True)) == {True}


def test_a_run_is_a_persons_from_the_moment_one_joins(plant: Office) -> None:
    advance(plant.started(*THREE))

    joined = request_research(Ask(consumer="profile", company="acmecorp.com"), user=plant.user)

    assert joined.joined
    assert joined.run is not None
    assert not WorkflowRun.objects.get(pk=joined.run.pk).is_bulk
    assert WorkflowRun.objects.filter(is_bulk=True).count() == 2


# --- Steering ---------------------------------------------------------------------------------------------------------


def test_a_pause_starts_and_buys_nothing_more_until_it_is_resumed(plant: Office) -> None:
    bulk = plant.started(*THREE)
    advance(bulk)
    steering.pause(bulk)

    Dispatcher().tick()
    drive_on()
    assert SourceCall.objects.count() == 0

    steering.resume(again(bulk))
    assert plant.work_off(again(bulk)).status == "completed"


def test_a_cancel_frees_what_was_held_and_keeps_what_was_done(plant: Office) -> None:
    bulk = plant.started(*THREE, max_cost="10")
    advance(bulk)

    steering.cancel(again(bulk))
    drive_on()

    bulk = again(bulk)
    assert (bulk.status, bulk.held, states(bulk)) == ("cancelled", 0, ["cancelled"] * 3)
    assert SourceCall.objects.count() == 0


def test_a_line_that_is_cancelled_while_it_is_asked_for_is_left_again(plant: Office) -> None:
    bulk = plant.started(THREE[0])
    [chosen] = choose(bulk)
    steering.cancel(again(bulk))

    start(bulk, BulkLine.objects.select_related("company").get(pk=chosen.pk))

    assert [request.status for request in ResearchRequest.objects.all()] == ["cancelled"]
    assert again(bulk).held == 0


def test_only_what_failed_is_worked_off_again(plant: Office) -> None:
    bulk = plant.started(*THREE)
    advance(bulk)
    WorkflowRun.objects.filter(company__domain="globex.com").update(attempts=3)  # a killer of drivers
    bulk = plant.work_off(bulk)
    assert states(bulk).count("failed") == 1
    assert line(bulk, 2).reason

    assert steering.retry(bulk) == 1
    bulk = plant.work_off(again(bulk))

    assert "failed" not in states(bulk)
    assert Announcement.objects.filter(type="bulk.completed").count() == 2
    assert ResearchRequest.objects.count() == 4


def test_a_greater_budget_takes_up_what_was_left_out(plant: Office) -> None:
    bulk = plant.work_off(plant.started(*THREE, max_cost="0"))
    assert "skipped" in states(bulk)

    steering.retry(bulk, max_cost=Decimal(5), partial=True)

    bulk = plant.work_off(again(bulk))
    assert "skipped" not in states(bulk)
    assert 0 < bulk.spent <= 5


def test_without_anything_that_failed_there_is_nothing_to_retry(plant: Office) -> None:
    Source.objects.exclude(slug="company_website").update(enabled=False)
    bulk = plant.work_off(plant.started(THREE[0]))
    Bulk.objects.filter(pk=bulk.pk).update(status="completed")
    bulk.lines.update(state="done")

    with pytest.raises(NotNow):
        steering.retry(again(bulk))
