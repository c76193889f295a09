"""Each step ends at its deadline, as rows of the admin have it, with what it has."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from enrichment.models import AnalysisEngine, ResearchRequest, RuleSet, StepDeadline, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.rules import current, live
from enrichment.workflow import leases, steps
from enrichment.workflow.driver import drive
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

Step = StepDeadline.Step


def limit(step: str, seconds: float) -> None:
    StepDeadline.objects.filter(step=step).update(limit=timedelta(seconds=seconds))


def test_the_documents_deadlines_are_the_default(desk: Desk) -> None:
    seconds = {step: limit.total_seconds() for step, limit in live.deadlines().items()}

    assert seconds == {"cache_check": 30, "collect": 600, "analyse": 300, "store": 30}
    of_documents = [rule for slug, rule in current().rules.consumers.items() if not slug.startswith("chat_")]
    assert {rule.max_wait for rule in of_documents} == {timedelta(minutes=15)}


def test_an_edited_deadline_holds_at_once_and_makes_no_other_rule_set(desk: Desk) -> None:
    before = current().digest

    limit(Step.COLLECT, 7)

    assert live.deadlines()[Step.COLLECT] == timedelta(seconds=7)
    assert current().digest == before
    assert RuleSet.objects.count() == 1


@pytest.mark.parametrize("limit", [timedelta(0), timedelta(seconds=-1), timedelta(days=2)])
def test_an_impossible_deadline_is_refused(limit: timedelta) -> None:
    with pytest.raises(ValidationError, match="1 second"):
        StepDeadline(step=Step.STORE, limit=limit).clean()


def test_a_collection_whose_time_is_up_goes_on_to_an_honest_report(desk: Desk) -> None:
    limit(Step.COLLECT, 8)
    desk.sandbox.fault(host="api.snov.io", kind="hang")

    request = desk.research("Acme Corp", vendor=None)

    assert request.report is not None
    assert request.run is not None
    assert request.run.stop_reason == WorkflowRun.StopReason.DEADLINE
    gap = next(gap for gap in request.report.gaps if gap["dataset"] == "decision_makers")
    assert "The time was up" in gap["why"]
    assert "recent_activities" in request.report.datasets


def test_sources_that_the_time_did_not_reach_are_named(desk: Desk) -> None:
    request = desk.ask("Acme Corp", vendor=None)
    (lease,) = leases.take(1)
    leases.hand_back(lease)
    WorkflowRun.objects.filter(requests=request).update(started=database_now() - timedelta(minutes=11))

    drive()

    request.refresh_from_db()
    assert request.report is not None
    assert desk.bought() == []
    assert any("was not asked: the time was up." in gap["why"] for gap in request.report.gaps)


def test_an_engine_that_takes_too_long_is_followed_by_the_built_in_one(desk: Desk) -> None:
    limit(Step.ANALYSE, 25)  # of which five are kept for the built-in one, that a busy machine may need
    engine = AnalysisEngine.objects.get(slug="anthropic")
    engine.credentials, engine.base_url = {"api_key": "none"}, f"{desk.sandbox.url}/api.clearbit.com"
    engine.save()
    desk.sandbox.fault(host="api.clearbit.com", kind="hang")

    request = desk.research("Acme Corp", vendor=None)

    assert request.report is not None
    assert request.report.engine == "builtin"
    assert request.report.entry is None
    assert request.reserved == 0


def test_a_run_does_not_wait_for_its_vendors_beyond_its_own_time(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    (lease,) = leases.take(1)
    action = steps.resume(lease)
    assert isinstance(action, steps.Collect)
    steps.rest(lease, action.step)
    WorkflowRun.objects.filter(requests=request).update(started=database_now() - timedelta(hours=1))
    vendors = WorkflowRun.objects.exclude(requests=request)
    vendors.update(status="parked", wake_at=database_now() + timedelta(days=1))

    drive()

    request.refresh_from_db()
    assert request.status == ResearchRequest.Status.ANSWERED
    assert vendors.get().status == WorkflowRun.Status.PARKED
