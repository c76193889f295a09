"""The API as programs meet it: served by uvicorn on loopback, with its shell around Django."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from django.db import transaction

from enrichment import events
from enrichment.events import News
from enrichment.models import Report, ResearchRequest, WorkflowRun
from salesintel.accounts.models import ApiKey
from tests.serving import served

BRIEF = {
    "prospectCompany": "Acme Corp",
    "prospectDomain": "acmecorp.com",
    "vendorCompany": "Okta",
    "vendorDomain": "okta.com",
    "userPersona": {"name": "Taylor", "role": "AE", "segment": "Mid-Market", "region": "EMEA"},
}


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a uvicorn that serves this test's database; for tests with `transaction=True`."""
    with served() as url:
        yield url


@pytest.fixture
def auth(user) -> dict[str, str]:
    _, key = ApiKey.issue(user=user, name="tests", scopes=["read", "enrich"])
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def http(server, auth) -> Iterator[httpx.Client]:
    """`user`'s program, talking to the server."""
    with httpx.Client(base_url=server, headers=auth, timeout=40) as client:
        yield client


@pytest.fixture
def finish() -> Callable[[WorkflowRun], Report]:
    """Ends a run as the driver would, with a report that says nothing but its company."""

    def finish(run: WorkflowRun) -> Report:
        now = datetime.now(UTC)
        report = Report.objects.create(
            company=run.company,
            vendor=run.vendor,
            consumer=run.consumer,
            role=run.role,
            origin=run.origin,
            run=run,
            engine="builtin",
            body={"customer": {"name": run.company.name}, "companyName": run.company.name},
            statements={},
            quality={"overall": 0.5},
            generated_at=now,
        )
        WorkflowRun.objects.filter(pk=run.pk).update(status=WorkflowRun.Status.COMPLETED, finished=now)
        ResearchRequest.objects.filter(run=run).update(
            status=ResearchRequest.Status.ANSWERED, report=report, answered=now
        )
        return report

    return finish


@pytest.fixture
def happen() -> Callable[[WorkflowRun, int], None]:
    """Lets `count` more events happen in a run."""

    def happen(run: WorkflowRun, count: int) -> None:
        with transaction.atomic():
            events.append(run.pk, [News("progress", {"step": n}) for n in range(count)], at=datetime.now(UTC))

    return happen
