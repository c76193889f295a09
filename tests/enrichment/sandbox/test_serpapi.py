"""The search provider answers in SerpApi's format."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.serpapi import EMPTY, PRICE, SerpApi, news_item
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import World

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def search(http: httpx.Client, q: str, key: str = "any", **params: str) -> httpx.Response:
    given = {"engine": "google_news", "q": q, "api_key": key, **params}
    return http.get("/serpapi.com/search.json", params=given)


def titles(reply: httpx.Response) -> list[str]:
    return [item["title"] for item in reply.json()["news_results"]]


def test_a_search_has_the_envelope_and_echoes_its_parameters_without_the_key(http: httpx.Client) -> None:
    content = search(http, '"Acme Corp"', gl="us").json()

    assert content["search_metadata"]["status"] == "Success"
    assert content["search_metadata"]["created_at"].endswith(" UTC")
    assert content["search_parameters"] == {"engine": "google_news", "q": '"Acme Corp"', "gl": "us"}


def test_news_of_the_company_come_first_and_a_few_of_namesakes_follow(http: httpx.Client) -> None:
    found = titles(search(http, '"Acme Corp"'))

    assert found[:2] == [
        "Acme Corp raises $50M Series C for European expansion",
        "Acme hires new CISO from Palo Alto Networks",
    ]
    assert found[-2:] == [
        "Acme Industries opens a second plant in Monterrey",
        "Acme anvils and other cartoon gadgets go under the hammer",
    ]
    assert len(found) == 8


def test_an_item_has_the_provider_s_fields(world: World) -> None:
    article = next(c for c in world if c.domain == "acmecorp.com").news[0]

    item = news_item(article, 1, AT)

    assert item["position"] == 1
    assert item["source"]["name"] == "TechCrunch"
    assert item["source"]["authors"] == ["Marta Ilves"]
    assert item["link"] == "https://techcrunch.sandbox.example/acme-corp-series-c"
    assert datetime.strptime(item["date"], "%m/%d/%Y, %I:%M %p, %z UTC").date().isoformat() == "2026-11-16"


def test_some_items_lack_the_iso_date_and_it_agrees_with_the_other_where_it_is(world: World) -> None:
    items = [news_item(article, 1, AT) for company in world for article in company.news]

    with_iso = [item for item in items if "iso_date" in item]
    assert 0 < len(with_iso) < len(items)
    for item in with_iso:
        told = datetime.strptime(item["date"], "%m/%d/%Y, %I:%M %p, %z UTC")
        assert datetime.fromisoformat(item["iso_date"]) == told


def test_an_empty_search_is_success_with_an_error_text(http: httpx.Client) -> None:
    reply = search(http, '"Silent Harbor Capital"')

    content = reply.json()
    assert reply.status_code == 200
    assert content["error"] == EMPTY
    assert content["search_metadata"]["status"] == "Success"
    assert content["search_information"] == {"news_results_state": "Fully empty"}
    assert "news_results" not in content


def test_a_name_that_only_the_company_database_knows_has_no_news(http: httpx.Client) -> None:
    assert search(http, '"Zephyr Grid"').json()["error"] == EMPTY


def test_age_can_be_limited(http: httpx.Client) -> None:
    assert titles(search(http, '"Acme Corp" when:6d')) == [
        "Acme Corp raises $50M Series C for European expansion",
        "Acme Industries opens a second plant in Monterrey",
    ]


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        ("", 401, "Invalid API key"),
        (keys.WRONG, 401, "Invalid API key"),
        (keys.DELETED, 403, "deleted"),
        (keys.RUN_OUT, 429, "run out of searches"),
        (keys.HOURLY, 429, "hourly"),
    ],
)
def test_a_bad_key_is_refused_in_the_provider_s_words(
    http: httpx.Client, sandbox: SandboxServer, key: str, status: int, words: str
) -> None:
    reply = search(http, "okta", key)

    assert reply.status_code == status
    assert words in reply.json()["error"]
    assert sandbox.spent() == "0.00"


@pytest.mark.parametrize(("key", "left"), [(keys.RUN_OUT, 0), (keys.HOURLY, 5000), ("any", 5000)])
def test_the_account_tells_the_two_causes_of_429_apart(http: httpx.Client, key: str, left: int) -> None:
    account = http.get("/serpapi.com/account.json", params={"api_key": key}).json()

    assert account["total_searches_left"] == left
    assert account["api_key"] == key


def test_the_account_counts_searches_and_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http, "okta")

    account = http.get("/serpapi.com/account", params={"api_key": "any"}).json()

    assert (account["total_searches_left"], account["last_hour_searches"]) == (4999, 1)
    assert sandbox.spent() == "0.02"


def test_the_account_refuses_a_wrong_key(http: httpx.Client) -> None:
    assert http.get("/serpapi.com/account.json", params={"api_key": keys.WRONG}).status_code == 401


def test_a_search_without_query_or_with_an_unknown_engine_is_a_bad_request(http: httpx.Client) -> None:
    no_query = http.get("/serpapi.com/search.json", params={"engine": "google_news", "api_key": "k"})
    no_engine = search(http, "okta", engine="altavista")

    assert (no_query.status_code, no_query.json()) == (400, {"error": "Missing query `q` parameter."})
    assert (no_engine.status_code, no_engine.json()) == (400, {"error": "Unsupported `altavista` search engine."})


def test_an_unknown_path_is_not_found(http: httpx.Client) -> None:
    assert http.get("/serpapi.com/other", params={"api_key": "k"}).status_code == 404


def ask(provider: SerpApi, world: World, at: datetime, **params: str) -> Any:
    query = tuple({"engine": "google_news", "q": "okta", "api_key": "k", **params}.items())
    request = Request(method="GET", host="serpapi.com", path="/search.json", query=query)
    return provider.answer(request, Moment(at=at, world=world)).charged


def test_the_same_search_within_the_hour_is_free(world: World) -> None:
    provider = SerpApi()

    assert ask(provider, world, AT) == PRICE
    assert ask(provider, world, AT + timedelta(minutes=59)) == 0
    assert ask(provider, world, AT + timedelta(minutes=61)) == PRICE


def test_another_parameter_or_no_cache_is_another_search(world: World) -> None:
    provider = SerpApi()
    ask(provider, world, AT)

    assert ask(provider, world, AT, gl="us") == PRICE
    assert ask(provider, world, AT, no_cache="true") == PRICE
