"""The sandbox tells what was asked and lets itself be steered."""

import time
from collections import deque
from datetime import UTC, datetime

import httpx
import pytest

from enrichment.sandbox.messages import Reply, Request
from enrichment.sandbox.meter import Meter
from enrichment.sandbox.pacing import Pacing
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import load, rates_on_file

NEWS = "/serpapi.com/search.json"


def search(http: httpx.Client, q: str = "okta", **headers: str) -> httpx.Response:
    return http.get(NEWS, params={"engine": "google_news", "q": q, "api_key": "very-secret"}, headers=headers)


def test_a_call_is_logged_with_what_it_was_and_what_it_costs(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http, **{"Idempotency-Key": "run-1"})

    [call] = sandbox.calls()
    assert call["number"] == 1
    assert (call["method"], call["host"], call["path"]) == ("GET", "serpapi.com", "/search.json")
    assert (call["kind"], call["status"], call["charged_usd"]) == ("serp_news", 200, "0.02")
    assert (call["idempotency_key"], call["fault"], call["answered"]) == ("run-1", "", True)


def test_the_log_tells_keys_apart_and_shows_none(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http)
    http.get(NEWS, params={"engine": "google_news", "q": "okta", "api_key": "other"})

    first, second = sandbox.calls()
    assert first["key"] != second["key"]
    assert "very-secret" not in http.get("/_control/calls").text


def test_calls_can_be_narrowed_by_kind_host_and_number(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http)
    http.get("/www.acmecorp.com/")

    assert [call["host"] for call in sandbox.calls("company_website")] == ["www.acmecorp.com"]
    assert [call["kind"] for call in sandbox.calls(host="serpapi.com")] == ["serp_news"]
    assert [call["number"] for call in http.get("/_control/calls?since=1").json()["calls"]] == [2]
    assert http.get("/_control/calls?since=x").status_code == 400


def test_sums_are_exact(http: httpx.Client, sandbox: SandboxServer) -> None:
    for number in range(15):
        search(http, f"okta {number}")

    assert sandbox.spent() == "0.30"


def test_reset_forgets_calls_jobs_tokens_faults_and_latency(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http)
    sandbox.fault("503")
    sandbox.latency(seconds=5)

    sandbox.reset()

    assert search(http).status_code == 200
    assert [call["number"] for call in sandbox.calls()] == [1]
    assert sandbox.spent() == "0.02"


def test_control_requests_are_not_counted_and_meet_no_faults(http: httpx.Client, sandbox: SandboxServer) -> None:
    sandbox.fault("500")

    assert http.get("/_control/health").json() == {"status": "ok", "companies": len(load().companies)}
    assert sandbox.calls() == []


def test_faults_are_listed_and_taken_back(http: httpx.Client) -> None:
    added = http.post("/_control/faults", json=[{"kind": "503", "times": "always"}, {"kind": "429", "retry_after": 3}])

    assert [(rule["kind"], rule["times"]) for rule in added.json()["rules"]] == [("503", None), ("429", None)]
    assert http.get("/_control/faults").json() == added.json()
    assert http.delete("/_control/faults").json() == {"rules": []}


def test_one_bad_rule_of_a_list_adds_none(http: httpx.Client) -> None:
    reply = http.post("/_control/faults", json={"rules": [{"kind": "503"}, {"kind": "explode"}]})

    assert reply.status_code == 400
    assert http.get("/_control/faults").json() == {"rules": []}


def test_a_fixed_latency_is_kept_for_its_host(http: httpx.Client, sandbox: SandboxServer) -> None:
    sandbox.latency(seconds=1.5, host="serpapi.com")

    begun = time.monotonic()
    search(http)
    slow = time.monotonic() - begun

    assert slow >= 1.5
    assert http.get("/_control/faults").elapsed.total_seconds() < 1.5


@pytest.mark.parametrize("content", [None, {}, {"factor": -1}, {"seconds": "one"}])
def test_a_bad_latency_is_refused(http: httpx.Client, content: object) -> None:
    assert http.post("/_control/latency", json=content).status_code == 400


def test_unknown_control_requests_are_not_found(http: httpx.Client) -> None:
    assert http.get("/_control/other").status_code == 404


def test_the_bare_address_says_what_this_is(http: httpx.Client) -> None:
    assert "/_control/calls" in http.get("/").text


def test_pacing_scales_what_is_natural_unless_a_time_is_fixed() -> None:
    pacing = Pacing(factor=0.5)
    pacing.fixed["serpapi.com"] = 2.0

    assert (pacing.seconds("api.snov.io", 0.6), pacing.seconds("serpapi.com", 0.6)) == (0.3, 2.0)


def test_a_fixed_time_for_every_host_yields_to_that_of_one() -> None:
    pacing = Pacing(fixed={"*": 1.0, "serpapi.com": 2.0})

    assert (pacing.seconds("api.snov.io", 0.6), pacing.seconds("serpapi.com", 0.6)) == (1.0, 2.0)


def test_the_log_is_bounded_and_the_count_is_not() -> None:
    meter = Meter(calls=deque(maxlen=3))
    request = Request(method="GET", host="h", path="/")
    for _ in range(5):
        meter.note(request, Reply(), kind="k", at=datetime(2026, 11, 21, tzinfo=UTC), fault="")

    assert [call.number for call in meter.calls] == [3, 4, 5]
    assert meter.count == 5


def test_how_much_each_source_knows_can_be_asked(http: httpx.Client) -> None:
    assert http.get("/_control/rates").json() == rates_on_file()


def test_a_chapter_changes_what_sites_say_and_a_reset_takes_it_back(http: httpx.Client, sandbox: SandboxServer) -> None:
    def pages() -> tuple[str, str]:
        return http.get("/www.acmecorp.com/news").text, http.get("/www.acmecorp.com/about").text

    before = pages()
    sandbox.turn_to(3)
    news, about = pages()
    sandbox.reset()

    assert "Acme Corp opens a Lisbon office" in news
    assert ("Tobias Lindqvist" in before[1], "Tobias Lindqvist" in about) == (True, False)
    assert pages() == before


@pytest.mark.parametrize("chapter", [0, 5, "two"])
def test_there_are_four_chapters(http: httpx.Client, chapter: int | str) -> None:
    refused = http.post("/_control/chapter", json={"chapter": chapter})

    assert (refused.status_code, "from 1 to 4" in refused.text) == (400, True)


def test_after_the_last_chapter_nothing_happens_any_more(http: httpx.Client) -> None:
    told = [http.post("/_control/chapter").json()["chapter"] for _ in range(5)]

    assert told == [2, 3, 4, 4, 4]
