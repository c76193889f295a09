"""LinkedIn's posts by Bright Data: what is asked for, whose they are, what their texts give away."""

import json
from urllib.parse import parse_qs, urlsplit

from tests.enrichment.sources.brightdata import CollectionContract
from tests.enrichment.sources.contract import ACME, recorded


class TestBrightDataLinkedInJobs(CollectionContract):
    slug = "brightdata_linkedin_jobs"
    reply = "brightdata_linkedin_jobs.json"

    def values(self, dataset: str) -> list[dict[str, str]]:
        return [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == dataset]

    async def test_posts_of_a_month_are_discovered_by_the_companys_name(self, http, server):
        await self.source.start(ACME, http)

        (asked,) = server.asked
        query = parse_qs(urlsplit(asked.path).query)
        assert (query["dataset_id"], query["discover_by"]) == (["gd_lpfll7v5hcqtkxl6l"], ["keyword"])
        (given,) = json.loads(asked.body)
        assert {name: said for name, said in given.items() if said} == {
            "keyword": "Acme Robotics",
            "company": "Acme Robotics",
            "time_range": "Past month",
        }

    def test_a_post_says_what_where_when_and_for_whom(self):
        posts = {row["title"]: row for row in self.values("hiring_trends")}

        assert list(posts) == ["Platform Engineer", "Account Executive"]
        assert posts["Account Executive"] == {
            "title": "Account Executive",
            "location": "Remote",
            "url": "https://www.linkedin.com/jobs/view/2",
            "date": "2026-09-26",
        }

    def test_technology_and_troubles_are_read_out_of_the_texts(self):
        posts = json.loads(recorded(self.reply))[:1]
        found = self.read(json.dumps(posts).encode()).observations

        names = {o.value["name"] for o in found if o.dataset == "tech_stack"}
        assert {"Kubernetes", "PostgreSQL", "Salesforce"} <= names
        (trouble,) = [o.value["challenge"] for o in found if o.dataset == "business_challenges"]
        assert trouble == "Releases are still done by hand and slow every team down."

    def test_a_text_in_markup_is_read_without_it(self):
        (post,) = [
            o for o in self.read(recorded(self.reply)).observations if o.value.get("title") == "Account Executive"
        ]

        assert "Sell robots & arms." in post.evidence[0].text

    def test_posts_of_others_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped) == (4, 1)
