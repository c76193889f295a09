"""Who pays for a run that several wait for, and what happens when the one who pays leaves."""

from decimal import Decimal

from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.workflow import answers, leases, steps
from enrichment.workflow.requests import cancel
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk


def planned(desk: Desk) -> tuple[ResearchRequest, ResearchRequest]:
    """Two requests for one run, whose vendor's run is under way at the first one's expense."""
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp")
    (lease,) = leases.take(1)
    steps.resume(lease)
    leases.hand_back(lease)
    return first, second


def answered(request: ResearchRequest) -> ResearchRequest:
    drive_on()
    return ResearchRequest.objects.get(pk=request.pk)


def test_who_pays_in_anothers_place_is_told_the_cost(desk: Desk) -> None:
    first, second = desk.ask("Acme Corp"), desk.ask("Acme Corp")

    cancel(first)

    second = answered(second)
    assert second.spent > 0
    assert answers.envelope(second)["totalCost"] == float(second.spent)


def test_the_vendors_context_is_collected_on_for_the_others(desk: Desk) -> None:
    first, second = planned(desk)

    cancel(first)

    second = answered(second)
    assert second.report is not None
    assert second.report.vendor_context_used
    assert second.spent == second.report.cost


def test_the_vendors_run_stops_when_the_last_one_leaves(desk: Desk) -> None:
    first, second = planned(desk)

    cancel(first)
    cancel(second)

    drive_on()
    assert set(WorkflowRun.objects.values_list("status", flat=True)) == {WorkflowRun.Status.CANCELLED}
    assert desk.sandbox.calls() == []


def test_who_moves_to_a_run_of_their_own_is_told_on_where_they_were(desk: Desk) -> None:
    poor, rich = desk.ask("Acme Corp", max_cost=Decimal("0.05")), desk.ask("Acme Corp")
    drive_on()
    drive_on()
    poor, rich = ResearchRequest.objects.get(pk=poor.pk), ResearchRequest.objects.get(pk=rich.pk)

    first, second = answers.events(poor), answers.events(rich)

    assert poor.run != rich.run
    assert [event["seq"] for event in second] == list(range(1, len(second) + 1))
    assert first[-1]["type"] == second[-1]["type"] == "finished"
    assert first[:-1] == second[: len(first) - 1]
