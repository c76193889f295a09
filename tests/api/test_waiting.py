"""`Prefer: wait=N`: the whole answer if it comes in time, and nothing held meanwhile but a socket."""

import asyncio
import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from enrichment.api.prefer import wait_preferred
from enrichment.models import ResearchRequest, WorkflowRun
from tests.api.conftest import BRIEF

pytestmark = pytest.mark.django_db(transaction=True)

ASK = "/api/v1/customer/intelligence"


def wait_for_run() -> WorkflowRun:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if run := WorkflowRun.objects.first():
            return run
        time.sleep(0.02)
    raise AssertionError("No run was started.")


def wait_for_requests(count: int) -> None:
    deadline = time.monotonic() + 30
    while ResearchRequest.objects.count() < count and time.monotonic() < deadline:
        time.sleep(0.1)
    connection.close()


def open_connections() -> int:
    """Those of this process. (SQLite keeps the files of closed ones open for a while, so files tell nothing.)"""
    wrappers = [
        it for it in gc.get_objects() if issubclass(type(it), BaseDatabaseWrapper)
    ]  # isinstance wakes lazy ones
    return sum(wrapper.connection is not None for wrapper in wrappers)


def test_whoever_does_not_wait_is_told_where_the_answer_will_be(rules, http):
    answer = http.post(ASK, json=BRIEF)

    asked = ResearchRequest.objects.get()
    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.json()["statusEndpoint"] == f"/api/v1/analysis/status/{asked.pk}"
    assert answer.json()["requestId"] == str(asked.pk)
    assert "Preference-Applied" not in answer.headers


def test_whoever_waits_gets_the_answer_as_soon_as_it_is_there(rules, http, finish):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.post, ASK, json=BRIEF, headers={"Prefer": "wait=20"})
        run = wait_for_run()
        time.sleep(0.3)
        finish(run)
        finished = time.monotonic()
        answer = waiting.result()

    assert time.monotonic() - finished < 2
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.headers["X-Request-ID"]
    assert "Location" not in answer.headers
    assert answer.json()["data"]["analysis"]["customer"] == {"name": "Acme Corp"}


def test_when_the_time_is_up_the_answer_is_202(rules, http):
    started = time.monotonic()

    answer = http.post(ASK, json=BRIEF, headers={"Prefer": "wait=1"})

    assert 1 <= time.monotonic() - started < 3
    assert (answer.status_code, answer.json()["requestId"]) == (202, str(ResearchRequest.objects.get().pk))


def test_a_run_that_fails_ends_the_wait_with_the_202(rules, http):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.post, ASK, json=BRIEF, headers={"Prefer": "wait=20"})
        wait_for_run()
        ResearchRequest.objects.update(status=ResearchRequest.Status.FAILED)
        answer = waiting.result()

    assert answer.status_code == 202
    assert http.get(answer.json()["statusEndpoint"]).json()["status"] == "failed"


def test_a_vendors_context_is_waited_for_unless_the_caller_prefers_otherwise(rules, http, finish):
    path = "/api/v1/company/okta.com/vendor-context"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.post, path, json={"userRole": "account-executive"})
        finish(wait_for_run())
        answer = waiting.result()
    at_once = http.post(path, json={"userRole": "AE", "refresh": True}, headers={"Prefer": "respond-async"})

    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=30")
    assert answer.json()["metadata"].keys() >= {"requestId", "fromCache", "processingTimeMs"}
    assert at_once.status_code == 202


def test_a_hundred_who_wait_hold_no_threads_and_no_connections(rules, server, auth, finish):
    async def hundred() -> tuple[list[httpx.Response], int, int]:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(base_url=server, headers=auth, timeout=60, limits=limits) as client:
            tasks = [
                asyncio.create_task(client.post(ASK, json=BRIEF, headers={"Prefer": "wait=30"})) for _ in range(100)
            ]
            await asyncio.to_thread(wait_for_requests, 100)
            await asyncio.sleep(1)
            threads, connections = threading.active_count(), open_connections()
            await asyncio.to_thread(lambda: (finish(WorkflowRun.objects.get()), connection.close()))
            return await asyncio.gather(*tasks), threads, connections

    httpx.get(f"{server}/health")
    answers, threads, connections = asyncio.run(hundred())

    assert [answer.status_code for answer in answers] == [200] * 100
    assert threads < 40  # pools of a fixed size, and none per caller
    assert connections <= 3  # this test's own, the watch's


def test_a_caller_who_hangs_up_is_waited_for_no_longer(rules, server, auth):
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server}{ASK}", json=BRIEF, headers={**auth, "Prefer": "wait=30"}, timeout=1)

    assert httpx.get(f"{server}/health").status_code == 200


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=5", 5),
        ("wait=31", 30),
        ("wait=99999999999999", 7),
        ("respond-async, wait=10", 10),
        ('WAIT = "10"', 10),
        ("respond-async", 0),
        ("wait=0", 0),
        ("wait=-1", 7),
        ("wait=soon", 7),
        ("handling=lenient", 7),
        ("", 7),
    ],
)
def test_a_preference_is_read_as_the_rfc_has_it(header, seconds):
    class Request:
        headers = {"Prefer": header}

    assert wait_preferred(Request(), by_default=7) == seconds
