"""Crunchbase in the sandbox: errors of three shapes, two paths, two kinds of id, cards by pages, nothing null."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.crunchbase import PER_MINUTE, Crunchbase
from enrichment.sandbox.messages import Moment, Reply, Request
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import World
from enrichment.sandbox.world.model import Round

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOST = "/api.crunchbase.com"
API = f"{HOST}/v4/data"
KEY = {"x-cb-user-key": "good"}
FIELDS = "identifier,website_url,num_employees_enum,location_identifiers,funding_total,legal_name"


def by_domain(http: httpx.Client, domain: str, key: str = "good") -> httpx.Response:
    wanted = {"type": "predicate", "field_id": "website_url", "operator_id": "domain_eq", "values": [domain]}
    asked = {"field_ids": ["identifier", "website_url"], "query": [wanted], "limit": 5}
    return http.post(f"{API}/searches/organizations", json=asked, headers={"x-cb-user-key": key})


def asked(path: str, key: str = "good", **query: str) -> Request:
    return Request(
        method="GET",
        host="api.crunchbase.com",
        path=path,
        query=tuple(query.items()),
        headers={"x-cb-user-key": key},
    )


def test_a_bad_key_is_told_in_an_array_and_an_unknown_record_in_an_object(http: httpx.Client) -> None:
    refused = http.get(f"{API}/autocompletes?query=acme", headers={"x-cb-user-key": keys.WRONG})
    unknown = http.get(f"{API}/entities/organizations/nobody", headers=KEY)

    assert (refused.status_code, refused.json()[0]["code"]) == (401, "LA401")
    assert (unknown.status_code, unknown.json()) == (404, {"value": "Entity not found"})


@pytest.mark.parametrize("base", ["/v4/data", "/api/v4"])
def test_a_record_is_found_by_permalink_and_by_uuid_under_either_path(
    http: httpx.Client, sandbox: SandboxServer, base: str
) -> None:
    (entity,) = by_domain(http, "acmecorp.com").json()["entities"]
    named = entity["properties"]["identifier"]

    found = [
        http.get(f"{HOST}{base}/entities/organizations/{name}?field_ids={FIELDS}", headers=KEY).json()["properties"]
        for name in (entity["uuid"], named["permalink"])
    ]

    assert found[0] == found[1]
    assert found[0]["funding_total"]["value_usd"] == 87_000_000
    assert sandbox.spent() == "0.40"


def test_what_is_not_known_is_missing_and_never_null(http: httpx.Client, world: World) -> None:
    seen: set[str] = set()
    for company in world:
        for entity in by_domain(http, company.domain).json()["entities"]:
            path = f"{API}/entities/organizations/{entity['uuid']}?field_ids={FIELDS}"
            properties = http.get(path, headers=KEY).json()["properties"]
            assert None not in properties.values()
            seen |= set(FIELDS.split(",")) - properties.keys()

    assert {"funding_total", "legal_name"} <= seen


def test_a_band_and_places_have_their_own_shapes(http: httpx.Client) -> None:
    path = f"{API}/entities/organizations/acme-corp?field_ids={FIELDS}"
    properties = http.get(path, headers=KEY).json()["properties"]

    assert properties["num_employees_enum"].startswith("c_00")
    assert [(place["value"], place["location_type"]) for place in properties["location_identifiers"]] == [
        ("San Francisco", "city"),
        ("California", "region"),
        ("United States", "country"),
    ]


def test_names_are_completed(http: httpx.Client) -> None:
    found = http.get(f"{API}/autocompletes?query=acme&collection_ids=organizations&limit=2", headers=KEY).json()

    assert len(found["entities"]) == 2
    assert found["count"] >= 2
    assert found["entities"][0]["identifier"]["entity_def_id"] == "organization"


def test_a_small_package_has_neither_cards_nor_the_search_by_domain(http: httpx.Client) -> None:
    small = {"x-cb-user-key": keys.FREE}
    path = f"{API}/entities/organizations/acme-corp?field_ids=identifier"

    assert by_domain(http, "acmecorp.com", keys.FREE).status_code == 400
    assert http.get(f"{path}&card_ids=jobs", headers=small).status_code == 400
    assert http.get(path, headers=small).status_code == 200


def test_a_leader_began_on_the_day_of_the_news(http: httpx.Client) -> None:
    (entity,) = by_domain(http, "okta.com").json()["entities"]
    path = f"{API}/entities/organizations/{entity['uuid']}?field_ids=identifier&card_ids=jobs"

    held = {item["person_identifier"]["value"]: item for item in http.get(path, headers=KEY).json()["cards"]["jobs"]}

    assert held["Ingrid Solheim"]["started_on"]["precision"] == "day"
    assert {item["started_on"]["precision"] for name, item in held.items() if name != "Ingrid Solheim"} == {"month"}


def test_a_card_comes_by_a_hundred_and_goes_on_after_an_id(world: World) -> None:
    acme = world.by_domain("acmecorp.com")
    assert acme is not None
    crowded = World((replace(acme, rounds=tuple(Round(title=f"Grant {n}", usd=1, days=n) for n in range(230))),))
    path = "/v4/data/entities/organizations/acme-corp"

    def items(reply: Reply) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(reply.body)["cards"]["raised_funding_rounds"]
        return found

    moment = Moment(at=AT, world=crowded)
    pages = [items(Crunchbase().answer(asked(path, card_ids="raised_funding_rounds"), moment))]
    for _ in range(2):
        after = pages[-1][-1]["identifier"]["uuid"]
        pages.append(items(Crunchbase().answer(asked(f"{path}/cards/raised_funding_rounds", after_id=after), moment)))

    assert [len(page) for page in pages] == [100, 100, 30]
    assert len({item["identifier"]["uuid"] for page in pages for item in page}) == 230


def test_one_too_many_within_a_minute_is_told_without_headers(world: World) -> None:
    provider = Crunchbase()

    replies = [
        provider.answer(asked("/v4/data/autocompletes", keys.LIMITED, query="acme"), Moment(at=AT, world=world))
        for _ in range(PER_MINUTE + 1)
    ]

    assert {reply.status for reply in replies[:-1]} == {200}
    assert replies[-1].status == 429
    assert "retry-after" not in dict(replies[-1].headers)
