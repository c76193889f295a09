"""Wikidata: which item is meant, which statement holds, errors within 200."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import BadReply, CompanyRef, KeyRejected, Refused, Throttled, Unavailable
from enrichment.sources.wikidata_statements import chosen
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.contract import ACME, BundleContract, Refusal, answer_of, recorded

SEARCH = {"search": [{"id": "Q800001"}, {"id": "Q900001"}, {"id": "Q900002"}], "success": 1}
SITE = {"mainsnak": {"snaktype": "value", "datavalue": {"value": "https://elsewhere.example/", "type": "string"}}}
TRADE = {"mainsnak": {"snaktype": "value", "datavalue": {"value": {"id": "Q1"}, "type": "wikibase-entityid"}}}


def item(number: int, **claims: Any) -> dict[str, Any]:
    label = {"en": {"language": "en", "value": "Acme Robotics"}}
    return {"id": f"Q{number}", "labels": label, "descriptions": [], "aliases": [], "claims": claims or []}


def said(content: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, body=json.dumps(content).encode(), headers=headers)


def error(code: str, **headers: str) -> Answer:
    return said({"error": {"code": code, "info": "…"}}, **headers)


class TestWikidata(BundleContract):
    slug = "wikidata"
    reply = "wikidata.json"
    empty = b'{"others": 3, "entity": {}, "labels": {}}'
    parts = {"claims": "entity", "wbsearchentities": "", "wbgetentities": "labels"}
    given = {"wbsearchentities": SEARCH}
    refusals = [
        Refusal(error("param-missing"), Refused),
        Refusal(error("maxlag"), Throttled),
        Refusal(error("ratelimited"), Throttled),
        Refusal(said("", status=403), KeyRejected),
        Refusal(said({}, status=500), Unavailable),
    ]

    def part(self, asked: Asked, *, main: bool) -> Answer | None:
        """Items and labels as the API wraps them."""
        bundle = json.loads(recorded(self.reply))
        if "wbsearchentities" in asked.path:
            return said(SEARCH)
        if "claims" in asked.path:
            entities = {"Q800001": item(800001), "Q900001": bundle["entity"], "Q900002": item(900002, P856=[SITE])}
            return said({"entities": entities, "success": 1}) if main else None
        labels = {q: {"id": q, "labels": {"en": {"value": text}}} for q, text in bundle["labels"].items()}
        return said({"entities": labels, "success": 1})

    async def test_the_items_that_statements_name_are_asked_for_at_once(self, http, server):
        server.told = lambda asked: self.part(asked, main=True)

        await answer_of(self.source, ACME, http)

        ids = parse_qs(urlsplit(server.asked[-1].path).query)["ids"][0].split("|")
        assert sorted(ids) == sorted(json.loads(recorded(self.reply))["labels"])
        assert len(server.asked) == 3

    async def test_lagging_copies_say_when_to_come_back(self, http, server):
        self.tell(server, error("maxlag", **{"Retry-After": "7"}))

        with pytest.raises(Throttled) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.retry_after == 7

    async def test_a_name_that_nobody_has_ends_after_the_searches(self, http, server):
        server.told = lambda asked: said({"search": [], "success": 1})

        body = await answer_of(self.source, CompanyRef(name="Acme", aliases=("Acme Anvils", "Acme")), http)

        assert self.read(body).observations == ()
        assert ["search=Acme&" in asked.path for asked in server.asked] == [True, False]

    async def test_json_of_another_kind_is_refused(self, http, server):
        server.told = lambda asked: said({"batchcomplete": ""})

        with pytest.raises(BadReply):
            await answer_of(self.source, ACME, http)

    def test_the_newest_statement_of_the_best_rank_counts(self):
        found = {o.dataset: o for o in self.read(recorded(self.reply)).observations}

        assert found["employee_count"].value == {"low": 420, "high": 420}
        assert found["employee_count"].observed_at.date().isoformat() == "2025-12-31"
        assert found["company_domain"].value == "acme.example"

    def test_who_left_and_sums_in_other_money_are_left_out(self):
        found = self.read(recorded(self.reply)).observations

        assert [o.value for o in found if o.dataset == "decision_makers"] == [
            {"name": "Dana Whitfield", "title": "Chief Executive Officer"}
        ]
        assert [o.value["amount_usd"] for o in found if o.dataset == "budget_indicators"] == [91_000_000]

    def test_the_overview_tells_age_listing_and_owner(self):
        found = {o.dataset: o for o in self.read(recorded(self.reply)).observations}

        overview = found["company_overview"].value
        assert overview.startswith(
            "Acme Robotics: American robotics company; founded in 2009; listed at Nasdaq as ACRB"
        )
        assert overview.endswith("; owned by Acme Holding.")
        assert "Dana Whitfield" not in found["company_overview"].evidence[0].text


def test_an_item_of_the_same_name_with_another_site_or_without_business_is_not_the_company():
    namesakes = [item(1), item(2, P856=[SITE], P452=[TRADE])]

    assert chosen(ACME, namesakes) is None
    assert chosen(ACME, [*namesakes, item(3, P452=[TRADE])]).id == "Q3"


def test_of_two_enterprises_without_a_site_none_is_taken():
    assert chosen(ACME, [item(1, P452=[TRADE]), item(2, P452=[TRADE])]) is None
