"""Steps of an older version are read, of one too old done anew for nothing, of a newer one left to who knows them."""

from typing import Any

import pytest

from enrichment.models import Provider, ResearchRequest, SourceCall, StepRun, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow import answers, leases, steps, versions
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

SOURCE = "brightdata_company_db"


@pytest.fixture
def parked(desk: Desk) -> ResearchRequest:
    """A request whose run bought one answer and waits between two steps."""
    Provider.objects.exclude(slug__in=["brightdata", "company_website"]).update(enabled=False)
    request = desk.research("Acme Corp", consumer="profile")
    assert SourceCall.objects.filter(run=request.run).exists()
    WorkflowRun.objects.update(status="queued", finished=None, wake_at=database_now())
    ResearchRequest.objects.update(status="attached", report=None, answered=None)
    StepRun.objects.filter(name="store").delete()
    StepRun.objects.filter(name="analyse").update(status="running", finished=None, result={}, attempts=0)
    return request


def recorded_by(version: int) -> None:
    StepRun.objects.update(schema_version=version)


def again(request: ResearchRequest) -> ResearchRequest:
    return ResearchRequest.objects.select_related("run").get(pk=request.pk)


def calls() -> int:
    return SourceCall.objects.count()


def test_steps_of_the_version_before_are_brought_up_and_the_run_goes_on(parked: ResearchRequest) -> None:
    StepRun.objects.filter(name="collect").update(result={"sources": [SOURCE]})  # as version 1 began a wave
    recorded_by(1)
    before = calls()

    drive_on()

    assert again(parked).status == ResearchRequest.Status.ANSWERED
    assert set(StepRun.objects.values_list("schema_version", flat=True)) == {StepRun.SCHEMA_VERSION}
    assert not StepRun.objects.filter(status=StepRun.Status.SET_ASIDE).exists()
    assert calls() == before


def test_version_1_gains_the_outcomes_of_a_wave() -> None:
    old = StepRun(name="collect", schema_version=1, result={"sources": [SOURCE]})

    assert versions.result_of(old) == {"sources": [SOURCE], "outcomes": [], "paused": []}


def test_there_is_a_way_up_from_every_version_that_was_released() -> None:
    assert set(versions.UPGRADES) == set(range(1, StepRun.SCHEMA_VERSION))


@pytest.mark.parametrize("result", [[], {"sources": [SOURCE]}])
def test_a_run_whose_steps_cannot_be_read_is_planned_anew_and_pays_nothing(
    parked: ResearchRequest, result: Any
) -> None:
    StepRun.objects.update(result=result)
    recorded_by(0 if isinstance(result, dict) else 1)
    before, spent = calls(), again(parked).spent

    drive_on()

    request = again(parked)
    assert request.status == ResearchRequest.Status.ANSWERED
    assert (calls(), request.spent) == (before, spent)
    assert StepRun.objects.filter(name="plan").count() == 2
    told = [event["data"]["detail"] for event in answers.events(request) if event["type"] == "warning"]
    assert any("planned anew" in detail for detail in told)


def test_a_run_with_a_newer_step_is_handed_back_untouched(parked: ResearchRequest) -> None:
    newest = StepRun.objects.order_by("ordinal").last()
    assert newest is not None
    StepRun.objects.filter(pk=newest.pk).update(schema_version=StepRun.SCHEMA_VERSION + 1, result={"of": "tomorrow"})
    before = [*StepRun.objects.values(), *SourceCall.objects.values(), *ResearchRequest.objects.values()]
    events = again(parked).run.last_seq if parked.run else 0
    (lease,) = leases.take(1)

    assert steps.resume(lease) is None

    run = WorkflowRun.objects.get()
    assert [*StepRun.objects.values(), *SourceCall.objects.values(), *ResearchRequest.objects.values()] == before
    assert (run.status, run.lease_until, run.attempts, run.last_seq) == ("queued", None, 0, events)
    assert leases.take(1) == []  # for a while, so that whoever understands it comes first


def test_the_trace_shows_steps_of_every_version(parked: ResearchRequest) -> None:
    recorded_by(StepRun.SCHEMA_VERSION + 1)

    details = {span["detail"] for span in answers.trace(again(parked))["children"] if span["name"] == "plan"}

    assert details == {"Recorded by another version of the program."}
