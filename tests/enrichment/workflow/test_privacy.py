"""Work is shared: nothing that is one person's is in what others see of it."""

import json
from decimal import Decimal

from django.forms.models import model_to_dict

from enrichment.models import Budget, CacheEntry, Report, ResearchRequest, RunEvent, StepRun, WorkflowRun
from enrichment.workflow import answers
from salesintel.accounts.models import User
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

SHARED = (WorkflowRun, StepRun, RunEvent, CacheEntry, Report)


def told_of_shared_work() -> str:
    """Every value of every shared row, bytes included."""
    rows = [model_to_dict(row) for model in SHARED for row in model.objects.all()]
    bodies = [bytes(body).decode("utf-8", "replace") for body in CacheEntry.objects.values_list("body", flat=True)]
    return json.dumps(rows, default=str) + "".join(bodies)


def test_a_reps_name_and_login_are_in_nothing_shared(desk: Desk) -> None:
    user = User.objects.create_user("quentin.marlowe", "quentin.marlowe@seller.example")
    Budget.objects.create(user=user, limit=Decimal("0.1"))

    Desk(user, desk.sandbox).research("Acme Corp", name="Quentin Marlowe")

    assert "quentin" not in told_of_shared_work().lower()


def test_who_joined_is_not_told_the_payers_cap(desk: Desk) -> None:
    first = desk.ask("Acme Corp", max_cost=Decimal("0.1234"))
    second = Desk(User.objects.create_user("colleague"), desk.sandbox).ask("Acme Corp", max_cost=Decimal("0.05"))

    drive_on()

    second = ResearchRequest.objects.get(pk=second.pk)
    assert second.run_id == first.run_id
    seen = [answers.trace(second), answers.events(second), answers.run_state(second), answers.envelope(second)]
    assert "0.1234" not in json.dumps(seen, default=str)
