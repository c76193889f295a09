"""Bright Data's company database: what is asked, whose record it is, and what it says."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.brightdata import JOB, CollectionContract
from tests.enrichment.sources.contract import ACME, recorded


class TestBrightDataCompanyDb(CollectionContract):
    slug = "brightdata_company_db"
    reply = "brightdata_company_db.json"

    async def test_a_collection_is_started_by_the_companys_name(self, http, server):
        job = await self.source.start(ACME, http)

        asked = server.asked[0]
        assert job == JOB
        assert parse_qs(urlsplit(asked.path).query) == {
            "dataset_id": ["gd_l1vijqt9jfj7olije"],
            "include_errors": ["true"],
            "type": ["discover_new"],
            "discover_by": ["keyword"],
            "limit_per_input": ["5"],
        }
        assert json.loads(asked.body) == [{"keyword": "Acme Robotics"}]
        assert asked.headers["authorization"] == "Bearer k3y"

    def test_the_record_of_the_domain_is_the_companys(self):
        found = self.read(recorded(self.reply))

        assert (found.name, found.domain) == ("Acme Robotics", "acme.example")
        assert (found.records, found.dropped) == (2, 1)

    def test_no_record_of_the_domain_means_that_nothing_is_known(self):
        found = self.read(recorded(self.reply), CompanyRef(name="Acme Robotics", domain="other.example"))

        assert (found.observations, found.records, found.dropped) == ((), 2, 2)

    def test_without_a_domain_the_only_record_of_the_name_is_taken(self):
        assert self.read(recorded(self.reply), CompanyRef(name="ACME Robotics, Inc.")).domain == "acme.example"
        assert self.read(recorded(self.reply), CompanyRef(name="Acme")).observations == ()

    def test_the_record_says_who_the_company_is(self):
        values = {o.dataset: o.value for o in self.read(recorded(self.reply)).observations}

        assert values["industry"] == "Robotics"
        assert values["employee_count"] == {"low": 251, "high": 500}
        assert values["headquarters"] == "Boston, Massachusetts"
        assert values["competitors"] == "Beta Bots"
        assert values["purchase_intent"] == {"topic": "Warehouse Management", "score": 81, "weeks": 4}

    def test_technologies_are_named_with_their_group_and_what_is_dropped_is_not(self):
        found = [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == "tech_stack"]

        assert found == [
            {"name": "Salesforce", "group": "collaboration", "category": "CRM"},
            {"name": "PostgreSQL", "group": "backend", "category": "Database"},
            {"name": "Homegrown Thing", "category": "Widgets"},
            {"name": "Zendesk", "group": "collaboration", "category": "Customer support"},
        ]

    def test_money_comes_from_rounds_totals_and_spending(self):
        found = [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == "budget_indicators"]

        assert [record.get("amount_usd") for record in found] == [40_000_000, None, 52_000_000, 1_200_000]

    def test_only_a_recent_round_is_a_sign_of_growth(self):
        found = [
            o.value["headline"] for o in self.read(recorded(self.reply)).observations if o.dataset == "growth_signals"
        ]

        assert "Series B - Acme Robotics" in found
        assert "Series A - Acme Robotics" not in found

    def test_what_the_record_says_is_as_old_as_the_record(self):
        found = next(o for o in self.read(recorded(self.reply)).observations if o.dataset == "industry")

        assert found.observed_at == datetime(2026, 9, 15, 8, tzinfo=UTC)

    def test_every_word_of_a_value_is_in_its_evidence(self):
        for observation in self.read(recorded(self.reply)).observations:
            if isinstance(observation.value, str):
                assert observation.value in observation.evidence[0].text
