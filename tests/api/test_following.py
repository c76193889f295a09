"""The events of a run, by the page and as a stream that goes on while the run does."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone

from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import ApiKey

STREAM = {"Accept": "text/event-stream"}
BUSY = 5.0  # seconds that a busy machine may take longer; without the look it would be minutes


@pytest.fixture
def asked(rules, user) -> ResearchRequest:
    return request_research(Ask(consumer="profile", company="acmecorp.com"), user=user)


@pytest.fixture
def path(asked) -> str:
    return f"/api/v1/runs/{asked.pk}/events"


def sequence(lines: Iterator[str]) -> list[int]:
    """The numbers of the streamed events."""
    return [json.loads(line.removeprefix("data: "))["seq"] for line in lines if line.startswith("data: ")]


# --- By the page ------------------------------------------------------------------------------------------------------


def test_events_are_told_in_order_after_the_last_one_known(api_client, asked, path, happen):
    happen(asked.run, 5)

    every, later = api_client.get(path).json(), api_client.get(path, {"after": 3}).json()

    assert [event["seq"] for event in every["results"]] == [1, 2, 3, 4, 5]
    assert [event["seq"] for event in later["results"]] == [4, 5]
    assert every["results"][0].keys() == {"seq", "type", "at", "data"}


def test_a_long_history_comes_in_pages(api_client, asked, path, happen):
    happen(asked.run, 501)

    first = api_client.get(path).json()
    second = api_client.get(first["next"]).json()

    assert (len(first["results"]), [event["seq"] for event in second["results"]]) == (500, [501])
    assert second["next"] is None


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 400, str(2**31), "%00"])
def test_a_bad_number_is_told(api_client, path, after):
    answer = api_client.get(f"{path}?after={after}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])


# --- As a stream ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [STREAM, STREAM | {"Last-Event-ID": "1"}], ids=["anew", "again"])
def test_without_the_shell_the_stream_is_what_has_happened(api_client, asked, path, happen, headers):
    happen(asked.run, 2)

    answer = api_client.get(path, headers=headers)

    assert answer["Content-Type"] == "text/event-stream; charset=utf-8"
    assert sequence(answer.content.decode().splitlines()) == ([2] if "Last-Event-ID" in headers else [1, 2])


def test_a_stream_with_nothing_new_is_a_stream_as_well(api_client, asked, path, happen):
    happen(asked.run, 2)

    answer = api_client.get(f"{path}?after=2", headers=STREAM)

    assert answer["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.content == b": still here\n\n"


def test_a_stream_of_a_request_that_has_its_answer_and_was_told_everything_is_no_content(
    api_client, asked, path, happen, finish
):
    happen(asked.run, 2)
    finish(asked.run)

    assert api_client.get(f"{path}?after=2", headers=STREAM).status_code == 204


def test_a_problem_is_json_even_where_a_stream_was_wanted(api_client, db):
    answer = api_client.get(f"/api/v1/runs/{uuid4()}/events", headers=STREAM)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "not-found"


@pytest.mark.django_db(transaction=True)
class TestLive:
    """Over a socket."""

    def test_every_event_comes_once_and_in_order_and_the_end_ends_it(self, http, asked, path, happen, finish):
        happen(asked.run, 2)

        def follow() -> list[int]:
            with http.stream("GET", path, headers=STREAM) as answer:
                assert answer.headers["Content-Type"].startswith("text/event-stream")
                return sequence(answer.iter_lines())

        with ThreadPoolExecutor(1) as pool:
            followed = pool.submit(follow)
            for _ in range(3):
                time.sleep(0.3)
                happen(asked.run, 2)
            finish(asked.run)

            assert followed.result(timeout=20) == [1, 2, 3, 4, 5, 6, 7, 8]

    def test_events_come_soon_after_they_happened(self, http, asked, path, happen, finish):
        with http.stream("GET", path, headers=STREAM) as answer:
            lines = answer.iter_lines()
            next(lines)
            happen(asked.run, 1)
            happened = time.monotonic()
            while not next(lines).startswith("data: "):
                pass

            assert time.monotonic() - happened < 2 + BUSY

    def test_a_revoked_key_ends_the_stream_within_five_seconds(self, http, asked, path):
        with http.stream("GET", path, headers=STREAM) as answer:
            lines = answer.iter_lines()
            next(lines)
            ApiKey.objects.update(revoked_at=timezone.now())
            revoked = time.monotonic()
            list(lines)

        assert time.monotonic() - revoked < 5 + BUSY

    def test_a_logout_ends_the_stream_within_five_seconds(self, server, client, user, asked, path):
        client.force_login(user)
        cookies = {"sessionid": client.cookies["sessionid"].value}
        with httpx.stream("GET", server + path, headers=STREAM, cookies=cookies, timeout=20) as answer:
            lines = answer.iter_lines()
            next(lines)
            client.logout()
            left = time.monotonic()
            list(lines)

        assert time.monotonic() - left < 5 + BUSY

    def test_a_cancelled_request_ends_the_stream_while_the_run_goes_on(self, http, asked, path):
        with http.stream("GET", path, headers=STREAM) as answer:
            lines = answer.iter_lines()
            next(lines)
            ResearchRequest.objects.update(status=ResearchRequest.Status.CANCELLED)
            list(lines)

        assert WorkflowRun.objects.get().is_active

    def test_a_reader_who_leaves_leaves_nothing_behind(self, server, http, asked, path):
        for _ in range(5):
            with http.stream("GET", path, headers=STREAM) as answer:
                next(answer.iter_lines())

        assert httpx.get(f"{server}/health").status_code == 200
