"""Nothing is bought for whoever paused, nothing that was bought is lost, and the time stands still."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import QuerySet

from enrichment import budgets
from enrichment.models import DataConsumer, ResearchRequest, Source, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.permits import Why
from enrichment.recording import Kind, Outcome
from enrichment.workflow import answers, leases, steps
from enrichment.workflow.driver import drive
from enrichment.workflow.pauses import NotNow, pause, resume
from enrichment.workflow.requests import cancel
from salesintel.accounts.models import User
from tests.enrichment.workflow.conftest import Desk

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Status = ResearchRequest.Status


def again(request: ResearchRequest) -> ResearchRequest:
    return ResearchRequest.objects.get(pk=request.pk)


def run_of(request: ResearchRequest) -> WorkflowRun:
    return WorkflowRun.objects.get(requests=request)


def drive_all() -> None:
    """Drive whatever waits only for its time, too; not what rests."""
    drive()
    WorkflowRun.objects.active().filter(rests_since=None).update(wake_at=database_now())
    drive()


def another() -> User:
    return User.objects.create_user("second", "second@example.com")


@pytest.mark.once
def test_nothing_is_bought_for_a_paused_request(desk: Desk) -> None:
    request = desk.ask("Acme Corp")

    pause(request)
    drive_all()

    assert desk.bought() == []
    assert run_of(request).status == WorkflowRun.Status.PARKED


@pytest.mark.once
def test_a_paused_request_is_still_processing(desk: Desk) -> None:
    request, until = desk.ask("Acme Corp"), database_now() + HOUR

    pause(request, until=until)

    told = answers.run_state(again(request))
    assert (told["paused"], told["pausedUntil"]) == (True, until.isoformat())
    assert answers.status(again(request))["status"] == "processing"


@pytest.mark.once
def test_a_resumed_request_is_answered(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    pause(request)
    drive_all()

    resume(request)
    drive_all()

    assert again(request).status == Status.ANSWERED
    assert not answers.run_state(again(request))["paused"]


def test_a_call_that_is_under_way_is_recorded_and_no_other_is_made(desk: Desk) -> None:
    desk.sandbox.latency(seconds=0.5)
    request = desk.ask("Globex", consumer="profile")
    pausing = pause_when(SourceCall.objects.filter(run=request.run_id), request)

    drive()
    pausing.join()

    made = SourceCall.objects.filter(run=run_of(request))
    assert made.exists()
    assert not made.filter(status=SourceCall.Status.INTENT).exists()
    assert again(request).status == Status.ATTACHED
    desk.sandbox.latency(seconds=0)
    resume(request)
    drive_all()
    assert again(request).status == Status.ANSWERED
    asked = list(SourceCall.objects.filter(run=run_of(request)).values_list("source", flat=True))
    assert len(asked) == len(set(asked))


@pytest.mark.once
def test_a_call_that_a_pause_kept_back_is_made_after_it(desk: Desk) -> None:
    request = desk.ask("Acme Corp", consumer="profile")
    (lease,) = leases.take(1)
    wave = steps.resume(lease)
    assert isinstance(wave, steps.Collect)
    pause(request)

    with transaction.atomic():
        assert budgets.open_purse(lease.run, provider=None, now=database_now()) is None
    kept_back = [Outcome(source=source, kind=Kind.REFUSED, why=Why.NOBODY) for source in wave.sources]
    assert steps.after_wave(lease, wave.step, kept_back) is None
    assert run_of(request).status == WorkflowRun.Status.PARKED

    resume(request)
    drive_all()
    assert set(wave.sources) <= set(SourceCall.objects.values_list("source", flat=True))


def pause_when(there_is: QuerySet[Any], request: ResearchRequest) -> threading.Thread:
    """Pause the request as soon as there is such a row, while the test drives."""

    def look_and_pause() -> None:
        until = time.monotonic() + 20
        while not there_is.exists() and time.monotonic() < until:
            time.sleep(0.01)
        pause(request)
        connections.close_all()

    thread = threading.Thread(target=look_and_pause)
    thread.start()
    return thread


@pytest.mark.once
def test_a_long_job_that_was_bought_is_waited_for(desk: Desk) -> None:
    Source.objects.filter(slug="snov_contacts").update(timeout=timedelta(seconds=3))  # one of them to begin
    desk.sandbox.fault(host="api.snov.io", path="/v2/domain-search/prospects/result", kind="hang", times=1)
    request = desk.ask("Acme Corp", vendor=None)
    parked = WorkflowRun.objects.filter(requests=request, status=WorkflowRun.Status.PARKED)

    pausing = pause_when(parked, request)
    drive()
    pausing.join()
    WorkflowRun.objects.filter(requests=request).exclude(status="running").update(wake_at=database_now())
    drive()

    assert SourceCall.objects.get(run=run_of(request), source="snov_contacts").status == SourceCall.Status.OK
    assert again(request).status == Status.ATTACHED


def test_a_pause_that_is_over_needs_nobody(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    pause(request, until=database_now() + timedelta(seconds=0.5))

    drive()
    time.sleep(0.6)
    drive()

    assert again(request).status == Status.ANSWERED


def test_a_run_goes_on_for_whoever_has_not_paused_and_that_one_pays(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp", user=another())

    pause(first)
    drive_all()

    assert again(second).status == Status.ANSWERED
    assert again(second).spent > 0
    assert again(first).spent == 0


@pytest.mark.once
def test_whoever_paused_gets_the_answer_that_others_paid_for(desk: Desk) -> None:
    first = desk.ask("Acme Corp")
    desk.ask("Acme Corp", user=another())

    pause(first)
    drive_all()

    assert again(first).report is not None


def test_who_joins_a_resting_run_wakes_it(desk: Desk) -> None:
    first = desk.ask("Acme Corp")
    pause(first)
    drive_all()

    second = desk.ask("Acme Corp", user=another())
    drive_all()

    assert second.run_id == first.run_id
    assert again(second).status == Status.ANSWERED


def test_a_run_rests_when_the_last_who_had_not_paused_leaves_it(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp", user=another())
    pause(first)

    cancel(second)
    drive_all()

    assert desk.bought() == []
    assert run_of(first).status == WorkflowRun.Status.PARKED


@pytest.mark.once
def test_a_paused_request_can_be_cancelled(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    pause(request)
    drive_all()

    cancel(request)
    drive()

    assert run_of(request).status == WorkflowRun.Status.CANCELLED


@pytest.mark.once
def test_the_vendors_run_rests_and_goes_on_with_the_one_that_waits_for_it(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    (lease,) = leases.take(1)
    action = steps.resume(lease)
    assert isinstance(action, steps.Collect)
    steps.rest(lease, action.step)

    pause(request)
    drive_all()

    assert desk.bought() == []
    assert set(WorkflowRun.objects.values_list("status", flat=True)) == {WorkflowRun.Status.PARKED}
    resume(request)
    drive_all()
    assert set(WorkflowRun.objects.values_list("status", flat=True)) == {WorkflowRun.Status.COMPLETED}


def test_the_time_of_a_resting_run_stands_still(desk: Desk) -> None:
    DataConsumer.objects.filter(slug="customer_intelligence").update(max_wait=HOUR)
    request = desk.ask("Acme Corp")
    (lease,) = leases.take(1)
    leases.hand_back(lease)
    pause(request)
    long_ago = database_now() - 10 * HOUR
    WorkflowRun.objects.filter(requests=request).update(started=long_ago, rests_since=long_ago + MINUTE)

    resume(request)
    drive_all()

    run = run_of(request)
    assert run.stop_reason != WorkflowRun.StopReason.DEADLINE
    assert run.clock_from is not None
    assert abs(run.clock_from - (database_now() - MINUTE)) < MINUTE / 2
    assert desk.bought()


@pytest.mark.once
@pytest.mark.parametrize("what", [pause, resume])
def test_what_has_ended_is_neither_paused_nor_resumed(desk: Desk, what: Callable[[ResearchRequest], object]) -> None:
    request = desk.research("Acme Corp", consumer="profile")

    with pytest.raises(NotNow, match="not under way"):
        what(request)


@pytest.mark.once
def test_what_is_not_paused_is_not_resumed(desk: Desk) -> None:
    request = desk.ask("Acme Corp")

    with pytest.raises(NotNow, match="not paused"):
        resume(request)


@pytest.mark.once
def test_every_action_is_an_event_and_a_span(desk: Desk) -> None:
    request = desk.ask("Acme Corp", consumer="profile")
    pause(request)
    resume(request)
    drive_all()

    told = answers.events(again(request))
    assert [event["type"] for event in told][:2] == ["paused", "resumed"]
    assert [event["seq"] for event in told] == list(range(1, len(told) + 1))
    assert {"paused", "resumed"} <= {span["name"] for span in answers.trace(again(request))["children"]}
