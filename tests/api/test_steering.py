"""Pausing, resuming and trying again over the API."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.workflow.requests import cancel
from tests.api.conftest import BRIEF
from tests.driving import drive_on

pytestmark = pytest.mark.once

RUNS = "/api/v1/runs"


@pytest.fixture
def asked(rules, sandbox, api_client) -> ResearchRequest:
    accepted = api_client.post("/api/v1/customer/intelligence", BRIEF, format="json").json()
    return ResearchRequest.objects.get(pk=accepted["requestId"])


@pytest.fixture
def steer(api_client):
    """`steer(request, "pause", until=…)`: status and body."""

    def steer(request, action, **body):
        answer = api_client.post(f"{RUNS}/{request.pk}/{action}", body, format="json")
        return answer.status_code, answer.json()

    return steer


def test_a_paused_request_says_so_and_is_still_processing(asked, steer, api_client):
    status, told = steer(asked, "pause")

    assert (status, told["paused"], told["pausedUntil"]) == (200, True, None)
    assert api_client.get(f"/api/v1/analysis/status/{asked.pk}").json()["status"] == "processing"


def test_a_pause_has_the_end_that_it_was_given(asked, steer):
    until = datetime.now(UTC) + timedelta(hours=2)

    status, told = steer(asked, "pause", until=until.isoformat())

    assert status == 200
    assert datetime.fromisoformat(told["pausedUntil"]) == until


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2020-01-01T00:00:00Z", "in the future"),
        ("2099-01-01T00:00:00", "zone"),
        ("tomorrow", "is not a moment"),
        (17, "is not a moment"),
        ("9999-12-31T23:59:59-14:00", ""),
    ],
)
def test_an_end_that_cannot_be_is_refused_by_its_field(asked, steer, until, words):
    status, problem = steer(asked, "pause", until=until)

    assert (status, problem["type"]) == (400, "invalid")
    assert words in problem["errors"]["until"][0]


def test_a_resumed_request_is_not_paused(asked, steer):
    steer(asked, "pause")

    status, told = steer(asked, "resume")

    assert (status, told["paused"]) == (200, False)


@pytest.mark.parametrize(("action", "words"), [("resume", "not paused"), ("retry", "under way already")])
def test_what_does_not_fit_the_state_is_a_conflict_in_words(asked, steer, action, words):
    status, problem = steer(asked, action)

    assert (status, problem["type"]) == (409, "conflict")
    assert words in problem["detail"]


def test_an_unknown_step_is_refused_by_its_field(asked, steer):
    status, problem = steer(asked, "retry", fromStep="store")

    assert status == 400
    assert "fromStep" in problem["errors"]


def test_what_has_ended_cannot_be_paused(asked, steer):
    cancel(asked)

    status, problem = steer(asked, "pause")

    assert (status, problem["type"]) == (409, "conflict")


def test_a_cancelled_request_is_tried_again(asked, steer):
    cancel(asked)
    WorkflowRun.objects.update(status="cancelled")

    status, told = steer(asked, "retry")

    assert (status, told["requestStatus"], told["status"]) == (200, "attached", "queued")


@pytest.mark.parametrize("action", ["pause", "resume", "retry"])
def test_a_request_that_does_not_exist_is_not_found(rules, api_client, action):
    assert api_client.post(f"{RUNS}/{uuid4()}/{action}", {}, format="json").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_gap_is_filled_by_another_attempt(asked, steer, sandbox):
    sandbox.fault(host="api.snov.io", kind="500")
    drive_on()
    sandbox.reset()

    status, told = steer(asked, "retry", fromStep="collect")
    drive_on()

    asked.refresh_from_db()
    assert (status, told["status"]) == (200, "queued")
    assert "decision_makers" in asked.report.datasets
