"""What caches may do with answers, and answers that a caller has already: 304 without a body."""

import pytest

from enrichment.models import ResearchRequest
from enrichment.workflow.requests import Ask, request_research
from tests import factories


@pytest.fixture
def answered(rules, user) -> ResearchRequest:
    return factories.answered(user)


@pytest.fixture
def started(rules, user) -> ResearchRequest:
    return request_research(Ask(consumer="profile", company="acmecorp.com"), user=user)


def of(asked: ResearchRequest) -> list[str]:
    """Everything that can be read of a request, and lists beside it."""
    run = f"/api/v1/runs/{asked.pk}"
    return [
        f"/api/v1/analysis/status/{asked.pk}",
        run,
        f"{run}/trace",
        f"{run}/events",
        f"/api/v1/company/{asked.company.domain}/lookup",
        "/api/v1/people?company=acmecorp.com",
        "/api/v1/usage",
        "/api/v1/usage?format=csv",
        "/api/v1/usage/ratings",
        "/api/v1/experiments",
        "/api/v1/sources/scorecard",
    ]


def test_whatever_can_be_read_is_not_sent_twice(api_client, answered, clock):
    first = {url: api_client.get(url) for url in of(answered)}
    again = {url: api_client.get(url, headers={"If-None-Match": first[url]["ETag"]}) for url in first}

    assert {url: answer.status_code for url, answer in first.items()} == dict.fromkeys(first, 200)
    assert {url: (answer.status_code, answer.content) for url, answer in again.items()} == dict.fromkeys(
        first, (304, b"")
    )


def test_an_age_alone_is_no_change(api_client, answered, clock):
    url = f"/api/v1/company/{answered.company.domain}/lookup"
    factories.fact(answered.company, "industry", "FinTech")
    first = api_client.get(url)
    clock.shift(10)

    again = api_client.get(url, headers={"If-None-Match": first["ETag"]})

    assert first.json()["companies"][0]["freshness"]["ageSeconds"] is not None
    assert again.status_code == 304


def test_what_changed_is_sent(api_client, started):
    url = f"/api/v1/runs/{started.pk}"
    first = api_client.get(url)
    ResearchRequest.objects.filter(pk=started.pk).update(status="cancelled")

    again = api_client.get(url, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.json()["requestStatus"]) == (200, "cancelled")
    assert again["ETag"] != first["ETag"]


def test_a_304_still_tells_the_limit_and_the_request(api_client, answered):
    url = f"/api/v1/runs/{answered.pk}"
    tag = api_client.get(url)["ETag"]

    again = api_client.get(url, headers={"If-None-Match": f'"other", {tag}'})

    assert again.status_code == 304
    assert again["RateLimit"].startswith('"read";r=')
    assert {"X-Request-ID", "ETag", "Cache-Control", "Vary"} <= set(again.headers)


def test_two_callers_get_different_tags_for_different_answers(api_client, answered, rules):
    run, status = (api_client.get(f"/api/v1/{path}/{answered.pk}")["ETag"] for path in ("runs", "analysis/status"))

    assert run != status


def test_what_a_post_starts_has_no_tag_and_is_stored_by_nobody(api_client, rules):
    answer = api_client.post("/api/v1/runs", {"company": "acmecorp.com", "consumer": "profile"}, format="json")

    assert "ETag" not in answer
    assert answer["Cache-Control"] == "no-store"


def test_a_caller_may_keep_what_it_reads_if_it_asks_each_time(api_client, answered):
    answer = api_client.get(f"/api/v1/runs/{answered.pk}")

    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "X-API-Key", "Cookie", "Accept"} <= set(answer["Vary"].split(", "))


def test_people_are_stored_by_nobody(api_client, rules):
    assert api_client.get("/api/v1/people?company=acmecorp.com")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("url", ["/api/v1/runs/00000000-0000-0000-0000-000000000000", "/api/v1/plans"])
def test_errors_are_stored_by_nobody(api_client, db, url):
    assert api_client.get(url)["Cache-Control"] == "no-store"


def test_a_stream_of_events_has_no_tag(api_client, started, happen):
    happen(started.run, 2)

    answer = api_client.get(f"/api/v1/runs/{started.pk}/events", headers={"Accept": "text/event-stream"})

    assert "ETag" not in answer
    assert answer["Cache-Control"] == "no-store"
