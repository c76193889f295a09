"""Snov's company record: what is asked, how sizes are told, whose answer it is."""

import json
from urllib.parse import urlsplit

import pytest

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.contract import ACME, answer_of, recorded
from tests.enrichment.sources.snov import TASK, SnovContract


class TestSnovCompany(SnovContract):
    slug = "snov_company"
    reply = "snov_company.json"

    def told(self, **changed: object) -> bytes:
        reply = json.loads(recorded(self.reply))
        return json.dumps(reply | {"data": reply["data"] | changed}).encode()

    async def test_the_company_is_asked_for_by_its_domain_alone(self, http, server):
        await answer_of(self.source, ACME, http)

        _, start, result = (urlsplit(asked.path) for asked in server.asked)
        assert (start.path, start.query) == ("/api.snov.io/v2/domain-search/start", "domain=acme.example")
        assert result.path == f"/api.snov.io/v2/domain-search/result/{TASK}"

    def test_the_record_says_name_site_trade_size_and_city(self):
        found = self.read(recorded(self.reply))

        assert {o.dataset: o.value for o in found.observations} == {
            "company_name": "Acme Robotics",
            "company_domain": "acme.example",
            "industry": "Computer Software",
            "employee_count": {"low": 51, "high": 200},
            "headquarters": "Boston",
        }
        assert (found.name, found.domain) == ("Acme Robotics", "acme.example")

    @pytest.mark.parametrize(
        ("size", "count"),
        [("Self", {"low": 1, "high": 1}), ("10001+", {"low": 10001, "high": None}), ("many", None), (None, None)],
    )
    def test_a_size_is_a_band_of_words(self, size, count):
        counts = [o.value for o in self.read(self.told(size=size)).observations if o.dataset == "employee_count"]

        assert counts == ([count] if count else [])

    def test_an_answer_about_another_site_is_dropped_and_counted(self):
        found = self.read(self.told(website="acme-bricks.example"))

        assert (found.observations, found.dropped) == ((), 1)

    def test_where_no_domain_is_known_the_answer_is_taken_at_its_word(self):
        assert self.read(recorded(self.reply), CompanyRef(name="Acme Robotics")).domain == "acme.example"
