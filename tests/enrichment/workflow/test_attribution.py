"""Who paid for what a report was made from, what reuse saved, and why a run stopped."""

from decimal import Decimal

import pytest

from enrichment.models import AnalysisEngine, Report, ReportPart, ResearchRequest, WorkflowRun
from enrichment.workflow import answers
from enrichment.workflow.requests import cancel
from tests.driving import drive_on
from tests.enrichment import market
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

StopReason = WorkflowRun.StopReason


def report_of(request: ResearchRequest) -> Report:
    assert request.report is not None
    return request.report


def test_each_part_of_a_report_names_who_paid_how_much_for_it(desk: Desk) -> None:
    first = desk.research("Acme Corp")
    second = desk.research("Acme Corp", role="SE", user=market.rep("other"))

    parts = ReportPart.objects.filter(report=report_of(second), source="snov_contacts")
    (part,) = parts

    assert (part.paid, part.payer, part.found) == (Decimal("0.1"), first, True)
    assert part.call is not None
    assert part.call.run == first.run


def test_what_was_saved_and_what_was_paid_make_what_the_report_is_worth(desk: Desk) -> None:
    for request in (desk.research("Acme Corp"), desk.research("Acme Corp", role="SE"), desk.research("Acme Corp")):
        assert request.saved + request.spent == report_of(request).worth


def test_a_lower_list_price_changes_nothing_of_what_was_saved(desk: Desk) -> None:
    first = desk.research("Acme Corp")
    from enrichment.models import Source

    Source.objects.update(cost=0)

    second = desk.research("Acme Corp", role="SE")

    assert second.saved == first.spent


def test_who_pays_on_for_somebody_that_left_saved_what_that_one_paid(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp", user=market.rep("other"))
    drive_on()
    paid = {row.pk: row for row in ResearchRequest.objects.filter(pk__in=[first.pk, second.pk])}

    assert (paid[first.pk].saved, paid[second.pk].spent) == (0, 0)
    assert paid[second.pk].saved == paid[first.pk].spent


# --- Why a run stopped ------------------------------------------------------------------------------------------------


def test_an_answer_from_the_cache_says_why_its_run_stopped(desk: Desk) -> None:
    desk.research("Acme Corp", max_cost=Decimal("0.05"))

    again = desk.research("Acme Corp", max_cost=Decimal("0.05"))

    assert again.from_cache
    assert answers.run_state(again)["stopReason"] == StopReason.BUDGET
    assert answers.envelope(again)["stopReason"] == StopReason.BUDGET
    assert answers.trace(again)["stopReason"] == StopReason.BUDGET


def test_a_run_that_failed_says_so(desk: Desk) -> None:
    AnalysisEngine.objects.update(enabled=False)

    request = desk.research("Acme Corp")

    assert request.run is not None
    assert request.run.status == WorkflowRun.Status.FAILED
    assert answers.status(request)["stopReason"]


def test_a_request_that_was_cancelled_says_so_though_its_run_went_on(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp", user=market.rep("other"))
    cancel(first)
    drive_on()

    first.refresh_from_db()
    second.refresh_from_db()
    assert answers.run_state(first)["stopReason"] == StopReason.CANCELLED
    assert answers.run_state(second)["stopReason"] == StopReason.SATISFIED
