"""Bright Data's firmographics: which page of LinkedIn is the company's, and what it states."""

import json
from datetime import UTC, datetime

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.brightdata import SearchContract
from tests.enrichment.sources.contract import ACME, answer_of, recorded


class TestBrightDataFirmographics(SearchContract):
    slug = "brightdata_firmographics"
    reply = "brightdata_firmographics.json"

    async def test_pages_are_asked_for_by_site_and_by_name(self, http, server):
        await answer_of(self.source, ACME, http)

        (asked,) = server.asked
        assert asked.path == "/api.brightdata.com/datasets/search/gd_l1vikfnt1wgvvqz95w"
        assert json.loads(asked.body) == {
            "filter": {
                "operator": "or",
                "filters": [
                    {"name": "website", "operator": "includes", "value": "acme.example"},
                    {"name": "name", "operator": "=", "value": "Acme Robotics"},
                ],
            },
            "size": 5,
        }

    def test_the_page_of_the_companys_site_says_who_it_is(self):
        found = self.read(recorded(self.reply))
        values = {o.dataset: o.value for o in found.observations}

        assert (values["company_name"], values["company_domain"]) == ("Acme Robotics", "acme.example")
        assert (values["industry"], values["headquarters"]) == ("Automation Machinery Manufacturing", "Boston, MA")
        assert values["employee_count"] == {"low": 1001, "high": 5000}
        assert values["company_overview"] == "Acme Robotics builds warehouse robots."
        assert found.observations[0].observed_at == datetime(2026, 9, 15, 8, tzinfo=UTC)

    def test_the_last_round_goes_by_the_name_that_crunchbase_gives_it(self):
        values = {o.dataset: o.value for o in self.read(recorded(self.reply)).observations}

        assert values["budget_indicators"]["amount_usd"] == 40_000_000
        assert values["growth_signals"]["headline"] == "Series B - Acme Robotics"

    def test_pages_of_namesakes_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))
        elsewhere = self.read(recorded(self.reply), CompanyRef(name="Acme Robotics", domain="other.example"))

        assert (found.records, found.dropped) == (2, 1)
        assert (elsewhere.observations, elsewhere.dropped) == ((), 2)
