"""BuiltWith in the sandbox: errors within 200, missing categories, repeated technologies, seconds and milliseconds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.builtwith import CREDITS, PER_SECOND, BuiltWith
from enrichment.sandbox.messages import Moment, Reply, Request
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import World

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
API = "/api.builtwith.com"
KEY = {"authorization": "API good"}


def lookup(http: httpx.Client, domain: str, **options: str) -> httpx.Response:
    return http.get(f"{API}/v22/api.json", params={"LOOKUP": domain} | options, headers=KEY)


def technologies(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for path in result["Result"]["Paths"] for item in path["Technologies"]]


def test_a_technology_repeats_over_paths_and_marks_of_pages_are_among_them(http: httpx.Client) -> None:
    (result,) = lookup(http, "acmecorp.com").json()["Results"]

    names = [item["Name"] for item in technologies(result)]
    assert "HTML5 DocType" in names
    assert len(names) > len(set(names))
    assert len(result["Result"]["Paths"]) == 2


def test_categories_are_a_list_or_null_or_missing(http: httpx.Client, world: World) -> None:
    found = [lookup(http, company.domain).json()["Results"][0] for company in list(world)[:12]]

    kinds = {type(item.get("Categories", 0)) for result in found for item in technologies(result)}
    assert kinds == {list, type(None), int}


def test_several_domains_are_charged_each_and_headers_tell_credits(http: httpx.Client, sandbox: SandboxServer) -> None:
    reply = lookup(http, "acmecorp.com,okta.com,nobody.example")

    assert [result["Lookup"] for result in reply.json()["Results"]] == ["acmecorp.com", "okta.com"]
    assert reply.headers["x-api-credits-remaining"] == str(CREDITS - 2)
    assert sandbox.spent() == "0.60"


def test_what_is_gone_was_last_seen_long_before_the_last_visit(http: httpx.Client) -> None:
    (result,) = lookup(http, "acmecorp.com").json()["Results"]
    (live,) = lookup(http, "acmecorp.com", LIVEONLY="yes").json()["Results"]

    gone = [i["Name"] for i in technologies(result) if result["LastIndexed"] - i["LastDetected"] > 90 * 86_400_000]
    assert set(gone) <= {"Marketo"}
    assert "Marketo" not in {item["Name"] for item in technologies(live)}


def test_options_leave_out_people_texts_and_who_the_company_is(http: httpx.Client) -> None:
    (full,) = lookup(http, "acmecorp.com").json()["Results"]
    (bare,) = lookup(http, "acmecorp.com", NOPII="yes", HIDETEXT="yes").json()["Results"]
    (none,) = lookup(http, "acmecorp.com", NOMETA="yes", NOATTR="yes").json()["Results"]

    assert (full["Meta"]["Emails"], full["Meta"]["Names"]) == (["info@acmecorp.com"], None)
    assert bare["Meta"]["Emails"] is None
    assert all("Description" not in item for item in technologies(bare) if item["Name"] == "AWS")
    assert (none["Meta"], none["Attributes"]) == (None, None)


@pytest.mark.parametrize(
    ("key", "path", "code"),
    [
        (keys.WRONG, "v22/api.json?LOOKUP=okta.com", -2),
        (keys.RUN_OUT, "v22/api.json?LOOKUP=okta.com", -3),
        (keys.FREE, "v22/api.json?LOOKUP=okta.com", -3),
        ("good", "v22/api.json?LOOKUP=nobody.example", -8),
        ("good", "v22/api.pdf?LOOKUP=okta.com", -1),
    ],
)
def test_an_error_is_a_200_that_says_so_and_costs_nothing(
    http: httpx.Client, sandbox: SandboxServer, key: str, path: str, code: int
) -> None:
    reply = http.get(f"{API}/{path}", headers={"authorization": f"API {key}"})

    assert (reply.status_code, reply.json()["Results"]) == (200, [])
    assert reply.json()["Errors"][0]["Code"] == code
    assert sandbox.spent() == "0.00"


def test_the_key_may_stand_in_the_query_and_is_not_logged(http: httpx.Client, sandbox: SandboxServer) -> None:
    reply = http.get(f"{API}/usagev2/api.json?KEY=good")

    assert reply.json() == {"used": 0, "purchased": CREDITS, "remaining": CREDITS}
    (call,) = sandbox.calls("builtwith_usagev2")
    assert (call["query"], bool(call["key"])) == ([], True)


def test_a_free_summary_has_seconds_where_a_lookup_has_milliseconds(http: httpx.Client) -> None:
    free = http.get(f"{API}/free1/api.json?LOOKUP=acmecorp.com", headers=KEY).json()
    (result,) = lookup(http, "acmecorp.com").json()["Results"]

    assert free["last"] == result["LastIndexed"] // 1000
    assert sum(group["live"] for group in free["groups"]) > 5


def test_one_too_many_within_a_second_says_in_its_body_when_to_come_back(world: World) -> None:
    provider = BuiltWith()
    asking = Request(
        method="GET",
        host="api.builtwith.com",
        path="/whoamiv1/api.json",
        headers={"authorization": f"API {keys.LIMITED}"},
    )

    def replies(at: datetime, number: int) -> list[Reply]:
        return [provider.answer(asking, Moment(at=at, world=world)) for _ in range(number)]

    first, then = replies(AT, PER_SECOND + 1), replies(AT + timedelta(seconds=1), 1)

    assert [reply.status for reply in (*first, *then)] == [*[200] * PER_SECOND, 429, 200]
    assert json.loads(first[-1].body)["retryAfterSeconds"] == 1
