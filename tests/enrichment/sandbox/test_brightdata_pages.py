"""Bright Data fetches the pages of the world's sites."""

import httpx

from enrichment.sandbox.brightdata_pages import PAGES
from enrichment.sandbox.server import SandboxServer
from tests.enrichment.sandbox.test_brightdata import records


def test_a_page_is_one_record_with_every_form_of_it(http: httpx.Client) -> None:
    [page] = records(http, [{"url": "https://acmecorp.com/about"}], dataset_id=PAGES)

    assert (page["input"]["url"], page["url"]) == ("https://acmecorp.com/about", "https://acmecorp.com/about")
    assert page["final_url"] == "https://www.acmecorp.com/about"
    assert page["page_html"].startswith("<!doctype html>")
    assert "<" not in page["markdown"]


def test_a_page_that_is_not_there_is_a_record_with_an_error(http: httpx.Client) -> None:
    asked = [{"url": "https://acmecorp.com/nothing-here"}]

    [record] = records(http, asked, dataset_id=PAGES, include_errors="true")

    assert (record["input"], record["error_code"]) == (asked[0], "dead_page")


def test_a_collection_of_pages_costs_its_price_once(http: httpx.Client, sandbox: SandboxServer) -> None:
    records(http, [{"url": f"https://okta.com/{path}"} for path in ("", "about")], dataset_id=PAGES)

    assert [call["charged_usd"] for call in sandbox.calls("brightdata_web_scraping")] == ["0.08"]
