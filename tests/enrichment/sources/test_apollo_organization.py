"""Apollo's organizations: one credit each, three ways to say none, rounds and growth in words."""

import json
from typing import Any

import pytest

from tests.enrichment.sources.apollo import ApolloContract
from tests.enrichment.sources.contract import ACME, answer_of, recorded


class TestApolloOrganization(ApolloContract):
    slug = "apollo_organization"
    reply = "apollo_organization.json"
    empty = b'{"organization": null}'

    def changed(self, **fields: Any) -> bytes:
        tree = json.loads(recorded(self.reply))
        tree["organization"] |= fields
        return json.dumps(tree).encode()

    def values(self, body: bytes, dataset: str) -> list[Any]:
        return [o.value for o in self.read(body).observations if o.dataset == dataset]

    async def test_it_is_asked_by_domain(self, http, server):
        await answer_of(self.source, ACME, http)

        (asked,) = server.asked
        assert asked.path == "/api.apollo.io/api/v1/organizations/enrich?domain=acme.example"

    @pytest.mark.parametrize("body", [b"{}", b'{"organization": null}', b'{"organization": {}}'])
    def test_nobody_found_costs_nothing_in_each_of_its_ways(self, body):
        found = self.read(body)

        assert (found.observations, found.records) == ((), 0)

    def test_an_organization_of_another_domain_was_paid_for_and_is_dropped(self):
        found = self.read(self.changed(primary_domain="acme-tools.example"))

        assert (found.observations, found.records, found.dropped) == ((), 1, 1)

    def test_rounds_are_titled_as_crunchbase_titles_them_and_only_dollars_count(self):
        found = self.values(recorded(self.reply), "budget_indicators")

        assert found[0] == {
            "indicator": "Series C - Acme Robotics: $40,000,000",
            "amount_usd": 40_000_000,
            "date": "2026-03-01",
        }
        assert found[1] == {"indicator": "Seed - Acme Robotics", "date": "2019-05-01"}
        assert [row["amount_usd"] for row in found[2:]] == [90_000_000, 52_000_000]

    def test_only_recent_rounds_and_growth_worth_the_name_are_signs_of_growth(self):
        signs = [row["headline"] for row in self.values(recorded(self.reply), "growth_signals")]
        slow = self.changed(organization_headcount_twelve_month_growth=0.01)

        assert signs == ["Head-count grew by 12% within twelve months", "Series C - Acme Robotics"]
        assert [row["signal_type"] for row in self.values(slow, "growth_signals")] == ["funding"]

    def test_a_technology_that_both_lists_name_is_one_with_its_category(self):
        found = {row["name"]: row.get("category") for row in self.values(recorded(self.reply), "tech_stack")}

        assert set(found) == {"AWS", "Salesforce", "Acme Internal Thing"}
        assert found["Salesforce"] == "CRM"

    def test_the_seat_is_written_with_the_states_code(self):
        assert self.values(recorded(self.reply), "headquarters") == ["Boston, MA"]
