"""Apollo in the sandbox: obfuscated until matched, three ways to say none, limits in headers, keys that will not do."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.apollo import LIMITS, Apollo
from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import World

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
API = "/api.apollo.io/api/v1"
KEY = {"x-api-key": "good"}
ACME = {"q_organization_domains_list[]": "acmecorp.com"}


def search(http: httpx.Client, **more: Any) -> Any:
    return http.post(f"{API}/mixed_people/api_search", params=ACME | more, headers=KEY).json()


def test_an_organization_costs_a_credit_and_agrees_with_the_world(http: httpx.Client, sandbox: SandboxServer) -> None:
    found = http.get(f"{API}/organizations/enrich?domain=acmecorp.com", headers=KEY).json()["organization"]

    assert (found["name"], found["estimated_num_employees"], found["state"]) == ("Acme Corp", 500, "California")
    assert found["funding_events"][0] | {"id": "", "date": ""} == {
        "id": "",
        "date": "",
        "news_url": None,
        "type": "Series C",
        "investors": found["funding_events"][0]["investors"],
        "amount": "50M",
        "currency": "$",
    }
    assert sandbox.spent() == "0.10"


def test_who_is_not_found_is_told_in_several_ways_and_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    told = [http.get(f"{API}/organizations/enrich?domain=nobody{n}.example", headers=KEY).json() for n in range(20)]

    assert {json.dumps(body) for body in told} == {"{}", '{"organization": null}', '{"organization": {}}'}
    assert sandbox.spent() == "0.00"


def test_an_organization_without_a_telephone_has_an_empty_object_for_it(http: httpx.Client) -> None:
    found = http.get(f"{API}/organizations/enrich?domain=acme-ind.com", headers=KEY).json()["organization"]
    without = http.get(f"{API}/organizations/enrich?domain=pulsedeck.io", headers=KEY).json()["organization"]

    assert found["primary_phone"]["number"] == "+1 216 555 0171"
    assert without["primary_phone"] == {}


def test_the_search_is_free_by_pages_and_hides_who_people_are(http: httpx.Client, sandbox: SandboxServer) -> None:
    first, second = search(http, per_page=5), search(http, per_page=5, page=2)

    assert (first["total_entries"], len(first["people"]), len(second["people"])) == (8, 5, 3)
    assert first["people"][0]["last_name_obfuscated"] == "Tr***n"
    assert {"last_name", "name", "email", "linkedin_url"}.isdisjoint(first["people"][0])
    assert sandbox.spent() == "0.00"


def test_a_match_tells_who_they_are_for_a_credit_each_and_null_for_nobody(
    http: httpx.Client, sandbox: SandboxServer
) -> None:
    ids = [person["id"] for person in search(http)["people"][:2]]

    told = http.post(
        f"{API}/people/bulk_match", json={"details": [{"id": i} for i in [*ids, "nobody"]]}, headers=KEY
    ).json()

    assert [person and person["name"] for person in told["matches"]] == ["Alicia Tran", "Mark Yu", None]
    assert (told["credits_consumed"], told["missing_records"]) == (2, 1)
    assert sandbox.spent() == "0.04"


@pytest.mark.parametrize(
    "given",
    [
        {"linkedin_url": "http://www.linkedin.com/in/alicia-tran/"},
        {"email": "alicia.tran@acmecorp.com"},
        {"name": "Alicia Tran", "domain": "acmecorp.com"},
        {"first_name": "Alicia", "last_name": "Tran", "domain": "acmecorp.com"},
    ],
)
def test_somebody_can_be_matched_by_what_is_known_and_the_request_has_64_bits(
    http: httpx.Client, given: dict[str, str]
) -> None:
    told = http.post(f"{API}/people/match", params=given, headers=KEY).json()

    assert told["person"]["email_status"] == "verified"
    assert told["request_id"] > 2**53


def test_a_vague_question_is_answered_without_a_person_for_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    told = http.post(f"{API}/people/match", params={"first_name": "Alicia"}, headers=KEY)

    assert (told.status_code, told.json()["person"], sandbox.spent()) == (200, None, "0.00")


def test_authorised_calls_tell_the_windows(http: httpx.Client) -> None:
    headers = http.get(f"{API}/users/api_profile", headers=KEY).headers

    assert (headers["x-rate-limit-minute"], headers["x-minute-usage"]) == (str(LIMITS["minute"]), "1")
    assert headers["x-24-hour-requests-left"] == str(LIMITS["24-hour"] - 1)


@pytest.mark.parametrize(
    ("key", "status", "said"),
    [
        (keys.WRONG, 401, "Invalid API key"),
        (keys.FREE, 403, "on paid plans"),
        (keys.RUN_OUT, 422, "insufficient credits"),
    ],
)
def test_keys_that_will_not_do_are_told_in_apollos_words(http: httpx.Client, key: str, status: int, said: str) -> None:
    reply = http.get(f"{API}/organizations/enrich?domain=okta.com", headers={"x-api-key": key})

    assert (reply.status_code, said in reply.text) == (status, True)
    assert reply.headers["content-type"].startswith("text/plain" if status == 401 else "application/json")


def test_a_narrow_key_may_buy_and_not_see_the_balance(http: httpx.Client) -> None:
    narrow = {"x-api-key": keys.NARROW}

    balance = http.post(f"{API}/usage_stats/credit_usage_stats", headers=narrow)

    assert (balance.status_code, balance.json()["error_code"]) == (403, "API_INACCESSIBLE")
    assert http.get(f"{API}/users/api_profile", headers=narrow).status_code == 200


def test_credits_fall_with_what_is_found(http: httpx.Client) -> None:
    def left() -> int:
        stats = http.post(f"{API}/usage_stats/credit_usage_stats", headers=KEY).json()["credit_usage_stats"]
        return int(stats["lead_credit"]["left_over"])

    before = left()
    http.get(f"{API}/organizations/enrich?domain=okta.com", headers=KEY)

    assert before - left() == 1


def test_one_too_many_within_a_minute_is_told_in_a_string_of_json_by_the_search(world: World) -> None:
    provider, path = Apollo(), "/api/v1/mixed_people/api_search"
    asking = Request(method="POST", host="api.apollo.io", path=path, headers={"x-api-key": keys.LIMITED})

    replies = [provider.answer(asking, Moment(at=AT, world=world)) for _ in range(LIMITS["minute"] + 1)]

    assert {reply.status for reply in replies[:-1]} == {200}
    assert (replies[-1].status, dict(replies[-1].headers)["retry-after"]) == (429, "24")
    assert "200 times per minute" in json.loads(json.loads(replies[-1].body)["message"])["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "organizations/enrich"),
        ("POST", "mixed_people/api_search?per_page=101"),
        ("POST", "people/bulk_match"),
    ],
)
def test_what_is_missing_or_too_much_is_not_processed(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, f"{API}/{path}", headers=KEY).status_code == 422
