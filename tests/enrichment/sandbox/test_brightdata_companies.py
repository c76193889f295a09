"""Bright Data's search answers with LinkedIn's pages of companies, in their fields."""

from typing import Any

import httpx

from enrichment.sandbox.brightdata_companies import PAGES
from enrichment.sandbox.server import SandboxServer
from tests.enrichment.sandbox.test_brightdata import bearer

SITE = {"name": "website", "operator": "includes", "value": "acmecorp.com"}


def search(http: httpx.Client, given: Any, dataset: str = PAGES) -> httpx.Response:
    path = f"/api.brightdata.com/datasets/search/{dataset}"
    return http.post(path, json={"filter": given, "size": 5}, headers=bearer())


def test_a_page_says_what_linkedin_shows(http: httpx.Client) -> None:
    [page] = search(http, SITE).json()["hits"]

    assert (page["name"], page["company_size"], page["headquarters"]) == (
        "Acme Corp",
        "201-500 employees",
        "San Francisco, CA",
    )
    assert page["funding"]["last_round_type"] == "Series C"
    assert page["funding"]["last_round_raised"] == "US$ 50.0M"
    assert page["employees"] is None


def test_a_name_finds_namesakes_where_it_is_a_part_of_theirs(http: httpx.Client) -> None:
    hits = search(http, {"name": "name", "operator": "includes", "value": "Acme"}).json()["hits"]

    assert len(hits) == 3


def test_who_has_no_page_is_nobody_and_costs_nothing(http: httpx.Client, sandbox: SandboxServer) -> None:
    assert search(http, {**SITE, "value": "okta.com"}).json()["total_hits"] == 0
    assert sandbox.spent() == "0.00"


def test_what_finds_something_costs_its_price(http: httpx.Client, sandbox: SandboxServer) -> None:
    search(http, SITE)

    assert [call["charged_usd"] for call in sandbox.calls("brightdata_firmographics")] == ["0.15"]


def test_a_set_that_cannot_be_searched_is_not_found_and_no_filter_is_a_complaint(http: httpx.Client) -> None:
    assert search(http, SITE, "gd_l1vijqt9jfj7olije").status_code == 404
    assert search(http, None).json() == {"validation_errors": ["filter is required"]}
