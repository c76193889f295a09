"""Bright Data's stored data sets answer in their format."""

import json
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.brightdata_filters import complaints_about, fits
from enrichment.sandbox.brightdata_records import COMPANIES
from enrichment.sandbox.server import SandboxServer
from tests.enrichment.sandbox.test_brightdata import bearer

SETS = "/api.brightdata.com/datasets"
ACME = {"name": "website", "operator": "includes", "value": "acmecorp.com"}
RUNS = {"name": "builtwith_tech", "operator": "is_not_null"}


def filtered(http: httpx.Client, given: Any, key: str = "any", dataset: str = COMPANIES) -> httpx.Response:
    asked = {"dataset_id": dataset, "records_limit": 5, "filter": given}
    return http.post(f"{SETS}/filter", json=asked, headers=bearer(key))


def states(http: httpx.Client, snapshot: str, count: int, key: str = "any") -> list[dict[str, Any]]:
    return [http.get(f"{SETS}/snapshots/{snapshot}", headers=bearer(key)).json() for _ in range(count)]


def download(http: httpx.Client, snapshot: str, form: str = "json") -> httpx.Response:
    """The download, asked for once more where it was not built."""
    path, asked = f"{SETS}/snapshots/{snapshot}/download", {"format": form}
    first = http.get(path, params=asked, headers=bearer())
    return http.get(path, params=asked, headers=bearer()) if first.status_code == 202 else first


def test_a_snapshot_is_scheduled_then_built_then_ready(http: httpx.Client) -> None:
    snapshot = filtered(http, ACME).json()["snapshot_id"]

    assert snapshot.startswith("snap_")
    assert http.get(f"{SETS}/snapshots/{snapshot}/download", headers=bearer()).status_code == 202
    told = states(http, snapshot, 3)
    assert [content["status"] for content in told] == ["scheduled", "building", "ready"]
    assert (told[-1]["dataset_size"], told[-1]["cost"], told[-1]["error"]) == (1, 0.0025, None)


def test_records_come_as_an_array_or_as_lines(http: httpx.Client) -> None:
    either = {"operator": "or", "filters": [ACME, {"name": "website", "operator": "includes", "value": "okta.com"}]}
    snapshot = filtered(http, either).json()["snapshot_id"]
    states(http, snapshot, 2)

    records = download(http, snapshot).json()

    assert [record["name"] for record in records] == ["Acme Corp", "Okta"]
    assert [json.loads(line) for line in download(http, snapshot, "jsonl").text.splitlines()] == records


def test_what_finds_something_costs_its_price_and_nothing_costs_nothing(
    http: httpx.Client, sandbox: SandboxServer
) -> None:
    filtered(http, {"operator": "and", "filters": [ACME, RUNS]})
    filtered(http, {"operator": "and", "filters": [{**ACME, "value": "nobody.example"}, RUNS]})

    calls = sandbox.calls("brightdata_technographics")
    assert [call["charged_usd"] for call in calls] == ["0.20", "0.00"]


def test_topics_of_intent_are_a_question_of_their_own(http: httpx.Client, sandbox: SandboxServer) -> None:
    topics = {"name": "bombora", "operator": "is_not_null"}
    snapshot = filtered(http, {"operator": "and", "filters": [ACME, topics]}).json()["snapshot_id"]
    states(http, snapshot, 2)

    assert download(http, snapshot).json()[0]["bombora"][0]["topic"] == "Identity and Access Management"
    assert [call["charged_usd"] for call in sandbox.calls("brightdata_intent_data")] == ["0.30"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (None, "filter is required"),
        ({"operator": "="}, "filter.name is required"),
        ({"name": "website", "operator": "like"}, "filter.operator is invalid"),
        ({"operator": "and", "filters": []}, "Invalid input provided"),
    ],
)
def test_a_wrong_filter_is_refused_as_a_list_of_complaints(http: httpx.Client, given: Any, complaint: str) -> None:
    reply = filtered(http, given)

    assert (reply.status_code, reply.json()) == (400, {"validation_errors": [complaint]})


def test_groups_nest_three_deep_and_no_deeper() -> None:
    given: dict[str, Any] = ACME
    for _ in range(3):
        given = {"operator": "and", "filters": [given]}

    assert complaints_about(given) == []
    assert complaints_about({"operator": "and", "filters": [given]}) == ["Invalid input provided"]
    assert fits({"website": "https://www.acmecorp.com/"}, given)


def test_unknown_sets_and_snapshots_are_not_found(http: httpx.Client) -> None:
    assert filtered(http, ACME, dataset="gd_x").text == "Dataset not found"
    assert http.get(f"{SETS}/snapshots/snap_none", headers=bearer()).status_code == 404


def test_a_suspended_account_s_snapshot_fails_and_too_many_are_refused(http: httpx.Client) -> None:
    snapshot = filtered(http, ACME, keys.RUN_OUT).json()["snapshot_id"]

    assert states(http, snapshot, 3, keys.RUN_OUT)[-1]["error"] == "Account is suspended"
    assert filtered(http, ACME, keys.LIMITED).headers["retry-after"] == "7"
    assert "retry-after" not in filtered(http, ACME, keys.HOURLY).headers
