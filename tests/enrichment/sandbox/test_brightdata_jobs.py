"""Bright Data collects LinkedIn's posts of the world's companies."""

from typing import Any

import httpx

from enrichment.sandbox.brightdata_jobs import JOBS
from enrichment.sandbox.server import SandboxServer
from tests.enrichment.sandbox.test_brightdata import DISCOVER, V3, bearer, records, trigger


def posts(http: httpx.Client, keyword: str, **given: str) -> list[dict[str, Any]]:
    return records(http, [{"keyword": keyword, **given}], dataset_id=JOBS, **DISCOVER)


def test_posts_are_discovered_by_keyword_and_a_namesakes_come_last(http: httpx.Client) -> None:
    found = posts(http, "Acme Corp")

    assert found[0]["company_name"] == "Acme Corp"
    assert found[-1]["company_name"] in {"Acme Industries", "Acme Solutions"}
    assert found[0]["discovery_input"] == {"keyword": "Acme Corp"}


def test_posts_are_as_young_as_asked_for(http: httpx.Client) -> None:
    of_week = posts(http, "Acme Corp", time_range="Past week")

    assert 0 < len(of_week) < len(posts(http, "Acme Corp"))
    assert all(int(post["job_posted_time"].split()[0]) <= 7 for post in of_week)


def test_a_post_can_be_collected_by_its_address(http: httpx.Client) -> None:
    first = posts(http, "Acme Corp")[0]

    [again] = records(http, [{"url": first["url"]}], dataset_id=JOBS)

    assert again["job_title"] == first["job_title"]


def test_a_collection_of_posts_costs_its_price_once_and_is_listed_apart(
    http: httpx.Client, sandbox: SandboxServer
) -> None:
    posts(http, "Acme Corp")
    trigger(http, [{"keyword": "Okta"}], **DISCOVER)

    listed = http.get(f"{V3}/snapshots", params={"dataset_id": JOBS}, headers=bearer()).json()
    assert [call["charged_usd"] for call in sandbox.calls("brightdata_linkedin_jobs")] == ["0.08"]
    assert [line["dataset_id"] for line in listed] == [JOBS]
