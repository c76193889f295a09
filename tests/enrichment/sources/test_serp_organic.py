"""Google's results: the company's own pages, and sentences that name its rivals."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.contract import ACME, answer_of, recorded
from tests.enrichment.sources.serp import SerpContract, nothing

UNKNOWN = CompanyRef(name="Acme Robotics")


class TestSerpOrganic(SerpContract):
    slug = "serp_organic"
    reply = "serp_organic.json"
    empty = json.dumps(nothing("organic_results")).encode()

    def said(self, dataset: str, company: CompanyRef = ACME) -> list[object]:
        return [o.value for o in self.read(recorded(self.reply), company).observations if o.dataset == dataset]

    async def test_the_name_is_searched_with_the_domain_where_it_is_known(self, http, server):
        await answer_of(self.source, ACME, http)
        await answer_of(self.source, UNKNOWN, http)

        asked = [parse_qs(urlsplit(each.path).query)["q"] for each in server.asked]
        assert asked == [['"Acme Robotics" acme.example'], ['"Acme Robotics"']]

    def test_the_home_page_says_name_domain_and_what_the_company_does(self):
        assert self.said("company_name") == ["Acme Robotics"]
        assert self.said("company_domain") == ["acme.example"]
        assert self.said("company_overview")[0].startswith("Acme Robotics builds robots")

    def test_an_unknown_domain_is_found_by_the_home_pages_title(self):
        found = self.read(recorded(self.reply), UNKNOWN)

        assert (found.domain, found.name) == ("acme.example", "Acme Robotics")

    def test_an_encyclopedia_is_nobodys_home(self):
        body = json.loads(recorded(self.reply))
        body["organic_results"] = body["organic_results"][2:3]

        assert self.read(json.dumps(body).encode(), UNKNOWN).domain is None

    def test_rivals_are_read_once_each_and_never_the_company_itself(self):
        assert self.said("competitors") == ["Bolt Systems", "Crane & Sons", "Ductwork AI"]

    def test_results_about_others_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped) == (6, 2)
        assert "Crisp Co" not in self.said("competitors")

    @pytest.mark.parametrize(
        ("snippet", "rivals"),
        [
            ("Alternatives to Acme Robotics: Bolt, Crane and Duct.", ["Bolt", "Crane", "Duct"]),
            ("Competitors of Acme Robotics such as Bolt or Crane raise prices.", ["Bolt"]),
            ("Acme Robotics has many competitors.", []),
            ("Its competitors are growing fast and hiring.", []),
        ],
    )
    def test_only_names_are_rivals(self, snippet, rivals):
        result = {"title": "Acme Robotics reviewed", "link": "https://x.example/", "snippet": snippet}

        found = self.read(json.dumps({"organic_results": [result]}).encode()).observations

        assert [o.value for o in found if o.dataset == "competitors"] == rivals
