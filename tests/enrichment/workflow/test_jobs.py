"""Long jobs: paid when they begin, so whatever hinders the wait for them, they are never begun twice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment.models import ResearchRequest, Source, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.driver import drive
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

RESULT = "/v2/domain-search/prospects/result"
CONTACTS = "decision_makers"


def charged(desk: Desk) -> Decimal:
    return sum((Decimal(str(call["charged_usd"])) for call in desk.sandbox.calls()), Decimal(0))


def contacts(request: ResearchRequest) -> list[tuple[str, Decimal]]:
    """How the calls for contacts ended, and what was booked for them."""
    calls = SourceCall.objects.filter(run=request.run, source="snov_contacts")
    return list(calls.order_by("started").values_list("status", "cost"))


@pytest.mark.parametrize("kind", ["503", "reset", "429"])
def test_a_poll_that_fails_is_asked_again_and_the_job_is_not_bought_again(desk: Desk, kind: str) -> None:
    desk.sandbox.fault(host="api.snov.io", path=RESULT, kind=kind, times=2)

    request = desk.research("Acme Corp", vendor=None)

    assert contacts(request) == [("ok", Decimal("0.1"))]
    assert request.spent == charged(desk)


def test_a_job_of_which_nothing_is_heard_any_more_counts_as_spent(desk: Desk) -> None:
    desk.sandbox.fault(host="api.snov.io", path=RESULT, kind="500")

    request = desk.research("Acme Corp", vendor=None)

    assert contacts(request) == [("in_doubt", Decimal("0.1"))]
    assert request.spent == charged(desk)


def test_a_job_that_takes_longer_than_one_look_is_looked_after_later(desk: Desk) -> None:
    Source.objects.filter(slug="snov_contacts").update(timeout=timedelta(seconds=3))  # one of them to begin
    desk.sandbox.fault(host="api.snov.io", path=RESULT, kind="hang", times=1)

    request = desk.ask("Acme Corp", vendor=None)
    drive()
    WorkflowRun.objects.filter(requests=request).update(wake_at=database_now())
    drive_on()

    request.refresh_from_db()
    assert contacts(request) == [("ok", Decimal("0.1"))]
    assert request.spent == charged(desk)


def test_a_job_that_never_ends_is_given_up(desk: Desk) -> None:
    Source.objects.filter(slug="snov_contacts").update(timeout=timedelta(seconds=0.2))
    desk.sandbox.fault(host="api.snov.io", path=RESULT, kind="hang")

    request = desk.ask("Acme Corp", vendor=None)
    for _ in range(4):
        drive()
        WorkflowRun.objects.active().filter(requests=request).update(wake_at=database_now())

    request.refresh_from_db()
    assert request.report is not None
    assert CONTACTS in [gap["dataset"] for gap in request.report.gaps]
    assert contacts(request) == [("in_doubt", Decimal("0.1"))]
