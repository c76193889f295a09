"""SerpApi's news: errors within 200, dates in any zone, namesakes."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.contract import answer_of, recorded
from tests.enrichment.sources.serp import SerpContract, nothing


class TestSerpNews(SerpContract):
    slug = "serp_news"
    reply = "serp_news.json"
    empty = json.dumps(nothing("news_results")).encode()

    async def test_the_query_is_always_spelled_alike(self, http, server):
        await answer_of(self.source, CompanyRef(name='Acme  "Robotics" '), http)

        query = parse_qs(urlsplit(server.asked[0].path).query)
        assert query == {
            "engine": ["google_news"],
            "q": ['"Acme Robotics" when:1y'],
            "gl": ["us"],
            "hl": ["en"],
            "api_key": ["k3y"],
        }

    def test_an_article_becomes_news_under_its_signal(self):
        found = self.read(recorded(self.reply)).observations

        assert found[0].value == {
            "headline": "Acme Robotics raises $40M Series B",
            "url": "https://news.example/acme-40m",
            "publisher": "Example Wire",
            "date": "2026-09-28",
            "signal_type": "funding",
        }
        budget = [o.value for o in found if o.dataset == "budget_indicators"]
        assert budget[0]["amount_usd"] == 40_000_000

    def test_dates_are_read_in_their_own_zone_and_relative_to_the_reply(self):
        dates = {o.evidence[0].url: o.evidence[0].published_at for o in self.read(recorded(self.reply)).observations}

        assert dates["https://news.example/acme-40m"] == datetime(2026, 9, 28, 1, 53, 4, tzinfo=UTC)
        assert dates["https://daily.example/acme-layoffs"] == datetime(2026, 9, 21, 1, 10, tzinfo=UTC)
        assert dates["https://plant.example/lyon"] == datetime(2026, 10, 1, 15, tzinfo=UTC)
        assert dates["https://prize.example/1"] is None

    def test_news_of_another_company_is_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert found.dropped == 2
        assert not any("Foods" in json.dumps(o.value) for o in found.observations)
