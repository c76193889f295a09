"""The company database answers in Bright Data's format."""

import json
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.brightdata_records import COMPANIES
from enrichment.sandbox.server import SandboxServer

V3 = "/api.brightdata.com/datasets/v3"
DISCOVER = {"type": "discover_new", "discover_by": "keyword"}


def bearer(key: str = "any") -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def trigger(http: httpx.Client, inputs: Any, key: str = "any", **params: str) -> httpx.Response:
    given = {"dataset_id": COMPANIES, **params}
    return http.post(f"{V3}/trigger", params=given, json=inputs, headers=bearer(key))


def states(http: httpx.Client, job: str, count: int, key: str = "any") -> list[str]:
    return [http.get(f"{V3}/progress/{job}", headers=bearer(key)).json()["status"] for _ in range(count)]


def records(http: httpx.Client, inputs: Any, **params: str) -> list[dict[str, Any]]:
    """What a job delivers, polled to its end."""
    job = trigger(http, inputs, **params).json()["snapshot_id"]
    states(http, job, 3)
    for _ in range(2):
        reply = http.get(f"{V3}/snapshot/{job}", params={"format": "json"}, headers=bearer())
        if reply.status_code == 200:
            found: list[dict[str, Any]] = reply.json()
            return found
    raise AssertionError("The snapshot is not ready after two downloads.")


def test_a_job_is_starting_then_running_then_ready(http: httpx.Client) -> None:
    job = trigger(http, [{"keyword": "Okta"}], **DISCOVER).json()["snapshot_id"]

    assert job.startswith("s_")
    assert states(http, job, 4) == ["starting", "running", "ready", "ready"]


def test_a_snapshot_of_a_running_job_is_202_with_a_message(http: httpx.Client) -> None:
    job = trigger(http, [{"keyword": "Okta"}], **DISCOVER).json()["snapshot_id"]

    reply = http.get(f"{V3}/snapshot/{job}", params={"format": "json"}, headers=bearer())

    assert reply.status_code == 202
    assert reply.json() == {"status": "running", "message": "Snapshot is not ready yet, try again in 10s"}


def test_some_jobs_answer_202_once_more_after_ready(http: httpx.Client) -> None:
    first_downloads = []
    for keyword in ("Okta", "Acme Corp", "Sentrelis", "Kontorly", "Relayforge", "Pulsedeck"):
        job = trigger(http, [{"keyword": keyword}], **DISCOVER).json()["snapshot_id"]
        states(http, job, 3)
        first_downloads.append(http.get(f"{V3}/snapshot/{job}?format=json", headers=bearer()).status_code)

    assert set(first_downloads) == {200, 202}


def test_a_keyword_finds_the_company_and_its_namesakes(http: httpx.Client) -> None:
    found = records(http, [{"keyword": "Acme Corp"}], **DISCOVER)

    assert [record["name"] for record in found] == ["Acme Corp", "Acme Industries", "Acme Solutions"]
    assert found[0]["discovery_input"] == {"keyword": "Acme Corp"}
    assert found[0]["input"] == {"url": "https://www.crunchbase.com/organization/acme-corp"}


def test_the_number_of_records_per_input_can_be_limited(http: httpx.Client) -> None:
    assert len(records(http, [{"keyword": "Acme"}], limit_per_input="1", **DISCOVER)) == 1
    assert len(records(http, {"input": [{"keyword": "Acme"}], "limit_per_input": 2}, **DISCOVER)) == 2


def test_a_record_has_the_fields_of_the_collection(http: httpx.Client) -> None:
    [record] = records(http, [{"url": "https://www.crunchbase.com/organization/acme-corp"}])

    assert record["num_employees"] == "251-500"
    assert record["founded_date"] == "2014-01-01"
    assert record["website"] == "https://www.acmecorp.com/"
    assert {"id": "fintech", "value": "FinTech"} in record["industries"]
    assert record["funding_rounds"]["value"] == {"value": 87_000_000, "currency": "USD", "value_usd": 87_000_000}
    assert record["funding_rounds_list"][0]["title"] == "Series C - Acme Corp"
    assert {"name": "Alicia Tran", "title": "VP, Infrastructure"}.items() <= record["current_employees"][0].items()
    assert "Azure AD" in [item["name"] for item in record["builtwith_tech"]]
    assert record["bombora"][0]["topic"] == "Identity and Access Management"


