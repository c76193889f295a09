"""Crunchbase's own API: found by domain or name, looked up with cards, read by the shapes of its fields."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import BadReply, CompanyRef, KeyRejected, Refused, Throttled, Unavailable
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.contract import ACME, BundleContract, Refusal, answer_of, recorded, said

RECORD = json.loads(recorded("crunchbase_organization.json"))["record"]
UUID = "3b6f0000-0000-4000-8000-000000000001"
NAMED = RECORD["properties"]["identifier"]
FOUND = {"count": 1, "entities": [{"uuid": UUID, "properties": {"identifier": NAMED}}]}
NAMES = {"count": 2, "entities": [{"identifier": NAMED}, {"identifier": NAMED | {"value": "Acme Robotics Tools"}}]}
SEARCH, NAME, ENTITY = "/searches/organizations", "/autocompletes", "/entities/organizations/"


class TestCrunchbaseOrganization(BundleContract):
    slug = "crunchbase_organization"
    reply = "crunchbase_organization.json"
    empty = b'{"others": 2, "record": {}, "further": {}}'
    credentials = {"api_key": "k3y"}
    parts = {ENTITY: "record", SEARCH: "", NAME: ""}
    given = {SEARCH: FOUND, NAME: NAMES}
    refusals = [
        Refusal(Answer(status=401, body=b'[{"status": 401, "code": "LA401", "message": "no"}]'), KeyRejected),
        Refusal(said(400, value="bad field"), Refused),
        Refusal(said(429), Throttled),
        Refusal(said(500, value="error"), Unavailable),
        Refusal(Answer(status=426, body=b"Upgrade Required"), Refused),
        Refusal(said(200, hello="world"), BadReply),
    ]

    def told(self, **others: Answer) -> Any:
        """The recorded answers, but for some: by a part of the path."""

        def answer(asked: Asked) -> Answer | None:
            return next((a for mark, a in others.items() if mark in asked.path), self.part(asked, main=True))

        return answer

    def values(self, dataset: str) -> list[Any]:
        return [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == dataset]

    async def test_a_company_is_searched_by_its_domain_and_looked_up_by_its_id(self, http, server):
        server.told = self.told()

        await answer_of(self.source, ACME, http)

        search, lookup = server.asked
        assert search.path == "/api.crunchbase.com/v4/data/searches/organizations"
        assert json.loads(search.body)["query"][0]["values"] == ["acme.example"]
        assert urlsplit(lookup.path).path == f"/api.crunchbase.com/v4/data/entities/organizations/{UUID}"
        asked = parse_qs(urlsplit(lookup.path).query)
        assert asked["card_ids"] == ["raised_funding_rounds,acquirer_acquisitions,jobs"]
        assert {"identifier", "num_employees_enum", "funding_total"} <= set(asked["field_ids"][0].split(","))
        assert {asked.headers["x-cb-user-key"] for asked in server.asked} == {"k3y"}

    async def test_a_package_without_that_search_and_without_cards_finds_it_by_name(self, http, server):
        def told(asked: Asked) -> Answer | None:
            refused = "/searches/" in asked.path or "card_ids" in asked.path
            return said(400, value="not in your package") if refused else self.part(asked, main=True)

        server.told = told

        body = await answer_of(self.source, ACME, http)

        assert json.loads(body)["record"] == RECORD
        assert [urlsplit(asked.path).path.rpartition("/")[2] for asked in server.asked] == [
            "organizations",
            "autocompletes",
            "acme-robotics",
            "acme-robotics",
        ]

    async def test_the_path_of_old_packages_may_be_given_beside_the_key(self, http, server):
        server.told = self.told()
        http.credentials["path"] = "/api/v4"

        await answer_of(self.source, ACME, http)

        assert all(asked.path.startswith("/api.crunchbase.com/api/v4/") for asked in server.asked)

    async def test_of_two_organizations_of_one_name_neither_is_taken_where_no_domain_tells(self, http, server):
        both = said(200, count=2, entities=[{"identifier": NAMED}, {"identifier": NAMED | {"permalink": "acme-2"}}])
        server.told = self.told(autocompletes=both)

        body = await answer_of(self.source, CompanyRef(name="Acme Robotics"), http)

        assert json.loads(body) == {"others": 2, "record": {}, "further": {}}
        assert len(server.asked) == 1

    async def test_nobody_at_the_domain_is_an_answer_that_ends_after_the_search(self, http, server):
        server.told = self.told(searches=said(200, count=0, entities=[]))

        body = await answer_of(self.source, ACME, http)

        assert self.read(body).observations == ()
        assert len(server.asked) == 1

    async def test_a_record_that_is_gone_by_now_is_nothing_found(self, http, server):
        server.told = self.told(entities=said(404, value="not found"))

        assert self.read(await answer_of(self.source, ACME, http)).observations == ()

    async def test_a_card_of_a_hundred_items_is_read_on_after_its_last(self, http, server):
        rounds = [{"identifier": NAMED | {"uuid": f"r{n}", "value": f"Grant {n}"}} for n in range(130)]
        first = RECORD | {"cards": {"raised_funding_rounds": rounds[:100]}}
        more = said(200, cards={"raised_funding_rounds": rounds[100:]})
        server.told = self.told(**{"/cards/": more, "/entities/": said(200, **first)})

        found = self.read(await answer_of(self.source, ACME, http))

        assert parse_qs(urlsplit(server.asked[-1].path).query) == {"limit": ["100"], "after_id": ["r99"]}
        assert sum(o.dataset == "growth_signals" for o in found.observations) == 130

    async def test_a_limit_without_headers_is_waited_for_a_while(self, http, server):
        self.tell(server, said(429))

        with pytest.raises(Throttled) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.retry_after == 10

    async def test_a_lost_record_is_in_doubt_and_a_lost_search_is_not(self, http, server):
        cut = Answer(body=recorded(self.reply), cut=10)
        server.told = self.told(entities=cut)
        with pytest.raises(Unavailable) as record:
            await answer_of(self.source, ACME, http)
        server.told = self.told(searches=cut)
        with pytest.raises(Unavailable) as search:
            await answer_of(self.source, ACME, http)

        assert (record.value.in_doubt, search.value.in_doubt) == (True, False)

    async def test_a_search_that_cannot_be_read_was_not_paid_for(self, http, server):
        for body in (b"<html>", b'{"hello": 1}'):
            server.told = self.told(searches=Answer(body=body))

            with pytest.raises(BadReply) as caught:
                await answer_of(self.source, ACME, http)

            assert caught.value.paid is False

    def test_bands_places_and_categories_become_values(self):
        assert self.values("employee_count") == [{"low": 251, "high": 500}]
        assert self.values("headquarters") == ["Boston, MA"]
        assert self.values("industry") == ["Robotics"]

    def test_money_counts_in_dollars_and_an_undisclosed_round_has_none(self):
        assert self.values("budget_indicators") == [
            {"indicator": "Series C - Acme Robotics: $40,000,000", "amount_usd": 40_000_000, "date": "2026-03-01"},
            {"indicator": "Seed - Acme Robotics", "date": "2012-01-01"},
            {"indicator": "Total funding: $90,000,000", "amount_usd": 90_000_000},
        ]

    def test_recent_rounds_acquisitions_and_changes_at_the_top_are_signs_of_growth(self):
        assert [(row["headline"], row["signal_type"]) for row in self.values("growth_signals")] == [
            ("Series C - Acme Robotics", "funding"),
            ("Acme Robotics acquired Beta Grippers", "acquisition"),
            ("Jane Roe became VP Sales", "leadership"),
        ]

    def test_who_holds_an_office_is_somebody_to_talk_to_and_who_left_is_not(self):
        assert [row["name"] for row in self.values("decision_makers")] == ["Jane Roe", "Ada Moe"]
        assert [row["name"] for row in self.values("key_contacts")] == ["Jane Roe", "Sam Poe", "Ada Moe"]

    def test_a_person_stands_in_no_evidence_of_the_companys(self):
        found = self.read(recorded(self.reply)).observations

        texts = {item.text for o in found if o.dataset == "budget_indicators" for item in o.evidence}
        assert not any("Jane Roe" in text for text in texts)
        assert {item.url for o in found if o.dataset == "company_name" for item in o.evidence} == {
            "https://www.crunchbase.com/organization/acme-robotics"
        }

    def test_a_record_of_another_site_is_dropped(self):
        found = self.read(recorded(self.reply).replace(b"www.acme.example", b"acme.other.example"))

        assert (found.observations, found.dropped) == ((), 1)
