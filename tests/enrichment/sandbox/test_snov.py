"""The contact provider answers in Snov's format."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.snov import Snov
from enrichment.sandbox.snov_answers import Task, prospects
from enrichment.sandbox.world import World

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PROSPECTS = "/api.snov.io/v2/domain-search/prospects"


def token(http: httpx.Client, secret: str = "secret") -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": secret}
    reply = http.post("/api.snov.io/v1/oauth/access_token", data=form)
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


def finished(http: httpx.Client, start: str, headers: dict[str, str]) -> tuple[list[str], Any]:
    """The states of a job until its end, and its last answer."""
    begun = http.post(start, headers=headers)
    assert begun.status_code == 202
    result = begun.json()["links"]["result"].replace("https://", "/")
    states = []
    for _ in range(5):
        reply = http.get(result, headers=headers)
        states.append(reply.json()["status"])
        if states[-1] not in {"in_progress", "in progress"}:
            return states, reply.json()
    raise AssertionError(f"The job does not end: {states}")


def test_a_token_is_given_for_credentials(http: httpx.Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}

    content = http.post("/api.snov.io/v1/oauth/access_token", data=form).json()

    assert (content["token_type"], content["expires_in"]) == ("Bearer", 3600)
    assert len(content["access_token"]) == 40


@pytest.mark.parametrize("change", [{"client_secret": keys.WRONG}, {"client_secret": ""}, {"client_id": ""}])
def test_bad_credentials_get_no_token(http: httpx.Client, change: dict[str, str]) -> None:
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"} | change

    assert http.post("/api.snov.io/v1/oauth/access_token", data=form).status_code == 401


def test_another_grant_is_a_bad_request(http: httpx.Client) -> None:
    assert http.post("/api.snov.io/v1/oauth/access_token", data={"grant_type": "password"}).status_code == 400


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic abc"}])
def test_a_call_without_a_good_token_is_refused(http: httpx.Client, headers: dict[str, str]) -> None:
    reply = http.get("/api.snov.io/v1/get-balance", headers=headers)

    assert reply.status_code == 401
    assert reply.json()["success"] is False
    assert isinstance(reply.json()["errors"], list)


def test_prospects_come_after_one_or_two_polls(http: httpx.Client) -> None:
    states, content = finished(http, f"{PROSPECTS}/start?domain=acmecorp.com", token(http))

    assert states[-1] == "completed"
    assert 2 <= len(states) <= 3
    assert content["meta"]["total_count"] == 8
    assert content["links"] == {"next": ""}
    assert content["data"][0] == {
        "first_name": "Alicia",
        "last_name": "Tran",
        "position": "VP, Infrastructure",
        "source_page": "https://www.linkedin.com/in/alicia-tran/",
        "search_emails_start": content["data"][0]["search_emails_start"],
    }


def test_a_pending_result_has_an_array_of_links(http: httpx.Client) -> None:
    headers = token(http)
    result = http.post(f"{PROSPECTS}/start?domain=okta.com", headers=headers).json()["links"]["result"]

    pending = http.get(result.replace("https://", "/"), headers=headers)

    assert pending.status_code == 202
    assert (pending.json()["data"], pending.json()["links"]) == ([], [])


def test_prospects_can_be_asked_by_position(http: httpx.Client) -> None:
    start = f"{PROSPECTS}/start?domain=acmecorp.com&positions[]=security&positions[]=founder"

    _, content = finished(http, start, token(http))

    assert [person["last_name"] for person in content["data"]] == ["Yu", "Oliveira", "Hershkovitz", "Natarajan"]
    assert content["meta"]["positions"] == ["security", "founder"]


def test_an_unknown_domain_is_an_empty_answer_that_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    _, content = finished(http, f"{PROSPECTS}/start?domain=nowhere.example", token(http))

    assert content["data"] == []
    assert content["meta"]["total_count"] == 0
    assert sandbox.spent() == "0.00"


def test_a_page_beyond_the_last_is_empty_and_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    _, content = finished(http, f"{PROSPECTS}/start?domain=acmecorp.com&page=2", token(http))

    assert content["data"] == []
    assert sandbox.spent() == "0.00"


def test_each_start_costs_a_credit_even_if_it_is_repeated(http: httpx.Client, sandbox: SandboxServer) -> None:
    headers = token(http)

    first = http.post(f"{PROSPECTS}/start?domain=okta.com", headers=headers).json()["meta"]["task_hash"]
    second = http.post(f"{PROSPECTS}/start?domain=okta.com", headers=headers).json()["meta"]["task_hash"]

    assert first != second
    assert sandbox.spent() == "0.20"
    assert [call["ids"]["task_hash"] for call in sandbox.calls("snov_contacts")] == [first, second]


def test_the_balance_is_a_string_and_falls(http: httpx.Client) -> None:
    headers = token(http)
    before = http.get("/api.snov.io/v1/get-balance", headers=headers).json()["data"]["balance"]

    finished(http, f"{PROSPECTS}/start?domain=okta.com", headers)

    after = http.get("/api.snov.io/v1/get-balance", headers=headers).json()["data"]["balance"]
    assert (before, after) == ("25000.00", "24999.00")


def test_without_credits_the_job_ends_by_saying_so(http: httpx.Client, sandbox: SandboxServer) -> None:
    headers = token(http, keys.RUN_OUT)

    states, content = finished(http, f"{PROSPECTS}/start?domain=okta.com", headers)

    assert states[-1] == "not_enough_credits"
    assert content["data"] == []
    assert http.get("/api.snov.io/v1/get-balance", headers=headers).json()["data"]["balance"] == "0.00"
    assert sandbox.spent() == "0.00"


def test_an_expiring_token_is_good_for_two_calls_and_the_job_outlives_it(http: httpx.Client) -> None:
    headers = token(http, keys.EXPIRING)
    started = http.post(f"{PROSPECTS}/start?domain=okta.com", headers=headers).json()
    result = started["links"]["result"].replace("https://", "/")
    http.get(result, headers=headers)

    refused = http.get(result, headers=headers)
    renewed = http.get(result, headers=token(http, keys.EXPIRING))

    assert refused.status_code == 401
    assert renewed.json()["meta"]["task_hash"] == started["meta"]["task_hash"]


def test_the_limited_key_may_ask_sixty_times_a_minute(http: httpx.Client) -> None:
    headers = token(http, keys.LIMITED)

    statuses = [http.get("/api.snov.io/v1/get-balance", headers=headers).status_code for _ in range(61)]

    assert statuses == [200] * 60 + [429]


def test_unknown_paths_and_tasks_have_an_object_of_errors(http: httpx.Client) -> None:
    headers = token(http)

    replies = [http.get(path, headers=headers) for path in ("/api.snov.io/v9/x", f"{PROSPECTS}/result/ffff")]

    assert [reply.status_code for reply in replies] == [404, 404]
    assert [reply.json()["errors"]["code"] for reply in replies] == [404, 404]


@pytest.mark.parametrize("query", ["", "?domain=okta.com&page=one", "?domain=okta.com" + "&positions[]=a" * 11])
def test_a_bad_start_is_refused(http: httpx.Client, query: str) -> None:
    assert http.post(f"{PROSPECTS}/start{query}", headers=token(http)).status_code == 400


def test_the_mail_address_of_a_prospect_is_a_job_of_its_own(http: httpx.Client, sandbox: SandboxServer) -> None:
    headers = token(http)
    _, prospects = finished(http, f"{PROSPECTS}/start?domain=acmecorp.com", headers)
    start = prospects["data"][0]["search_emails_start"].replace("https://", "/")

    _, content = finished(http, start, headers)

    assert content["data"]["emails"] == [{"email": "alicia.tran@acmecorp.com", "smtp_status": "valid"}]
    assert content["links"] == []
    assert len(sandbox.calls("snov_email")) == 1


def test_company_info_tells_size_as_a_band_and_age_as_a_string(http: httpx.Client) -> None:
    _, content = finished(http, "/api.snov.io/v2/domain-search/start?domain=www.acmecorp.com", token(http))

    assert content["data"]["company_name"] == "Acme Corp"
    assert (content["data"]["founded"], content["data"]["size"]) == ("2014", "201-500")
    assert content["meta"]["prospects_count"] == 8


def test_company_info_of_nobody_is_an_empty_array_with_zero_counts(http: httpx.Client) -> None:
    _, content = finished(http, "/api.snov.io/v2/domain-search/start?domain=cobaltridge.com.au", token(http))

    assert content["data"] == []
    assert content["meta"]["emails_count"] == 0


@pytest.mark.parametrize(
    ("tab", "mail"), [("domain-emails", "alicia.tran@acmecorp.com"), ("generic-contacts", "info@acmecorp.com")]
)
def test_addresses_of_a_domain_are_lists(http: httpx.Client, tab: str, mail: str) -> None:
    _, content = finished(http, f"/api.snov.io/v2/domain-search/{tab}/start?domain=acmecorp.com", token(http))

    assert content["data"][0] == {"email": mail}
    assert content["meta"]["total_count"] == len(content["data"])


def test_a_token_ends_after_an_hour(world: World) -> None:
    provider = Snov()
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "s"}
    asking = Request(method="POST", host="api.snov.io", path="/v1/oauth/access_token", body=json.dumps(form).encode())
    name = json.loads(provider.answer(asking, Moment(at=AT, world=world)).body)["access_token"]
    headers = {"authorization": f"Bearer {name}"}
    balance = Request(method="GET", host="api.snov.io", path="/v1/get-balance", headers=headers)

    statuses = [
        provider.answer(balance, Moment(at=AT + timedelta(minutes=minutes), world=world)).status for minutes in (59, 60)
    ]

    assert statuses == [200, 401]


def test_more_than_twenty_people_come_in_pages(world: World) -> None:
    acme = world.by_domain("acmecorp.com")
    assert acme is not None
    crowd = tuple(replace(acme.people[0], first=f"P{number}") for number in range(45))
    crowded = World((replace(acme, people=crowd),))

    def page(number: int) -> Any:
        task = Task(
            hash="h",
            domain="acmecorp.com",
            prospect="",
            page=number,
            positions=("VP",),
            is_broke=False,
            polls_needed=0,
        )
        return prospects(task, Moment(at=AT, world=crowded))

    assert [len(page(number)["data"]) for number in (1, 2, 3, 4)] == [20, 20, 5, 0]
    assert page(2)["links"]["next"].endswith("/prospects/start?domain=acmecorp.com&page=3&positions%5B%5D=VP")
    assert page(3)["links"]["next"] == ""
