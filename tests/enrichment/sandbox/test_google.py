"""Google as SerpApi shows it: pages, a panel, profiles and posts of the invented world."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.serpapi import ENGINES
from enrichment.sandbox.world import World
from enrichment.sandbox.world.model import Job

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def search(world: World, engine: str, q: str, **more: str) -> dict[str, Any]:
    asked = (("engine", engine), ("q", q), *more.items())
    return ENGINES[engine](
        Request(method="GET", host="serpapi.com", path="/search.json", query=asked), Moment(at=AT, world=world)
    )


def test_the_home_page_comes_first_and_a_namesakes_last(world: World) -> None:
    links = [row["link"] for row in search(world, "google", '"Acme Corp" acmecorp.com')["organic_results"]]

    assert links[0] == "https://acmecorp.com/"
    assert links[-1] in {"https://acme-ind.com/", "https://acmesol.io/"}


def test_a_listed_company_has_a_panel_with_its_head_count(world: World) -> None:
    panel = search(world, "google", '"Okta" okta.com')["knowledge_graph"]

    assert (panel["title"], panel["website"]) == ("Okta", "https://okta.com/")
    assert panel["number_of_employees"].endswith("(2025)")


def test_who_is_unknown_is_empty_and_no_failure(world: World) -> None:
    for engine, results in (("google", "organic_results"), ("google_jobs", "jobs_results")):
        found = search(world, engine, '"Nobody Knows Them Ltd"')

        assert found["search_information"] == {f"{results}_state": "Fully empty"}


def test_profiles_name_their_company_with_dashes_of_any_kind(world: World) -> None:
    rows = search(world, "google", 'site:linkedin.com/in "Acme Corp"')["organic_results"]

    assert all(".linkedin.com/in/" in row["link"] for row in rows)
    assert {row["title"].split()[2] for row in rows} & {"–", "—"}


def test_posts_come_by_ten_and_the_last_page_has_no_token(world: World) -> None:
    acme = next(company for company in world if company.domain == "acmecorp.com")
    jobs = tuple(Job(title=f"Engineer {n}", location="Berlin", days=n, text="Work.") for n in range(13))
    busy = World((replace(acme, jobs=jobs),))

    first = search(busy, "google_jobs", '"Acme Corp"')
    second = search(busy, "google_jobs", '"Acme Corp"', next_page_token=first["serpapi_pagination"]["next_page_token"])

    assert (len(first["jobs_results"]), len(second["jobs_results"])) == (10, 3)
    assert "serpapi_pagination" not in second
