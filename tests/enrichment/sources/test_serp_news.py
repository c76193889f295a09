"""SerpApi's news: errors within 200, dates in any zone, namesakes."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import CompanyRef, KeyRejected, QuotaExhausted, Refused, Throttled, Unavailable
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded

EMPTY = {
    "search_metadata": {"status": "Success"},
    "search_information": {"news_results_state": "Fully empty"},
    "error": "Google hasn't returned any results for this query.",
}


def said(status: int, /, **content: object) -> Answer:
    return Answer(status=status, body=json.dumps(content).encode())


class TestSerpNews(JsonContract):
    slug = "serp_news"
    reply = "serp_news.json"
    empty = json.dumps(EMPTY).encode()
    credentials = {"api_key": "k3y"}
    refusals = [
        Refusal(said(400, error="Missing query `q` parameter."), Refused),
        Refusal(said(401, error="Invalid API key."), KeyRejected),
        Refusal(said(403, error="Your account has been deleted."), KeyRejected),
        Refusal(said(429, error="Your account has run out of searches."), QuotaExhausted),
        Refusal(said(410, error="expired"), Refused),
        Refusal(said(503, error="failed", search_metadata={"status": "Error"}), Unavailable),
        Refusal(said(200, error="failed", search_metadata={"status": "Error"}), Unavailable),
        Refusal(said(200, search_metadata={"status": "Processing"}), Unavailable),
        Refusal(said(200, error="Your account has run out of searches."), QuotaExhausted),
    ]

    def before(self, asked: Asked) -> Answer | None:
        return said(200, total_searches_left=17) if "/account.json" in asked.path else None

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

    async def test_an_empty_search_is_an_answer(self, http, server):
        self.tell(server, said(200, **EMPTY))

        body = await answer_of(self.source, ACME, http)

        assert self.read(body).observations == ()

    async def test_the_account_tells_whether_searches_are_used_up(self, http, server):
        hourly = said(429, error="Your account has exceeded its hourly throughput limit.")
        server.told = lambda asked: said(200, total_searches_left=0) if "/account.json" in asked.path else hourly

        with pytest.raises(QuotaExhausted):
            await answer_of(self.source, ACME, http)

    async def test_an_account_that_does_not_answer_leaves_it_at_throttled(self, http, server):
        server.told = lambda asked: said(429, error="hourly")

        with pytest.raises(Throttled):
            await answer_of(self.source, ACME, http)

    async def test_a_search_without_an_answer_is_in_doubt(self, http, server):
        self.tell(server, Answer(body=recorded(self.reply), cut=10))

        with pytest.raises(Unavailable) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.in_doubt is True

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
