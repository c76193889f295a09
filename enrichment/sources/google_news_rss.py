"""News about a company by Google News' feed of a search. No key; unofficial, so nothing of it is promised.

`GET https://news.google.com/rss/search`, RSS 2.0 of at most 100 items; a channel without items is no result. An item's
title ends in " - Publisher"; its link leads to a page of Google's that sends one on, and is shown as it is, with the
publisher named. Google's guard answers with 429 or 503 in HTML, or sends us to its consent page.
"""

from typing import ClassVar
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from enrichment.egress import ProviderClient
from enrichment.sources.articles import GIVES, MOST_ARTICLES, Article, read
from enrichment.sources.base import CompanyRef, Extraction, Refused, Reply, register
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.feeds import channel_in
from enrichment.sources.reading import plain, web_url

WHO = "Google News"
SEARCH = "https://news.google.com/rss/search"
CONSENT = "consent.google.com"
EDITION = {"hl": "en-US", "gl": "US", "ceid": "US:en"}  # the three must agree


@register
class GoogleNewsRss:
    """Articles of the last year that name the company, typed by the signal that their headline gives."""

    slug: ClassVar[str] = "google_news_rss"
    provider: ClassVar[str] = "google_news"
    gives: ClassVar[frozenset[str]] = GIVES

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The feed as it came. Raises `SourceError`."""
        name = " ".join(company.name.replace('"', " ").split())
        response = await answered(http.get(SEARCH, params={"q": f'"{name}" when:1y', **EDITION}))
        if urlsplit(response.url).hostname == CONSENT:
            raise Refused(f"{WHO} shows its consent page instead of the feed")
        if response.status != 200:
            raise error_of(response, who=WHO)
        channel_in(response.body, who=WHO)
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The articles as observations; those about a company with a similar name are dropped."""
        items = channel_in(reply.body, who=WHO).findall("item")[:MOST_ARTICLES]
        found = [_article(item, reply) for item in items]
        return read([article for article in found if article.title and article.url], company, under=self.gives)


def _article(item: Element, reply: Reply) -> Article:
    source = item.find("source")
    publisher = _text(item, "source")[:200]
    return Article(
        title=_text(item, "title").removesuffix(f" - {publisher}"),
        url=web_url(_text(item, "link")),
        publisher=publisher,
        site=web_url(source.get("url")) if source is not None else "",
        at=moment(_text(item, "pubDate"), fetched_at=reply.fetched_at),
    )


def _text(item: Element, name: str) -> str:
    return plain(item.findtext(name, ""))
