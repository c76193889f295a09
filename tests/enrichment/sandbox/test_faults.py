"""Faults do what they say."""

import gzip
import json
import time
from typing import Any

import httpx
import pytest

from enrichment.sandbox.delivery import DRIP
from enrichment.sandbox.faults import KINDS, BadFault, Rule, rule_from, rule_from_json, rules_from
from enrichment.sandbox.hostility import INJECTIONS, with_injections
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.spoiling import BOMB, DEPTH, gzip_bomb, with_wrong_types
from enrichment.sandbox.world import World

NEWS = "/serpapi.com/search.json"
PARAMS = {"engine": "google_news", "q": '"Acme Corp"', "api_key": "any"}


def search(http: httpx.Client, fault: str = "", **options: Any) -> httpx.Response:
    headers = {"X-Sandbox-Fault": fault} if fault else {}
    return http.get(NEWS, params=PARAMS, headers=headers, **options)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500, 502, 503])
def test_a_status_fault_is_told_in_each_provider_s_own_form(http: httpx.Client, status: int) -> None:
    headers = {"X-Sandbox-Fault": str(status)}

    serp = http.get(NEWS, headers=headers)
    snov = http.get("/api.snov.io/v1/get-balance", headers=headers)
    bright = http.get("/api.brightdata.com/datasets/v3/progress/s_x", headers=headers)
    site = http.get("/www.acmecorp.com/", headers=headers)

    assert {reply.status_code for reply in (serp, snov, bright, site)} == {status}
    assert isinstance(serp.json()["error"], str)
    assert isinstance(snov.json()["errors"], list)
    assert bright.headers["content-type"].startswith("text/plain")
    assert site.text.startswith("<!doctype html>")


def test_a_status_fault_does_no_work_and_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http, "503")

    [call] = sandbox.calls("serp_news")
    assert (call["status"], call["fault"], call["charged_usd"]) == (503, "503", "0.00")


def test_503_of_the_search_provider_says_that_the_search_failed(http: httpx.Client) -> None:
    assert search(http, "503").json()["search_metadata"] == {"status": "Error"}


def test_429_can_tell_how_long_to_wait(http: httpx.Client) -> None:
    assert search(http, "429@30").headers["retry-after"] == "30"
    assert "retry-after" not in search(http, "429").headers


def test_a_rule_is_used_up_after_its_times(http: httpx.Client, sandbox: SandboxServer) -> None:
    sandbox.fault("503", host="serpapi.com", times=2)

    assert [search(http).status_code for _ in range(3)] == [503, 503, 200]


def test_a_rule_without_times_holds_until_it_is_healed(http: httpx.Client, sandbox: SandboxServer) -> None:
    sandbox.fault("500", host="serpapi.com")
    broken = [search(http).status_code for _ in range(3)]

    sandbox.heal()

    assert broken == [500, 500, 500]
    assert search(http).status_code == 200


def test_a_rule_is_about_its_host_and_path_only(http: httpx.Client, sandbox: SandboxServer) -> None:
    sandbox.fault("500", host="serpapi.com", path="/account")

    assert search(http).status_code == 200
    assert http.get("/serpapi.com/account.json", params={"api_key": "k"}).status_code == 500
    assert http.get("/www.acmecorp.com/account").status_code == 404


def test_hang_does_the_work_and_never_answers(http: httpx.Client, sandbox: SandboxServer) -> None:
    with pytest.raises(httpx.ReadTimeout):
        search(http, "hang", timeout=0.2)

    [call] = sandbox.calls("serp_news")
    assert (call["charged_usd"], call["answered"]) == ("0.02", False)


def test_drip_sends_byte_by_byte(http: httpx.Client) -> None:
    begun = time.monotonic()

    with http.stream("GET", NEWS, params=PARAMS, headers={"X-Sandbox-Fault": "drip"}) as reply:
        chunks = reply.iter_raw()
        received = [next(chunks) for _ in range(3)]

    assert received == [b"{", b'"', b"s"]
    assert time.monotonic() - begun >= 2 * DRIP * 0.9


def test_reset_breaks_the_connection_after_the_work(http: httpx.Client, sandbox: SandboxServer) -> None:
    with pytest.raises(httpx.TransportError):
        search(http, "reset")

    [call] = sandbox.calls("serp_news")
    assert (call["charged_usd"], call["answered"]) == ("0.02", False)


def test_cut_breaks_the_connection_in_the_middle_of_the_body(http: httpx.Client) -> None:
    with http.stream("GET", NEWS, params=PARAMS, headers={"X-Sandbox-Fault": "cut"}) as reply:
        assert reply.status_code == 200
        with pytest.raises(httpx.TransportError):
            reply.read()


def test_truncated_is_complete_http_and_half_of_the_content(http: httpx.Client) -> None:
    reply = search(http, "truncated")

    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_wrong_type_keeps_the_fields_and_changes_their_types(http: httpx.Client) -> None:
    content = search(http, "wrong_type").json()

    assert isinstance(content["search_metadata"], list)
    assert isinstance(content["news_results"], dict)


def test_wrong_types_reach_every_depth() -> None:
    content = {"a": [{"b": "four"}], "c": 1, "d": None, "e": True}

    assert json.loads(with_wrong_types(json.dumps(content).encode())) == {
        "a": {"0": [4]},
        "c": {"value": "1"},
        "d": [None],
        "e": {"value": "True"},
    }
    assert json.loads(with_wrong_types(b'["four"]')) == {"0": 4}