def test_a_vendor_s_record_has_products_and_competitors(http: httpx.Client) -> None:
    [record] = records(http, [{"keyword": "Okta"}], **DISCOVER)

    assert "Workforce Identity Cloud" in [item["product_name"] for item in record["products_and_services"]]
    assert "Microsoft Entra ID" in [item["name"] for item in record["similar_companies"]]
    assert record["stock_symbol"] == "NASDAQ:OKTA"


def test_a_company_without_funding_has_null_there(http: httpx.Client) -> None:
    [record] = records(http, [{"keyword": "Silent Harbor Capital"}], **DISCOVER)

    assert record["funding_rounds"] is None
    assert record["builtwith_tech"] is None


def test_a_former_name_finds_the_old_record_with_the_new_site(http: httpx.Client) -> None:
    [record] = records(http, [{"keyword": "Inkwell Systems"}], **DISCOVER)

    assert (record["name"], record["website"]) == ("Inkwell Systems", "https://www.quillmark.com/")


def test_a_name_that_the_demo_does_not_know_leads_to_its_domain(http: httpx.Client) -> None:
    [record] = records(http, [{"keyword": "Zephyr Grid"}], **DISCOVER)

    assert record["website"] == "https://zephyrgrid.io/"


def test_a_domain_is_a_keyword_too(http: httpx.Client) -> None:
    assert records(http, [{"keyword": "acmecorp.com"}], **DISCOVER)[0]["name"] == "Acme Corp"


def test_nothing_found_is_an_empty_array_that_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    assert records(http, [{"keyword": "Nobody Ever"}], **DISCOVER) == []
    assert records(http, [{"keyword": "Lumen & Lark"}], **DISCOVER) == []
    assert sandbox.spent() == "0.00"


def test_a_failed_input_is_a_record_with_an_error_if_that_was_asked_for(http: httpx.Client) -> None:
    dead = [{"url": "https://www.crunchbase.com/organization/nobody"}]

    [record] = records(http, dead, include_errors="true")

    assert (record["input"], record["error_code"]) == (dead[0], "dead_page")
    assert records(http, dead) == []


def test_a_job_that_finds_something_costs_its_price_once(http: httpx.Client, sandbox: SandboxServer) -> None:
    records(http, [{"keyword": "Acme Corp"}], **DISCOVER)

    assert sandbox.spent() == "0.15"
    [call] = sandbox.calls("brightdata_company_db")
    assert call["ids"]["snapshot_id"].startswith("s_")


def test_lines_of_json_are_another_form(http: httpx.Client) -> None:
    job = trigger(http, [{"keyword": "Acme"}], **DISCOVER).json()["snapshot_id"]
    states(http, job, 3)
    http.get(f"{V3}/snapshot/{job}?format=ndjson", headers=bearer())

    lines = http.get(f"{V3}/snapshot/{job}?format=ndjson", headers=bearer()).text.splitlines()

    assert len(lines) == 3
    assert {json.loads(line)["type"] for line in lines} == {"company"}


@pytest.mark.parametrize(
    ("headers", "text"),
    [({}, "Credentials are missing"), (bearer(keys.WRONG), "Invalid credentials")],
)
def test_bad_credentials_are_refused_in_plain_text(http: httpx.Client, headers: dict[str, str], text: str) -> None:
    reply = http.get(f"{V3}/progress/s_x", headers=headers)

    assert (reply.status_code, reply.text) == (401, text)
    assert reply.headers["content-type"].startswith("text/plain")


