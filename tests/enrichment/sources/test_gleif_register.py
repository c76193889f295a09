"""The register of legal entities: one living entity of the name, or none."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import BadReply, CompanyRef, Refused, Unavailable
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded


class TestGleifRegister(JsonContract):
    slug = "gleif_register"
    reply = "gleif_register.json"
    empty = b'{"meta": {}, "data": []}'
    refusals = [
        Refusal(Answer(status=400, body=b'{"errors": [{"status": "400"}]}'), Refused),
        Refusal(Answer(body=b'{"errors": []}'), BadReply),
        Refusal(Answer(status=503), Unavailable),
    ]

    def entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(recorded(self.reply))["data"]
        return found

    def said(self, entries: list[dict[str, Any]], company: CompanyRef = ACME) -> dict[str, Any]:
        found = self.read(json.dumps({"data": entries}).encode(), company)
        return {observation.dataset: observation.value for observation in found.observations}

    async def test_the_register_is_asked_by_name(self, http, server):
        await answer_of(self.source, ACME, http)

        assert parse_qs(urlsplit(server.asked[0].path).query)["filter[entity.legalName]"] == ["Acme Robotics"]

    def test_name_and_seat_are_the_living_entitys(self):
        assert self.said(self.entries()) == {"company_name": "ACME ROBOTICS GMBH", "headquarters": "Berlin, Germany"}

    def test_what_is_said_leads_to_the_entrys_page_and_day(self):
        evidence = self.read(recorded(self.reply)).observations[0].evidence[0]

        assert evidence.url == "https://search.gleif.org/#/record/529900T8BM49AURSDO55"
        assert evidence.published_at is not None
        assert evidence.published_at.date().isoformat() == "2026-05-04"

    def test_the_dead_the_funds_and_the_namesakes_are_dropped_and_counted(self):
        assert self.read(recorded(self.reply)).dropped == 3

    def test_of_two_living_entities_of_the_name_neither_is_taken(self):
        first = self.entries()[0]
        second = json.loads(json.dumps(first).replace("529900T8BM49AURSDO55", "549300MLUDYVRQOOXS22"))

        assert self.said([first, second]) == {}

    def test_a_company_is_found_by_the_name_that_it_had(self):
        renamed = json.loads(json.dumps(self.entries()[0]).replace("ACME ROBOTICS GMBH", "Gliederarm AG"))
        renamed["attributes"]["entity"]["otherNames"] = [{"name": "Acme Robotics AG", "type": "PREVIOUS_LEGAL_NAME"}]

        assert self.said([renamed])["company_name"] == "Gliederarm AG"

    def test_an_alias_of_one_word_is_anybodys(self):
        stranger = json.loads(json.dumps(self.entries()[0]).replace("ACME ROBOTICS GMBH", "ACME LTD"))

        assert self.said([stranger], CompanyRef(name="Acme Robotics", aliases=("Acme",))) == {}

    @pytest.mark.parametrize(
        ("address", "seat"),
        [
            ({"city": "SAN FRANCISCO", "region": "US-CA", "country": "US"}, "San Francisco, CA"),
            ({"city": "Zürich", "region": "CH-ZH", "country": "CH"}, "Zürich, Switzerland"),
            ({"city": "Ouagadougou", "country": "BF"}, "Ouagadougou, BF"),
            ({"country": "DE"}, None),
        ],
    )
    def test_a_seat_is_written_as_people_write_it(self, address: dict[str, str], seat: str | None):
        entry = self.entries()[0]
        entry["attributes"]["entity"]["headquartersAddress"] = address

        assert self.said([entry]).get("headquarters") == seat
