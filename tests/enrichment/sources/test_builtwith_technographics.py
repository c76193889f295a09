"""BuiltWith: errors within 200, technologies merged over paths, what is live, and every field accounted for."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    KeyRejected,
    QuotaExhausted,
    Refused,
    Reply,
    Throttled,
    Unavailable,
    registry,
)
from enrichment.sources.builtwith_technographics import LEFT_OUT
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, AT, DomainContract, Refusal, answer_of, recorded, said
from tests.enrichment.sources.leaves import account_of


def error(code: int) -> Answer:
    return said(200, Results=[], Errors=[{"Lookup": None, "Code": code, "Message": "…"}])


class TestBuiltWithTechnographics(DomainContract):
    slug = "builtwith_technographics"
    reply = "builtwith_technographics.json"
    empty = b'{"Results": [], "Errors": []}'
    credentials = {"api_key": "k3y"}
    refusals = [
        Refusal(error(-1), Refused),
        Refusal(error(-2), KeyRejected),
        Refusal(error(-3), QuotaExhausted),
        Refusal(error(-5), QuotaExhausted),
        Refusal(error(-6), Unavailable),
        Refusal(error(-7), Throttled),
        Refusal(error(-8), Refused),
        Refusal(error(-99), Unavailable),
        Refusal(said(401), KeyRejected),
        Refusal(said(200, hello="world"), BadReply),
    ]

    def stack(self, body: bytes) -> dict[str, dict[str, Any]]:
        return {o.value["name"]: o.value for o in self.read(body).observations if o.dataset == "tech_stack"}

    async def test_names_of_people_are_not_asked_for(self, http, server):
        await answer_of(self.source, ACME, http)

        (asked,) = server.asked
        assert asked.path == "/api.builtwith.com/v22/api.json?LOOKUP=acme.example&NOPII=yes&NOMETA=yes&NOATTR=yes"
        assert asked.headers["authorization"] == "API k3y"

    @pytest.mark.parametrize(("version", "asked"), [("v23", "v23"), ("../x", "v22"), ("", "v22")])
    async def test_the_version_may_be_given_beside_the_key(self, http, server, version, asked):
        http.credentials["version"] = version

        await answer_of(self.source, ACME, http)

        assert server.asked[0].path.startswith(f"/api.builtwith.com/{asked}/api.json?")

    async def test_a_limit_says_in_its_body_how_long_to_wait(self, http, server):
        self.tell(server, said(429, error="Rate limit exceeded", maxRequestsPerSecond=10, retryAfterSeconds=1))

        with pytest.raises(Throttled) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.retry_after == 1

    def test_a_technology_of_several_paths_is_one_from_its_first_sight_to_its_last(self):
        assert self.stack(recorded(self.reply))["Shopify"] == {
            "name": "Shopify",
            "group": "frontend",
            "category": "E-commerce",
            "first_seen": "2017-07-14",
            "last_seen": "2026-09-21",
        }

    def test_what_was_not_seen_for_long_and_how_a_page_is_written_are_left_out(self):
        assert set(self.stack(recorded(self.reply))) == {"Shopify", "Salesforce", "jsDelivr", "Qubelytics"}

    def test_an_observation_is_as_old_as_the_last_sight(self):
        seen = {o.value["name"]: o for o in self.read(recorded(self.reply)).observations if o.dataset == "tech_stack"}

        assert seen["Salesforce"].observed_at.date().isoformat() == "2026-09-10"
        assert "first seen 2023-11-14, last seen 2026-09-10" in seen["Salesforce"].evidence[0].text

    @pytest.mark.parametrize("moment", [0, -1, 1e13, 1e300, 86_400_000, "x", None])
    def test_a_moment_that_is_none_is_unknown_or_now(self, moment):
        tree = json.loads(recorded(self.reply))
        tree["Results"][0]["Result"]["Paths"][0]["Technologies"][3] |= {"FirstDetected": moment, "LastDetected": moment}

        found = self.stack(json.dumps(tree).encode())["Salesforce"]

        assert found.get("last_seen") in {None, AT.date().isoformat()}

    def test_another_domains_result_is_dropped(self):
        found = self.read(recorded(self.reply).replace(b'"Lookup": "acme.example"', b'"Lookup": "other.example"'))

        assert (found.observations, found.dropped) == ((), 1)

    def test_every_field_is_used_or_left_out_for_a_reason(self):
        account = account_of(recorded(self.reply), self.read, LEFT_OUT)

        assert account.lost == set()
        assert account.used & account.left_out == set()
        assert account.used == {
            "Results[].LastIndexed",
            "Results[].Lookup",
            *(
                f"Results[].Result.Paths[].Technologies[].{name}"
                for name in ("Categories[]", "FirstDetected", "LastDetected", "Name", "Tag")
            ),
        }


@pytest.mark.skipif("SALESINTEL_REAL_DATA" not in os.environ, reason="needs SALESINTEL_REAL_DATA")
def test_a_real_answer_has_nineteen_of_twenty_fields_used_or_left_out_for_a_reason() -> None:
    body = (Path(os.environ["SALESINTEL_REAL_DATA"]) / "builtwith_domain_answer.json").read_bytes()
    (result,) = json.loads(body)["Results"]
    company = CompanyRef(name="Somebody", domain=result["Lookup"])
    source = registry.sources["builtwith_technographics"]

    account = account_of(body, lambda said: source.extract(Reply(body=said, fetched_at=AT), company), LEFT_OUT)

    # All with a category are technologies that we know, and ours goes before it; the recorded answer shows it used.
    assert account.lost <= {"Results[].Result.Paths[].Technologies[].Categories[]"}
    assert account.share_known >= 0.95
    assert account.share_used >= 0.45
