"""Google News' feed: what is asked for, how its items are read, its guard, whose articles they are."""

from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import BadReply, Refused, Throttled, Unavailable
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, Refusal, answer_of, recorded
from tests.enrichment.sources.feeds import FeedContract


def html(status: int) -> Answer:
    return Answer(status=status, body=b"<html>unusual traffic</html>", headers={"Content-Type": "text/html"})


class TestGoogleNewsRss(FeedContract):
    slug = "google_news_rss"
    reply = "google_news_rss.xml"
    empty = b'<rss version="2.0"><channel><title>x - Google News</title></channel></rss>'
    refusals = [
        Refusal(html(200), BadReply),
        Refusal(html(429), Throttled),
        Refusal(html(503), Unavailable),
        Refusal(html(404), Refused),
    ]

    async def test_one_edition_is_asked_for_news_of_a_year(self, http, server):
        await answer_of(self.source, ACME, http)

        asked = urlsplit(server.asked[0].path)
        assert asked.path == "/news.google.com/rss/search"
        assert parse_qs(asked.query) == {
            "q": ['"Acme Robotics" when:1y'],
            "hl": ["en-US"],
            "gl": ["US"],
            "ceid": ["US:en"],
        }

    async def test_the_consent_page_is_no_feed(self, http, server):
        consent = Answer(status=302, headers={"Location": "https://consent.google.com/ml?continue=x"})
        server.told = lambda asked: consent if "/rss/" in asked.path else html(200)

        with pytest.raises(Refused, match="consent page"):
            await answer_of(self.source, ACME, http)

    def test_an_item_is_told_without_the_publisher_in_its_title(self):
        found = self.read(recorded(self.reply)).observations

        assert found[0].value["headline"] == "Acme Robotics opens plant & plans 40 hires"
        assert found[0].value["publisher"] == "Example Times"
        assert found[0].value["url"] == "https://news.google.com/rss/articles/CBMiABC?oc=5"
        assert found[0].value["date"] == "2026-10-01"

    def test_an_article_on_the_companys_own_site_is_about_it_whatever_its_title_says(self):
        titles = {o.value.get("headline") for o in self.read(recorded(self.reply)).observations}

        assert "How arms learn" in titles

    def test_articles_of_somebody_else_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped) == (5, 1)

    def test_items_without_a_title_or_an_address_are_left_out(self):
        assert "Acme Robotics moves" not in {
            o.value.get("headline") for o in self.read(recorded(self.reply)).observations
        }