def test_wrong_type_of_a_page_is_no_text(http: httpx.Client) -> None:
    reply = http.get("/www.acmecorp.com/", headers={"X-Sandbox-Fault": "wrong_type"})

    with pytest.raises(UnicodeDecodeError):
        reply.content.decode()


def test_html_is_a_login_page_with_status_200(http: httpx.Client) -> None:
    reply = search(http, "html")

    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html")
    assert "<title>Log in</title>" in reply.text


def test_empty_is_status_200_without_a_body(http: httpx.Client) -> None:
    reply = search(http, "empty")

    assert (reply.status_code, reply.content) == (200, b"")


def test_deep_nests_beyond_what_a_parser_takes(http: httpx.Client) -> None:
    body = search(http, "deep").content

    assert body == b"[" * DEPTH + b"]" * DEPTH
    with pytest.raises(RecursionError):
        json.loads(body)


def test_binary_holds_what_no_text_may_hold(http: httpx.Client) -> None:
    body = search(http, "binary").content

    assert b"\x00" in body
    with pytest.raises(UnicodeDecodeError):
        body.decode()


def test_huge_goes_on_beyond_any_cap(http: httpx.Client) -> None:
    read = 0

    with http.stream("GET", NEWS, params=PARAMS, headers={"X-Sandbox-Fault": "huge"}) as reply:
        for chunk in reply.iter_raw():
            read += len(chunk)
            if read > 12_000_000:
                break

    assert read > 12_000_000


def test_the_size_of_huge_can_be_set(http: httpx.Client) -> None:
    http.post("/_control/faults", json={"kind": "huge", "size": 300_000, "times": 1})

    assert 300_000 <= len(search(http).content) < 400_000


def test_a_bomb_is_small_on_the_wire(http: httpx.Client) -> None:
    with http.stream("GET", NEWS, params=PARAMS, headers={"X-Sandbox-Fault": "bomb"}) as reply:
        body = b"".join(reply.iter_raw())

    assert reply.headers["content-encoding"] == "gzip"
    assert body == gzip_bomb()
    assert len(body) * 500 < BOMB
    assert gzip.decompress(body) == bytes(BOMB)


def test_hostile_parses_as_before_and_carries_injections(http: httpx.Client) -> None:
    item = search(http, "hostile").json()["news_results"][0]

    assert item["title"].startswith("Acme Corp raises $50M Series C for European expansion ")
    assert any(item["title"].endswith(injection) for injection in INJECTIONS)
    assert item["link"] == "https://techcrunch.sandbox.example/acme-corp-series-c"


def test_a_hostile_page_holds_every_injection() -> None:
    page = with_injections(b"<html><main>text</main></html>").decode()

    assert [injection for injection in INJECTIONS if injection not in page] == []


def test_lie_is_well_formed_and_false(http: httpx.Client, world: World) -> None:
    titles = [item["title"] for item in search(http, "lie").json()["news_results"]]

    assert "Acme Corp files for bankruptcy and closes all offices" in titles
    assert "Acme Corp raises $50M Series C for European expansion" not in titles


def test_a_site_can_lie_too(http: httpx.Client) -> None:
    page = http.get("/www.acmecorp.com/about", headers={"X-Sandbox-Fault": "lie"}).text

    assert "headquartered in Atlantis, Mu" in page


def test_loop_redirects_to_itself_and_inward_to_the_metadata_of_clouds(http: httpx.Client) -> None:
    loop, inward = search(http, "loop"), search(http, "inward")

    assert (loop.status_code, loop.headers["location"]) == (302, "https://serpapi.com/search.json")
    assert (inward.status_code, inward.headers["location"]) == (302, "http://169.254.169.254/latest/meta-data/")


def test_an_unknown_fault_is_refused_with_the_choice(http: httpx.Client, sandbox: SandboxServer) -> None:
    reply = search(http, "explode")

    assert reply.status_code == 400
    assert "choose from" in reply.json()["error"]
    assert sandbox.calls() == []


def test_rules_are_read_from_the_command_line() -> None:
    rules = rules_from("serpapi.com=503*2, api.snov.io/v2/=429@30,*=hang")

    assert rules == [
        Rule(kind="503", host="serpapi.com", path="/", times=2),
        Rule(kind="429", host="api.snov.io", path="/v2/", retry_after=30.0),
        Rule(kind="hang", host="*", path="/"),
    ]
    assert rules_from("") == []


@pytest.mark.parametrize("spec", ["serpapi.com", "serpapi.com=explode", "serpapi.com=503*x"])
def test_a_bad_rule_of_the_command_line_is_named(spec: str) -> None:
    with pytest.raises(BadFault):
        rules_from(spec)


@pytest.mark.parametrize("content", [None, "503", {}, {"kind": "explode"}, {"kind": "503", "colour": "red"}])
def test_a_bad_rule_of_the_control_endpoint_is_refused(http: httpx.Client, content: Any) -> None:
    with pytest.raises(BadFault):
        rule_from_json(content)

    assert http.post("/_control/faults", json=[content]).status_code == 400


def test_every_kind_can_be_written_as_text() -> None:
    assert [rule_from(kind).kind for kind in sorted(KINDS)] == sorted(KINDS)
