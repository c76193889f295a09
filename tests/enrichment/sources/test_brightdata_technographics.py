"""Bright Data's technographics: whose record it is, and that nothing but technology is read of it."""

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.brightdata import FilteredContract
from tests.enrichment.sources.contract import recorded


class TestBrightDataTechnographics(FilteredContract):
    slug = "brightdata_technographics"
    reply = "brightdata_company_db.json"

    def values(self, dataset: str, field: str) -> list[str]:
        found = self.read(recorded(self.reply)).observations
        return [o.value[field] for o in found if o.dataset == dataset]

    def test_technologies_are_told_and_what_is_dropped_is_not(self):
        assert self.values("tech_stack", "name") == ["Salesforce", "PostgreSQL", "Homegrown Thing", "Zendesk"]

    def test_sold_products_are_usage_and_some_are_systems_to_work_with(self):
        assert {"Salesforce", "Zendesk"} <= set(self.values("competitive_usage", "product"))
        assert "Salesforce" in self.values("integration_needs", "system")

    def test_every_finding_is_as_old_as_the_record(self):
        found = self.read(recorded(self.reply)).observations

        assert {f"{o.observed_at:%Y-%m-%d}" for o in found} == {"2026-09-15"}

    def test_a_record_of_another_site_says_nothing(self):
        found = self.read(recorded(self.reply), CompanyRef(name="Acme Robotics", domain="other.example"))

        assert (found.observations, found.records, found.dropped) == ((), 2, 2)
