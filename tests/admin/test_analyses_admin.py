"""Analyses in doubt: what a person says of one puts the sums right."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from enrichment.analysis.model import Usage
from enrichment.models import EngineCall, ResearchRequest, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.engine_ledger import settle
from tests.admin.people import clerk
from tests.enrichment.market import deal

LIST = reverse("admin:enrichment_enginecall_changelist")
HELD = Decimal("0.05")

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@dataclass(frozen=True)
class Doubtful:
    """An analysis whose answer was lost, with who pays for it."""

    call: EngineCall
    run: WorkflowRun
    request: ResearchRequest

    def now(self) -> tuple[str, Decimal | None, Decimal, Decimal]:
        """Status and cost of the line, what its request has spent, and what its run has cost."""
        for row in (self.call, self.run, self.request):
            row.refresh_from_db()
        return self.call.status, self.call.cost, self.request.spent, self.run.cost


@pytest.fixture
def doubtful() -> Doubtful:
    market_day = deal(cap="1")
    call = EngineCall.objects.create(
        run=market_day.run,
        request=market_day.request,
        engine="anthropic",
        status=EngineCall.Status.IN_DOUBT,
        reserved=HELD,
        cost=HELD,
        started=database_now(),
    )
    ResearchRequest.objects.filter(pk=market_day.request.pk).update(spent=HELD)
    WorkflowRun.objects.filter(pk=market_day.run.pk).update(cost=HELD)
    return Doubtful(call, market_day.run, market_day.request)


def decide(client: Client, action: str, doubtful: Doubtful) -> None:
    client.post(LIST, {"action": action, "_selected_action": [str(doubtful.call.pk)]})


@pytest.mark.parametrize(
    ("action", "verdict", "booked"), [("it_was_charged", "charged", HELD), ("it_was_not_charged", "not_charged", 0)]
)
def test_a_decision_is_booked_and_logged(
    admin_client: Client, doubtful: Doubtful, action: str, verdict: str, booked: Decimal
) -> None:
    decide(admin_client, action, doubtful)

    assert doubtful.now() == ("failed", booked, booked, booked)
    assert (doubtful.call.verdict, doubtful.call.decided is not None) == (verdict, True)
    assert EngineCall.Verdict(verdict).label in LogEntry.objects.get().change_message


def test_what_is_not_in_doubt_is_not_decided(admin_client: Client, doubtful: Doubtful) -> None:
    EngineCall.objects.update(status=EngineCall.Status.OK)

    decide(admin_client, "it_was_not_charged", doubtful)

    assert doubtful.now() == ("ok", HELD, HELD, HELD)


def test_who_may_only_look_decides_nothing(doubtful: Doubtful) -> None:
    decide(clerk("view_enginecall"), "it_was_not_charged", doubtful)

    assert doubtful.now()[0] == "in_doubt"


def test_an_answer_that_comes_after_all_takes_the_place_of_what_was_decided(
    admin_client: Client, doubtful: Doubtful
) -> None:
    decide(admin_client, "it_was_not_charged", doubtful)

    settle(doubtful.call.pk, Usage(cost=Decimal("0.02")), words="")

    assert doubtful.now() == ("ok", Decimal("0.02"), Decimal("0.02"), Decimal("0.02"))
    assert doubtful.call.verdict == ""
