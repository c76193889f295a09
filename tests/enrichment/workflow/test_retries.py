"""Another attempt buys only what is missing; what was recorded is not bought again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F

from enrichment.models import (
    AnalysisEngine,
    CacheEntry,
    Provider,
    Report,
    ResearchRequest,
    SourceCall,
    StepRun,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.workflow import answers, retries
from enrichment.workflow.pauses import NotNow
from enrichment.workflow.requests import cancel
from enrichment.workflow.retries import retry
from salesintel.accounts.models import User
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

Status = ResearchRequest.Status
CONTACTS = "decision_makers"


def again(request: ResearchRequest) -> ResearchRequest:
    return ResearchRequest.objects.get(pk=request.pk)


def retried(request: ResearchRequest, step: str | None = None) -> ResearchRequest:
    retry(again(request), step=step)
    drive_on()
    return again(request)


def run_of(request: ResearchRequest) -> WorkflowRun:
    return WorkflowRun.objects.get(requests=request)


def gaps(request: ResearchRequest) -> list[str]:
    assert request.report is not None
    return [gap["dataset"] for gap in request.report.gaps]


def calls(request: ResearchRequest) -> list[tuple[str, str]]:
    found = SourceCall.objects.filter(run=request.run).order_by("started")
    return list(found.values_list("source", "status"))


@pytest.fixture
def with_gaps(desk: Desk) -> ResearchRequest:
    """A brief without contacts: their source failed, and works again."""
    desk.sandbox.fault(host="api.snov.io", kind="500")
    request = desk.research("Acme Corp", vendor=None)
    desk.sandbox.reset()
    return request


def test_only_the_source_that_failed_is_asked_again(desk: Desk, with_gaps: ResearchRequest) -> None:
    before = calls(with_gaps)

    request = retried(with_gaps)

    assert CONTACTS in gaps(with_gaps)
    assert CONTACTS not in gaps(request)
    assert calls(request)[len(before) :] == [("snov_contacts", "ok")]
    assert desk.bought() == ["snov_contacts"]


@pytest.mark.once
@pytest.mark.parametrize("step", ["plan", "collect", "analyse"])
def test_what_was_recorded_is_not_bought_again_however_old_it_is(
    desk: Desk, with_gaps: ResearchRequest, step: str
) -> None:
    long_ago = database_now() - timedelta(days=90)
    CacheEntry.objects.update(fetched_at=long_ago, expires_at=long_ago)
    recorded = {source for source, status in calls(with_gaps) if status in ("ok", "empty")}

    request = retried(with_gaps, step)

    asked = [source for source, _ in calls(request)]
    assert request.status == Status.ANSWERED
    assert recorded
    assert {source for source in recorded if asked.count(source) > 1} == set()


@pytest.mark.once
def test_a_report_on_old_answers_is_not_kept_for_others(with_gaps: ResearchRequest) -> None:
    CacheEntry.objects.update(expires_at=database_now() - timedelta(days=1))

    request = retried(with_gaps, "collect")

    assert request.report is not None
    assert request.report.entry is None


@pytest.mark.once
def test_from_analyse_the_report_is_written_again_and_nothing_is_asked(desk: Desk, with_gaps: ResearchRequest) -> None:
    before = calls(with_gaps)

    request = retried(with_gaps, "analyse")

    assert request.report_id != with_gaps.report_id
    assert calls(request) == before
    assert desk.bought() == []


@pytest.mark.once
def test_from_plan_it_plans_anew_and_the_old_steps_are_set_aside(with_gaps: ResearchRequest) -> None:
    request = retried(with_gaps, "plan")

    plans = StepRun.objects.filter(run=request.run, name="plan").order_by("ordinal")
    assert [step.status for step in plans] == ["set_aside", "done"]
    assert CONTACTS not in gaps(request)


@pytest.mark.once
def test_a_run_that_no_engine_could_finish_goes_on_at_the_analysis(desk: Desk) -> None:
    AnalysisEngine.objects.update(enabled=False)
    failed = desk.research("Acme Corp", vendor=None)
    before = calls(failed)
    AnalysisEngine.objects.filter(slug="builtin").update(enabled=True)

    request = retried(failed)

    assert failed.status == Status.FAILED
    assert request.status == Status.ANSWERED
    assert calls(request) == before
    assert request.report is not None
    assert request.report.prompt == ""  # the built-in engine, which its rules do not name, reads none


@pytest.mark.once
def test_a_cancelled_request_goes_on_where_it_was(desk: Desk) -> None:
    request = desk.ask("Acme Corp", consumer="profile")
    cancel(request)
    drive_on()

    request = retried(request)

    assert request.status == Status.ANSWERED


@pytest.mark.once
def test_who_left_a_run_that_goes_on_for_others_is_attached_again(desk: Desk) -> None:
    first = desk.ask("Acme Corp")
    desk.ask("Acme Corp", user=User.objects.create_user("second"))
    cancel(first)

    retry(first)

    assert again(first).status == Status.ATTACHED
    assert run_of(first).status == WorkflowRun.Status.QUEUED


@pytest.mark.once
def test_the_cap_holds_over_all_attempts(desk: Desk) -> None:
    desk.sandbox.fault(host="api.snov.io", kind="500")
    request = desk.research("Acme Corp", vendor=None, max_cost=Decimal("0.20"))
    desk.sandbox.reset()

    request = retried(request)

    assert request.spent <= Decimal("0.20")
    assert CONTACTS in gaps(request)


def test_a_call_in_doubt_is_looked_up_again_and_made_where_the_provider_has_no_trace_of_it(desk: Desk) -> None:
    desk.sandbox.fault(host="api.brightdata.com", kind="reset")
    request = desk.research("Acme Corp", vendor=None)
    desk.sandbox.reset()
    SourceCall.objects.update(started=F("started") - timedelta(minutes=1))  # a request on its way would have arrived

    request = retried(request)

    bought = [call for call in calls(request) if call[0] == "brightdata_company_db"]
    assert bought == [("brightdata_company_db", "failed"), ("brightdata_company_db", "ok")]
    assert request.report is not None
    assert request.report.gaps == []


def test_a_call_in_doubt_that_cannot_be_looked_up_stays_counted_as_spent_and_is_not_made_again(desk: Desk) -> None:
    Provider.objects.filter(slug="brightdata").update(in_doubt=Provider.InDoubt.NEXT_SOURCE)
    desk.sandbox.fault(host="api.brightdata.com", kind="reset")
    request = desk.research("Acme Corp", vendor=None)
    doubtful = [call for call in calls(request) if call[1] == "in_doubt"]
    desk.sandbox.reset()

    request = retried(request)

    assert doubtful == [("brightdata_company_db", "in_doubt")]
    assert [call for call in calls(request) if call[0] == "brightdata_company_db"] == doubtful
    assert request.spent >= Decimal("0.15")


@pytest.mark.once
def test_an_attempt_that_is_cancelled_leaves_the_report_that_was_there(with_gaps: ResearchRequest) -> None:
    retry(with_gaps)

    cancel(again(with_gaps))
    drive_on()

    request = again(with_gaps)
    assert (request.status, request.report_id) == (Status.ANSWERED, with_gaps.report_id)


@pytest.mark.once
def test_an_attempt_that_fails_leaves_the_report_that_was_there(with_gaps: ResearchRequest) -> None:
    AnalysisEngine.objects.update(enabled=False)

    request = retried(with_gaps, "analyse")

    assert run_of(request).status == WorkflowRun.Status.FAILED
    assert (request.status, request.report_id) == (Status.ANSWERED, with_gaps.report_id)


def test_a_joiners_answer_stays_as_it_is(desk: Desk) -> None:
    desk.sandbox.fault(host="api.snov.io", kind="500")
    first, joiner = desk.ask("Acme Corp", vendor=None), desk.ask("Acme Corp", vendor=None, user=second())
    drive_on()
    desk.sandbox.reset()
    before = again(joiner)

    retried(first)

    assert again(joiner).report_id == before.report_id
    assert again(joiner).spent == 0
    assert Report.objects.filter(run=first.run_id).count() == 2


def second() -> User:
    return User.objects.create_user("second")


def test_the_numbers_of_the_events_go_on(with_gaps: ResearchRequest) -> None:
    last = run_of(with_gaps).last_seq

    request = retried(with_gaps)

    told = answers.events(request)
    assert [event["seq"] for event in told] == list(range(1, len(told) + 1))
    assert (told[last]["type"], told[-1]["type"]) == ("retried", "finished")
    assert "retried" in {span["name"] for span in answers.trace(request)["children"]}


def test_an_old_run_gets_its_whole_time_anew(with_gaps: ResearchRequest) -> None:
    long_ago = database_now() - timedelta(days=2)
    WorkflowRun.objects.update(created=long_ago, started=long_ago)

    request = retried(with_gaps)

    assert CONTACTS not in gaps(request)


def test_what_is_under_way_is_not_tried_again(desk: Desk) -> None:
    request = desk.ask("Acme Corp")

    with pytest.raises(NotNow, match="under way already"):
        retry(request)


def test_a_second_retry_at_once_is_refused(with_gaps: ResearchRequest) -> None:
    retry(with_gaps)

    with pytest.raises(NotNow, match="under way already"):
        retry(with_gaps)


@pytest.mark.once
def test_an_answer_without_gaps_is_not_tried_again(desk: Desk) -> None:
    request = desk.research("Acme Corp", consumer="profile")
    assert gaps(request) == []

    with pytest.raises(NotNow, match="without gaps"):
        retry(request)


@pytest.mark.once
def test_an_answer_from_the_cache_has_nothing_to_try_again(desk: Desk) -> None:
    desk.research("Acme Corp", consumer="profile")
    request = desk.research("Acme Corp", consumer="profile")

    with pytest.raises(NotNow, match="answered from the cache"):
        retry(request)


def test_the_same_work_is_not_done_twice_at_once(desk: Desk, with_gaps: ResearchRequest) -> None:
    desk.ask("Acme Corp", vendor=None)

    with pytest.raises(NotNow, match="The same work is under way"):
        retry(with_gaps)


def test_the_same_work_that_begins_at_that_moment_is_a_refusal(
    desk: Desk, with_gaps: ResearchRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = retries._refuse_what_would_change_nothing

    def begun_after_the_look(*args: Any) -> None:
        look(*args)
        run = run_of(with_gaps)
        run.pk, run._state.adding, run.status = uuid4(), True, WorkflowRun.Status.QUEUED
        run.save()

    monkeypatch.setattr(retries, "_refuse_what_would_change_nothing", begun_after_the_look)

    with pytest.raises(NotNow, match="The same work is under way"):
        retry(with_gaps)
