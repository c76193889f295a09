"""`Prefer: wait=N`: the whole answer if it comes in time, and nothing held meanwhile but a socket."""

import asyncio
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from enrichment.api.prefer import preferred
from enrichment.models import ResearchRequest, WorkflowRun
from tests.api.conftest import BRIEF

pytestmark = pytest.mark.django_db(transaction=True)

ASK = "/api/v1/customer/intelligence"
MOST_CONNECTIONS = 12  # the threads that answer have one each, so has the watch, so has this test


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


@pytest.fixture
def open_connections() -> Iterator[Callable[[], int]]:
    """Counts the connections that were opened since and are open now, in all threads of this process."""
    opened: weakref.WeakSet[BaseDatabaseWrapper] = weakref.WeakSet()

    def remember(connection: BaseDatabaseWrapper, **_: object) -> None:
        opened.add(connection)

    connection_created.connect(remember)
    yield lambda: sum(wrapper.connection is not None for wrapper in list(opened))
    connection_created.disconnect(remember)


def once_all_wait(open_connections: Callable[[], int]) -> int:
    """How many connections are left when all requests have been taken in, which takes a busy machine some seconds."""
    deadline = time.monotonic() + 15
    while (left := open_connections()) > MOST_CONNECTIONS and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


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

    assert time.monotonic() - finished < 10  # of the 20 that it would wait
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.headers["X-Request-ID"]
    assert "Location" not in answer.headers
    assert answer.json()["data"]["analysis"]["customer"] == {"name": "Acme Corp"}


def test_when_the_time_is_up_the_answer_is_202(rules, http):
    started = time.monotonic()

    answer = http.post(ASK, json=BRIEF, headers={"Prefer": "wait=1"})

    assert 1 <= time.monotonic() - started < 10
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


def test_sixty_who_wait_hold_no_threads_and_no_connections(rules, server, auth, finish, open_connections):
    async def sixty() -> tuple[list[httpx.Response], int, int]:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(base_url=server, headers=auth, timeout=60, limits=limits) as client:
            tasks = [
                asyncio.create_task(client.post(ASK, json=BRIEF, headers={"Prefer": "wait=30"})) for _ in range(60)
            ]
            await asyncio.to_thread(wait_for_requests, 60)
            connections = await asyncio.to_thread(once_all_wait, open_connections)
            threads = threading.active_count()
            await asyncio.to_thread(lambda: (finish(WorkflowRun.objects.get()), connection.close()))
            return await asyncio.gather(*tasks), threads, connections

    httpx.get(f"{server}/health")
    answers, threads, connections = asyncio.run(sixty())

    assert [answer.status_code for answer in answers] == [200] * 60
    assert threads < 30  # pools of a fixed size, and none per caller
    assert connections <= MOST_CONNECTIONS


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

    assert preferred(Request(), by_default=7).wait == seconds
