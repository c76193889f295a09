"""Google's Knowledge Graph answers in its own form: ranks, gaps and errors."""

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.google_entities import is_known
from enrichment.sandbox.world import World

SEARCH = "/kgsearch.googleapis.com/v1/entities:search"


def entities(http: httpx.Client, query: str, **more: object) -> list[dict[str, object]]:
    reply = http.get(SEARCH, params={"query": query, "key": "any", **more})
    return [hit["result"] for hit in reply.json()["itemListElement"]]


def test_a_namesake_may_rank_first(http: httpx.Client) -> None:
    names = [entity["name"] for entity in entities(http, "Acme Corp")]

    assert set(names) == {"Acme Industries", "Acme Solutions", "Acme Corp"}
    assert names[0] != "Acme Corp"


def test_who_is_unknown_is_an_empty_list(http: httpx.Client) -> None:
    assert entities(http, "Nobody Knows Them Ltd") == []


def test_types_may_be_repeated_and_one_must_fit(http: httpx.Client) -> None:
    assert entities(http, "Okta", types=["Person", "Corporation"])
    assert entities(http, "Okta", types=["Person"]) == []


def test_site_and_article_are_missing_from_some(http: httpx.Client, world: World) -> None:
    known = [company for company in world if is_known(company)]
    found = [entity for c in known for entity in entities(http, c.name) if entity["name"] == c.name]

    assert len(found) >= 20
    for part in ("url", "detailedDescription", "image"):
        assert 0 < sum(part not in entity for entity in found) < len(found) / 2


@pytest.mark.parametrize(
    ("key", "status", "state"),
    [
        ("", 403, "PERMISSION_DENIED"),
        (keys.WRONG, 400, "INVALID_ARGUMENT"),
        (keys.RUN_OUT, 429, "RESOURCE_EXHAUSTED"),
        (keys.LIMITED, 429, "RESOURCE_EXHAUSTED"),
    ],
)
def test_a_key_that_will_not_do_is_refused_in_googles_form(
    http: httpx.Client, key: str, status: int, state: str
) -> None:
    reply = http.get(SEARCH, params={"query": "Okta", "key": key})

    assert (reply.status_code, reply.json()["error"]["status"]) == (status, state)
