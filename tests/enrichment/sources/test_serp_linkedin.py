"""LinkedIn through Google: titles of any dash, profiles alone, people of the company alone."""

import json
from urllib.parse import parse_qs, urlsplit

from tests.enrichment.sources.contract import ACME, answer_of, recorded
from tests.enrichment.sources.serp import SerpContract, nothing


class TestSerpLinkedin(SerpContract):
    slug = "serp_linkedin"
    reply = "serp_linkedin.json"
    empty = json.dumps(nothing("organic_results")).encode()

    def people(self) -> dict[str, dict[str, str]]:
        found = self.read(recorded(self.reply)).observations
        return {o.value["name"]: o.value for o in found if o.dataset == "key_contacts"}

    async def test_profiles_are_searched_by_the_companys_name(self, http, server):
        await answer_of(self.source, ACME, http)

        assert parse_qs(urlsplit(server.asked[0].path).query)["q"] == ['site:linkedin.com/in "Acme Robotics"']

    def test_name_title_and_profile_are_read_out_of_a_title(self):
        assert self.people()["Jane Roe"] == {
            "name": "Jane Roe",
            "title": "VP Sales",
            "profile_url": "https://www.linkedin.com/in/jane-roe-1a2b",
        }

    def test_a_country_host_and_what_follows_the_profile_are_taken_off(self):
        assert self.people()["José Muñoz"]["profile_url"] == "https://www.linkedin.com/in/jos%C3%A9-mu%C3%B1oz"

    def test_an_address_stays_encoded_so_that_nothing_hides_in_it(self):
        result = {"title": "Jane Roe - VP Sales - Acme Robotics", "link": "https://linkedin.com/in/jane%00%2Froe%20"}
        found = self.read(json.dumps(nothing("organic_results") | {"organic_results": [result]}).encode())

        assert found.observations[0].value["profile_url"] == "https://www.linkedin.com/in/jane%00%2Froe%20"

    def test_a_title_that_is_cut_or_missing_is_not_known(self):
        people = self.people()

        assert "title" not in people["Ada Park"]
        assert "title" not in people["Liu Wei"]

    def test_a_title_at_the_company_is_the_title(self):
        assert self.people()["Max Stone"]["title"] == "Director of IT"

    def test_senior_titles_decide(self):
        found = self.read(recorded(self.reply)).observations

        assert [o.value["name"] for o in found if o.dataset == "decision_makers"] == ["Jane Roe", "Max Stone"]

    def test_people_elsewhere_and_what_is_no_profile_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert set(self.people()) == {"Jane Roe", "José Muñoz", "Ada Park", "Liu Wei", "Max Stone"}
        assert (found.records, found.dropped) == (10, 5)
