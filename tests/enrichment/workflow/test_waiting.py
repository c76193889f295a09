"""A run whose vendor's context is still being collected waits for it, and not a moment longer."""

from datetime import timedelta

from django.db import transaction

from enrichment.models import WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow import analyse, leases, steps
from enrichment.workflow.driver import drive
from tests.enrichment.workflow.conftest import Desk


def test_a_vendors_run_that_ends_while_its_own_goes_to_wait_wakes_it(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    (lease,) = leases.take(1)
    action = steps.resume(lease)  # which starts its vendor's
    assert isinstance(action, steps.Collect)
    steps.rest(lease, action.step)
    own = WorkflowRun.objects.filter(requests=request)
    vendors = WorkflowRun.objects.exclude(requests=request)
    vendors.update(status="parked", wake_at=database_now() + timedelta(days=1))
    drive()  # up to where it waits
    own.update(wake_at=database_now() - timedelta(milliseconds=1))  # SQLite's clock has no finer ones
    (lease,) = leases.take(1)
    action = steps.resume(lease)
    assert isinstance(action, steps.Analyse)

    with transaction.atomic():  # in which it looks at its vendor's run, which is over before it waits
        assert analyse.prepare(lease, action.step) is None
        vendors.update(status=WorkflowRun.Status.COMPLETED)

    assert own.get().wake_at <= database_now()
