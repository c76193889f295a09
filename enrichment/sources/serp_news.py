"""News about a company: SerpApi's `google_news` engine.

`iso_date` is missing in older answers, `date` then carries any zone. The uncertain part of the wire format: clusters
(`highlight`, `stories`), read where they occur.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.articles import GIVES, MOST_ARTICLES, Article, read
from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.dates import moment
from enrichment.sources.reading import Lenient, Object, Objects, Text, Url, each, object_in
from enrichment.sources.serpapi import WHO, phrase, searched


class Publisher(Lenient):
    name: Text = ""


class Item(Lenient):
    """One item of `news_results`; a cluster holds further ones."""

    title: Text = ""
    link: Url = ""
    snippet: Text = ""
    source: Object = {}
    iso_date: Text = ""
    date: Text = ""
    highlight: Objects = []
    stories: Objects = []


class Results(Lenient):
    news_results: Objects = []


@register
class SerpNews:
    """Articles of the last year that name the company, typed by the signal that their headline gives."""

    slug: ClassVar[str] = "serp_news"
    provider: ClassVar[str] = "serpapi"
    gives: ClassVar[frozenset[str]] = GIVES

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        query = f"{phrase(company.name)} when:1y"
        params = {"engine": "google_news", "q": query, "gl": "us", "hl": "en"}
        return await searched(http, params, brings=frozenset({"news_results"}))

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The articles as observations; those about a company with a similar name are dropped."""
        results = Results.model_validate(object_in(reply.body, who=WHO))
        found = [_article(item, reply.fetched_at) for item in _items(results.news_results)]
        return read(found[:MOST_ARTICLES], company, under=self.gives)


def _items(items: list[dict[str, Any]], depth: int = 2) -> Iterator[Item]:
    for item in each(Item, items):
        if item.title and item.link:
            yield item
        if depth:
            yield from _items([*item.highlight, *item.stories], depth - 1)


def _article(item: Item, fetched_at: datetime) -> Article:
    return Article(
        title=item.title,
        url=item.link,
        publisher=Publisher.model_validate(item.source).name,
        text=item.snippet,
        at=moment(item.iso_date, fetched_at=fetched_at) or moment(item.date, fetched_at=fetched_at),
    )
