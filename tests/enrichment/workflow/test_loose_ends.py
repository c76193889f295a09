"""However a run ends, no money stays held: what nobody heard the answer of counts as spent."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from enrichment import ledger, settling
from enrichment.models import (
    AnalysisEngine,
    Budget,
    BudgetPeriod,
    DataConsumer,
    EngineCall,
    ResearchRequest,
    SourceCall,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.permits import Intent, Reserved
from enrichment.workflow import analyse, engine_ledger, leases, steps
from enrichment.workflow.leases import Lease
from enrichment.workflow.requests import cancel
from tests.driving import drive_on
from tests.enrichment.workflow.conftest import Desk

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def budget(desk: Desk) -> Budget:
    return Budget.objects.create(limit=Decimal(100))


def held() -> Decimal:
    """USD that any request or budget still holds."""
    requests = ResearchRequest.objects.values_list("reserved", flat=True)
    periods = BudgetPeriod.objects.values_list("reserved", flat=True)
    return sum([*requests, *periods], Decimal(0))


def run_of(request: ResearchRequest) -> WorkflowRun:
    return WorkflowRun.objects.get(requests=request)


def begun(request: ResearchRequest) -> Lease:
    """A driver's lease on the request's run, which has been planned."""
    (lease,) = leases.take(1)
    assert lease.run == request.run_id
    steps.resume(lease)
    return lease


def call_made(lease: Lease, source: str, provider: str, price: str) -> Reserved:
    """A call under way; nobody will hear its answer."""
    run = WorkflowRun.objects.get(pk=lease.run)
    permit = ledger.reserve(
        Intent(
            run=run.pk,
            lease_token=lease.token,
            wave=1,
            company=run.company_id,
            source=source,
            provider=provider,
            worst_price=Decimal(price),
            origin=run.origin,
        )
    )
    assert isinstance(permit, Reserved)
    return permit


def test_a_call_that_the_runs_deadline_cuts_counts_as_spent(desk: Desk, budget: Budget) -> None:
    DataConsumer.objects.filter(slug="customer_intelligence").update(max_wait=A_SECOND)
    desk.sandbox.fault(host="serpapi.com", kind="hang")

    request = desk.research("Acme Corp")

    assert SourceCall.objects.get(source="serp_news").status == SourceCall.Status.IN_DOUBT
    assert request.report is not None
    assert request.report.cost >= Decimal("0.02")
    assert held() == 0


def test_nothing_is_reserved_for_a_run_that_goes_on_after_its_deadline(desk: Desk, budget: Budget) -> None:
    request = desk.ask("Acme Corp")
    leases.hand_back(begun(request))
    WorkflowRun.objects.filter(requests=request).update(started=database_now() - timedelta(hours=1))

    drive_on()

    request.refresh_from_db()
    assert request.status == ResearchRequest.Status.ANSWERED
    assert not run_of(request).calls.exists()
    assert held() == 0


def test_a_job_that_was_started_for_a_cancelled_run_counts_as_spent(desk: Desk, budget: Budget) -> None:
    request = desk.ask("Acme Corp")
    lease = begun(request)
    settling.note_job(call_made(lease, "brightdata_company_db", "brightdata", "0.15").call, "s_1")
    leases.hand_back(lease)

    cancel(request)
    drive_on()

    request.refresh_from_db()
    assert SourceCall.objects.get(job="s_1").status == SourceCall.Status.IN_DOUBT
    assert request.spent == Decimal("0.15")
    assert held() == 0


def test_what_a_run_held_when_it_was_set_aside_counts_as_spent(desk: Desk, budget: Budget) -> None:
    request = desk.ask("Acme Corp", consumer="profile")
    call_made(begun(request), "serp_news", "serpapi", "0.02")
    gone = database_now() - A_SECOND
    WorkflowRun.objects.filter(requests=request).update(attempts=leases.DEATHS - 1, lease_until=gone)

    drive_on()

    request.refresh_from_db()
    assert request.status == ResearchRequest.Status.FAILED
    assert request.spent == Decimal("0.02")
    assert held() == 0


def test_an_analysis_that_was_under_way_when_a_run_was_set_aside_counts_as_spent(desk: Desk, budget: Budget) -> None:
    engine = AnalysisEngine.objects.get(slug="anthropic")
    engine.credentials, engine.price_in, engine.price_out = {"api_key": "none"}, Decimal("0.1"), Decimal("0.1")
    engine.save()
    request = desk.ask("Acme Corp", vendor=None)
    lease = begun(request)
    job = analyse.prepare(lease, run_of(request).steps.get(name="collect").ordinal)
    assert job is not None
    assert isinstance(
        engine_ledger.hold(lease, job.engines[0], engine_ledger.worst_price(job.engines[0], job.task)), UUID
    )
    gone = database_now() - A_SECOND
    WorkflowRun.objects.filter(pk=lease.run).update(attempts=leases.DEATHS - 1, lease_until=gone)

    drive_on()

    assert EngineCall.objects.get().status == EngineCall.Status.IN_DOUBT
    assert held() == 0


def test_the_vendors_context_is_not_bought_on_for_a_run_that_failed(desk: Desk) -> None:
    request = desk.ask("Acme Corp")
    begun(request)
    gone = database_now() - A_SECOND
    WorkflowRun.objects.filter(requests=request).update(attempts=leases.DEATHS - 1, lease_until=gone, wake_at=gone)
    WorkflowRun.objects.exclude(requests=request).update(wake_at=database_now() + A_SECOND)

    drive_on()

    request.refresh_from_db()
    assert request.spent == 0
    assert WorkflowRun.objects.get(consumer="vendor_context").status == WorkflowRun.Status.CANCELLED
