"""The API as programs meet it: served by uvicorn on loopback, with its shell around Django."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.db import transaction

from enrichment import events
from enrichment.automation.bulk import pricing, steering
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import BulkAsk, Entry, Listed
from enrichment.automation.watches import checks, keeping
from enrichment.automation.watches.keeping import WatchAsk, keep_an_eye
from enrichment.events import News
from enrichment.models import Report, ResearchRequest, WebhookEndpoint, WorkflowRun
from enrichment.workflow.pauses import pause
from enrichment.workflow.requests import Ask, cancel, request_research
from personas.models import Grant
from salesintel.accounts.models import ApiKey, User
from tests import factories
from tests.enrichment.delivery.conftest import due, endpoint
from tests.personas.planting import plant
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


# --- What a caller may meet, theirs and others' -----------------------------------------------------------------------


@pytest.fixture
def requests(rules, user) -> list[UUID]:
    """Requests in every state that a caller may meet: new, paused, cancelled, answered, and one of somebody else's."""
    new, paused, cancelled = (request_research(Ask(consumer="profile", company=f"{n}.com"), user=user) for n in "abc")
    pause(paused)
    cancel(cancelled)
    other = User.objects.create_user("other", "other@example.com", "correct horse")
    others = request_research(Ask(consumer="profile", company="a.com"), user=other)
    return [new.pk, paused.pk, cancelled.pk, factories.answered(user).pk, others.pk]


@pytest.fixture
def hooks(user) -> list[WebhookEndpoint]:
    """The caller's webhook, one that is switched off, and one of somebody else's, each with a delivery."""
    mallory = User.objects.create_user("mallory")
    rows = [endpoint(user, "https://hooks.example.com/a"), endpoint(user, "https://hooks.example.com/b", enabled=False)]
    rows.append(endpoint(mallory, "https://hooks.example.com/c"))
    for number, row in enumerate(rows):
        due(row, number)
    return rows


@pytest.fixture
def watches(rules, user) -> list[UUID]:
    """Watches that are new, rest, are being checked, and one of somebody else's."""
    new, rests, checked = (keep_an_eye(WatchAsk(company=f"{n}.com"), user=user) for n in "xyz")
    keeping.change(rests, {"paused": True})
    checks.check_now(checked)
    others = keep_an_eye(WatchAsk(company="x.com"), user=User.objects.create_user("watcher"))
    return [new.pk, rests.pk, checked.pk, others.pk]


@pytest.fixture
def records(rules, user) -> dict[str, list[Any]]:
    """By parameter, ids of contacts and what hangs on them: the caller's own, what is shared with them, another's."""
    rival = User.objects.create_user("rival", "rival@example.com")
    own, shared, others = plant(user), plant(rival), plant(rival, number=1)
    grants = [
        Grant.objects.create(owner=rival, grantee=user, contact_id=shared["contact_id"]).pk,
        Grant.objects.create(owner=user, grantee=rival).pk,
    ]
    return {**{name: [each[name] for each in (own, shared, others)] for name in own}, "grant_id": grants}


@pytest.fixture
def bulks(rules, user) -> list[UUID]:
    """Lists that are being priced, wait for their go, run, and were cancelled."""
    entries = (Entry(line=1, name="Acme Corp"), Entry(line=2, domain="8.8.8.8"))
    ask = BulkAsk(listed=Listed(entries=entries), consumer="profile")
    quoting, quoted, running, over = (take_in(ask, user=user) for _ in range(4))
    for bulk in (quoted, running, over):
        pricing.price(bulk, seconds=60)
    steering.start(running)
    steering.cancel(over)
    return [quoting.pk, quoted.pk, running.pk, over.pk]