def test_too_many_jobs_are_refused_with_and_without_a_time_to_wait(http: httpx.Client) -> None:
    with_time = trigger(http, [{"keyword": "Okta"}], keys.LIMITED, **DISCOVER)
    without = trigger(http, [{"keyword": "Okta"}], keys.HOURLY, **DISCOVER)

    assert (with_time.status_code, with_time.headers["retry-after"]) == (429, "7")
    assert (without.status_code, "retry-after" in without.headers) == (429, False)


def test_a_suspended_account_s_job_fails_and_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    job = trigger(http, [{"keyword": "Okta"}], keys.RUN_OUT, **DISCOVER).json()["snapshot_id"]

    assert states(http, job, 3, keys.RUN_OUT) == ["starting", "running", "failed"]
    reply = http.get(f"{V3}/progress/{job}", headers=bearer(keys.RUN_OUT))
    assert reply.json()["error_message"] == "Account is suspended"
    assert sandbox.spent() == "0.00"


def test_an_unknown_dataset_is_a_missing_collector(http: httpx.Client) -> None:
    reply = http.post(f"{V3}/trigger", params={"dataset_id": "gd_x"}, json=[{"keyword": "a"}], headers=bearer())

    assert (reply.status_code, reply.text) == (404, "Collector not found")


@pytest.mark.parametrize("inputs", [[], {}, "text"])
def test_no_input_is_refused_in_plain_text(http: httpx.Client, inputs: Any) -> None:
    reply = trigger(http, inputs)

    assert (reply.status_code, reply.text) == (400, "No data to trigger")


@pytest.mark.parametrize(
    ("given", "params", "complaint"),
    [
        ({"url": "acme"}, {}, ["url", "This field must be a valid url"]),
        ({"keyword": "acme"}, {}, ["url", "This field is required"]),
        ({"url": "https://x.example"}, DISCOVER, ["keyword", "This field is required"]),
        ("acme", DISCOVER, ["keyword", "This field is required"]),
    ],
)
def test_wrong_input_is_refused_as_json(
    http: httpx.Client, given: Any, params: dict[str, str], complaint: list[str]
) -> None:
    reply = trigger(http, [given], **params)

    assert reply.status_code == 400
    assert (reply.json()["code"], reply.json()["errors"]) == ("validation_error", [complaint])


def test_an_unknown_job_is_not_found(http: httpx.Client) -> None:
    paths = (f"{V3}/progress/s_none", f"{V3}/snapshot/s_none", "/api.brightdata.com/other")

    assert [http.get(path, headers=bearer()).status_code for path in paths] == [404, 404, 404]


def test_a_direct_scrape_answers_one_input_and_hands_several_over_to_a_job(http: httpx.Client) -> None:
    urls = [{"url": f"https://www.crunchbase.com/organization/{slug}"} for slug in ("okta", "acme-corp")]

    one = http.post(f"{V3}/scrape", params={"dataset_id": COMPANIES}, json=urls[:1], headers=bearer())
    two = http.post(f"{V3}/scrape", params={"dataset_id": COMPANIES}, json={"input": urls}, headers=bearer())

    assert [record["name"] for record in one.json()] == ["Okta"]
    assert (two.status_code, two.headers["retry-after"]) == (202, "10")
    assert states(http, two.json()["snapshot_id"], 1) == ["starting"]


def test_the_list_of_collections_says_when_and_how_far_and_not_what_was_asked(http: httpx.Client) -> None:
    job = trigger(http, [{"keyword": "okta"}], **DISCOVER).json()["snapshot_id"]

    listed = http.get(f"{V3}/snapshots", params={"dataset_id": COMPANIES}, headers=bearer()).json()

    assert [(line["id"], line["status"]) for line in listed] == [(job, "running")]
    assert set(listed[0]) == {"id", "created", "status", "dataset_id", "dataset_size"}


def test_the_list_of_collections_begins_on_a_day(http: httpx.Client) -> None:
    trigger(http, [{"keyword": "okta"}], **DISCOVER)
    params = {"dataset_id": COMPANIES, "from_date": "2999-01-01"}

    assert http.get(f"{V3}/snapshots", params=params, headers=bearer()).json() == []
