"""GDELT: what is asked for, its errors that come with 200, the slips of its JSON, whose articles they are."""

from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import BadReply, Refused, Throttled, Unavailable
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded


def line(text: bytes, status: int = 200) -> Answer:
    return Answer(status=status, body=text, headers={"Content-Type": "text/html; charset=utf-8"})


class TestGdeltNews(JsonContract):
    slug = "gdelt_news"
    reply = "gdelt_news.json"
    empty = b"{}"
    refusals = [
        Refusal(line(b"The specified phrase is too short."), Refused),
        Refusal(line(b"Please limit requests to one every 5 seconds or contact us."), Throttled),
        Refusal(line(b"Please limit requests to one every 5 seconds or contact us.", 429), Throttled),
        Refusal(line(b"<html><title>Maintenance</title></html>"), BadReply),
        Refusal(line(b""), BadReply),
        Refusal(Answer(body=b'{"message": "ok"}'), BadReply),
        Refusal(line(b"down", 503), Unavailable),
    ]

    def headlines(self, body: bytes | None = None) -> list[str]:
        found = self.read(body or recorded(self.reply)).observations
        return [o.value["headline"] for o in found if o.dataset == "recent_activities"]

    async def test_english_articles_of_three_months_are_asked_for(self, http, server):
        await answer_of(self.source, ACME, http)

        query = parse_qs(urlsplit(server.asked[0].path).query)
        assert query["query"] == ['"Acme Robotics" sourcelang:english']
        assert (query["mode"], query["timespan"], query["sort"]) == (["artlist"], ["3m"], ["datedesc"])

    async def test_who_asks_too_often_waits_as_long_as_is_asked_for(self, http, server):
        self.tell(server, line(b"Please limit requests to one every 5 seconds"))

        with pytest.raises(Throttled) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.retry_after == 6.5

    async def test_no_result_is_an_answer(self, http, server):
        self.tell(server, Answer(body=self.empty))

        assert await answer_of(self.source, ACME, http) == b"{}"

    def test_an_article_becomes_news_with_the_day_it_was_seen(self):
        found = self.read(recorded(self.reply)).observations

        assert found[0].value == {
            "headline": "Acme Robotics opens plant, plans 40 hires",
            "url": "https://news.example/acme-plant",
            "publisher": "news.example",
            "date": "2026-10-01",
            "signal_type": found[0].value["signal_type"],
        }

    def test_a_title_that_several_papers_print_counts_once(self):
        assert self.headlines().count("Acme Robotics opens plant, plans 40 hires") == 1

    @pytest.mark.parametrize("slip", [b"Acme\tRobotics\x0b hires", b"Acme Robotics \\hires", b"Acme Robotics\\' hires"])
    def test_titles_that_are_no_json_are_read_all_the_same(self, slip):
        body = b'{"articles": [{"url": "https://news.example/1", "title": "' + slip + b'"}]}'

        assert len(self.headlines(body)) == 1

    def test_articles_of_somebody_else_are_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped) == (6, 1)
        assert "How arms learn" in self.headlines()
