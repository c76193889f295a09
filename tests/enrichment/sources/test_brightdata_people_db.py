"""Bright Data's profiles: who names the company as where they are now, and nobody else."""

import json

from enrichment.sources.base import CompanyRef
from enrichment.sources.brightdata_search import named
from tests.enrichment.sources.brightdata import SearchContract
from tests.enrichment.sources.contract import ACME, answer_of, recorded


class TestBrightDataPeopleDb(SearchContract):
    slug = "brightdata_people_db"
    reply = "brightdata_people_db.json"

    def people(self) -> dict[str, dict[str, str]]:
        found = self.read(recorded(self.reply)).observations
        return {o.value["name"]: o.value for o in found if o.dataset == "key_contacts"}

    async def test_people_are_asked_for_by_their_current_company(self, http, server):
        await answer_of(self.source, ACME, http)

        (asked,) = server.asked
        assert asked.path == "/api.brightdata.com/datasets/search/gd_l1viktl72bvl7bjuj0"
        assert json.loads(asked.body)["filter"] == {
            "name": "current_company_name",
            "operator": "=",
            "value": "Acme Robotics",
        }

    def test_every_name_of_the_company_is_asked_for(self):
        company = CompanyRef(name="Acme Robotics", aliases=("Acme", "Acme Inc"))

        assert [leaf["value"] for leaf in named(company, "name")] == ["Acme Robotics", "Acme", "Acme Inc"]

    def test_the_title_is_that_of_the_current_post_else_the_headline(self):
        people = self.people()

        assert people["Jane Roe"]["title"] == "VP Sales"
        assert people["Liu Wei"]["title"] == "Field engineer"

    def test_senior_titles_decide(self):
        found = self.read(recorded(self.reply)).observations

        assert [o.value["name"] for o in found if o.dataset == "decision_makers"] == ["Jane Roe"]

    def test_people_of_a_namesake_and_nobody_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert set(self.people()) == {"Jane Roe", "Liu Wei"}
        assert (found.records, found.dropped) == (4, 2)
