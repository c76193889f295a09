"""Google Jobs: the company's own posts, when they were posted, what their texts give away."""

import json
from urllib.parse import parse_qs, urlsplit

from tests.enrichment.sources.contract import ACME, answer_of, recorded
from tests.enrichment.sources.serp import SerpContract, nothing


class TestSerpJobs(SerpContract):
    slug = "serp_jobs"
    reply = "serp_jobs.json"
    empty = json.dumps(nothing("jobs_results")).encode()

    def said(self, dataset: str) -> list[dict[str, str]]:
        return [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == dataset]

    async def test_posts_are_searched_by_the_companys_name(self, http, server):
        await answer_of(self.source, ACME, http)

        query = parse_qs(urlsplit(server.asked[0].path).query)
        assert (query["engine"], query["q"]) == (["google_jobs"], ['"Acme Robotics"'])

    def test_a_post_says_what_where_when_and_how_to_apply(self):
        assert self.said("hiring_trends")[0] == {
            "title": "Platform Engineer",
            "location": "Boston, MA",
            "url": "https://www.linkedin.com/jobs/view/1",
            "date": "2026-09-29",
        }

    def test_the_same_post_twice_is_one(self):
        assert [row["title"] for row in self.said("hiring_trends")] == ["Platform Engineer", "Account Executive"]

    def test_technology_and_troubles_are_read_out_of_the_texts(self):
        assert {row["name"] for row in self.said("tech_stack")} == {"Kubernetes", "PostgreSQL"}
        assert "by hand" in self.said("business_challenges")[0]["challenge"]

    def test_posts_of_others_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped) == (4, 1)
