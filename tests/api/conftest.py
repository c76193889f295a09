"""The API as programs meet it: served by uvicorn on loopback, with its shell around Django."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from enrichment.models import Report, ResearchRequest, RunEvent, WorkflowRun
from salesintel.accounts.models import ApiKey
from salesintel.asgi import application

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
    config = uvicorn.Config(application, port=0, ws="none", lifespan="off", log_level="warning", access_log=False)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)


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
        run.refresh_from_db()
        for seq in range(run.last_seq + 1, run.last_seq + count + 1):
            RunEvent.objects.create(run=run, seq=seq, kind="progress", data={"step": seq}, at=datetime.now(UTC))
        WorkflowRun.objects.filter(pk=run.pk).update(last_seq=run.last_seq + count)

    return happen
