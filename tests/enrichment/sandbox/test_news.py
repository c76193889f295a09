"""The free news answer in their own forms: a line of text where JSON is expected, links that lead elsewhere."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from enrichment.sandbox.gdelt import Gdelt
from enrichment.sandbox.messages import Moment, Reply, Request
from enrichment.sandbox.world import World

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GDELT = "/api.gdeltproject.org/api/v2/doc/doc"
FEED = "/news.google.com/rss/search"


def gdelt(http: httpx.Client, query: str, **more: str) -> httpx.Response:
    return http.get(GDELT, params={"query": query, "mode": "artlist", "format": "json", **more})


def items(http: httpx.Client, query: str) -> list[Element]:
    return fromstring(http.get(FEED, params={"q": query, "gl": "US"}).content).findall("channel/item")


def test_gdelt_lists_articles_whose_titles_stand_apart_from_their_punctuation(http: httpx.Client) -> None:
    found = json.loads(gdelt(http, '"Acme Corp"').text.replace("\t", " "))["articles"]

    assert "Acme Corp to open London and Berlin offices , plans 120 hires" in {item["title"] for item in found}
    assert {item["seendate"][8] for item in found} == {"T"}


def test_some_titles_of_gdelt_are_no_json(http: httpx.Client) -> None:
    with pytest.raises(ValueError, match="control character"):
        gdelt(http, '"Acme Corp"').json()


def test_gdelt_has_an_empty_object_for_nobody_and_a_line_of_text_for_a_bad_query(http: httpx.Client) -> None:
    assert gdelt(http, '"Nobody Knows Them Ltd"').json() == {}
    short = gdelt(http, '"HP"')
    assert (short.status_code, short.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert short.text == "The specified phrase is too short."


def test_gdelt_reaches_as_far_back_as_asked(http: httpx.Client) -> None:
    assert len(gdelt(http, '"Acme Corp"', timespan="1w").content) < len(gdelt(http, '"Acme Corp"').content)


def test_gdelt_says_by_429_and_by_200_that_it_is_asked_too_often(world: World) -> None:
    provider = Gdelt(spacing=5)

    def asked(seconds: float) -> Reply:
        query = (("query", '"Acme Corp"'),)
        request = Request(method="GET", host="api.gdeltproject.org", path="/api/v2/doc/doc", query=query)
        return provider.answer(request, Moment(at=AT + timedelta(seconds=seconds), world=world))

    replies = [asked(0), asked(1), asked(2), asked(9)]

    assert [reply.status for reply in replies] == [200, 200, 429, 200]
    assert [b"limit requests" in reply.body for reply in replies] == [False, True, True, False]


def test_an_item_of_the_feed_leads_to_google_and_names_its_publisher(http: httpx.Client) -> None:
    first = items(http, '"Acme Corp" when:1y')[0]

    assert (first.findtext("link") or "").startswith("https://news.google.com/rss/articles/CBMi")
    assert (first.findtext("title") or "").endswith(f" - {first.findtext('source')}")


def test_nobody_s_feed_is_a_channel_without_items(http: httpx.Client) -> None:
    assert items(http, '"Nobody Knows Them Ltd"') == []


def test_europe_is_asked_for_its_consent_first(http: httpx.Client) -> None:
    reply = http.get(FEED, params={"q": "Okta", "gl": "DE"})

    assert reply.status_code == 302
    assert reply.headers["location"].startswith("https://consent.google.com/")
