"""Hacker News: what is asked for, and which stories are about the company."""

import json
from urllib.parse import parse_qs, urlsplit

from enrichment.sources.base import BadReply, Refused, Unavailable
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded


class TestHackerNews(JsonContract):
    slug = "hacker_news"
    reply = "hacker_news.json"
    empty = b'{"hits": [], "nbHits": 0}'
    refusals = [
        Refusal(Answer(status=400, body=b'{"message":"bad filter"}'), Refused),
        Refusal(Answer(body=b'{"message":"no index"}'), BadReply),
        Refusal(Answer(status=503), Unavailable),
    ]

    async def test_stories_of_a_year_that_somebody_cared_for_are_asked_for(self, http, server):
        await answer_of(self.source, ACME, http)

        query = parse_qs(urlsplit(server.asked[0].path).query)
        assert (query["query"], query["tags"]) == (['"Acme Robotics"'], ["story"])
        assert query["numericFilters"][0].endswith(",points>=5")

    def test_a_story_becomes_news_under_its_signal(self):
        found = self.read(recorded(self.reply)).observations

        assert found[0].value == {
            "headline": "Acme Robotics open-sources its planner",
            "url": "https://acme.example/blog",
            "publisher": "acme.example",
            "date": "2026-10-01",
            "signal_type": "product",
        }
        assert found[0].evidence[0].text == "120 points and 33 comments on Hacker News."

    def test_a_story_without_a_link_is_found_at_its_own_page(self):
        urls = {o.value.get("url") for o in self.read(recorded(self.reply)).observations}

        assert "https://news.ycombinator.com/item?id=41000002" in urls

    def test_a_link_to_the_companys_site_is_about_it_whatever_the_title_says(self):
        titles = {o.value.get("headline") for o in self.read(recorded(self.reply)).observations}

        assert "How we plan ten thousand arms at once" in titles

    def test_stories_that_only_look_alike_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert found.dropped == 2
        assert "Acne" not in json.dumps([o.value for o in found.observations])
