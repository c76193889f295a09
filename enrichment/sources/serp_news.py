"""News about a company: SerpApi's `google_news` engine.

`GET https://serpapi.com/search.json?engine=google_news&q=…&api_key=…`, one search a call; an identical one within the
hour is free there, so the query is always spelled alike. 200 is not success: an `error` may come with it, and a search
without hits is `Success` with an `error` text. `iso_date` is missing in older answers, `date` then carries any zone.
The uncertain part of the wire format: clusters (`highlight`, `stories`), read where they occur.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.signals import classify
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Evidence,
    Extraction,
    QuotaExhausted,
    Refused,
    Reply,
    SourceError,
    Unavailable,
    register,
)
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.headlines import Headline, filed
from enrichment.sources.naming import Naming, naming, registrable
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Url, each, object_in

SEARCH = "https://serpapi.com/search.json"
ACCOUNT = "https://serpapi.com/account.json"
WHO = "SerpApi"
MOST_ARTICLES = 100


class Publisher(Lenient):
    name: Text = ""


class Article(Lenient):
    """One item of `news_results`; a cluster holds further ones."""

    title: Text = ""
    link: Url = ""
    snippet: Text = ""
    source: Object = {}
    iso_date: Text = ""
    date: Text = ""
    highlight: Objects = []
    stories: Objects = []


class Envelope(Lenient):
    error: Text = ""
    search_metadata: Object = {}
    search_information: Object = {}
    news_results: Objects = []

    @property
    def status(self) -> str:
        return str(self.search_metadata.get("status", ""))

    @property
    def is_empty(self) -> bool:
        """Whether `error` only says that nothing was found."""
        states = [v for name, v in self.search_information.items() if str(name).endswith("_state")]
        return "hasn't returned any results" in self.error or "Fully empty" in states


class Account(Lenient):
    total_searches_left: Number = None


@register
class SerpNews:
    """Articles of the last year that name the company, typed by the signal that their headline gives."""

    slug: ClassVar[str] = "serp_news"
    provider: ClassVar[str] = "serpapi"
    gives: ClassVar[frozenset[str]] = frozenset(
        {
            "recent_activities",
            "recent_news",
            "growth_signals",
            "buying_signals",
            "business_challenges",
            "budget_indicators",
        }
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        name = " ".join(company.name.replace('"', " ").split())
        params = {"engine": "google_news", "q": f'"{name}" when:1y', "gl": "us", "hl": "en"}
        response = await answered(http.get(SEARCH, params=params | {"api_key": _key(http)}), buys=True)
        if response.status == 429:
            raise await _limit(response, http)
        if not 200 <= response.status < 300:
            raise error_of(response, who=WHO, buys=True)
        _check(_envelope(response.body))
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The articles as observations; those about a company with a similar name are dropped."""
        envelope = _envelope(reply.body)
        found = list(_articles(envelope.news_results))[:MOST_ARTICLES]
        kept = {article.link: article for article in found if _is_about(article, company)}
        observations = [
            observation
            for article in kept.values()
            for observation in filed(_headline(article, reply.fetched_at), under=self.gives)
        ]
        dropped = sum(article.link not in kept for article in found)
        return Extraction(observations=tuple(observations), records=len(found), dropped=dropped)


def _key(http: ProviderClient) -> str:
    return http.credentials.get("api_key", "")


def _envelope(body: bytes) -> Envelope:
    return Envelope.model_validate(object_in(body, who=WHO))


def _check(envelope: Envelope) -> None:
    """Raise what a reply of status 200 means. Failed searches are not charged."""
    if envelope.status in {"Queued", "Processing"}:
        raise Unavailable(f"{WHO} has not finished the search", retry_after=2.0)
    if envelope.status == "Error":
        raise Unavailable(f"{WHO} could not run the search")
    if envelope.error and not envelope.is_empty:
        raise _told(envelope.error)
    if not envelope.error and not envelope.status and not envelope.news_results:
        raise BadReply(f"{WHO} answered JSON that is no search result")


def _told(error: str) -> SourceError:
    if "run out of searches" in error:
        return QuotaExhausted(f"{WHO}: the account has no searches left")
    return Refused(f"{WHO} did not run the search")


async def _limit(response: Response, http: ProviderClient) -> SourceError:
    """Which of its two causes a 429 has: searches used up, or too many within the hour. The account tells, free."""
    if b"run out of searches" in response.body:
        return QuotaExhausted(f"{WHO}: the account has no searches left")
    try:
        account = await answered(http.get(ACCOUNT, params={"api_key": _key(http)}))
        left = Account.model_validate(object_in(account.body, who=WHO)).total_searches_left
    except SourceError:
        left = None
    if left is not None and left <= 0:
        return QuotaExhausted(f"{WHO}: the account has no searches left")
    return error_of(response, who=WHO)


def _articles(items: list[dict[str, Any]], depth: int = 2) -> Iterator[Article]:
    for article in each(Article, items):
        if article.title and article.link:
            yield article
        if depth:
            yield from _articles([*article.highlight, *article.stories], depth - 1)


def _is_about(article: Article, company: CompanyRef) -> bool:
    """Whether the article names the company; by its short name alone only where something happens to a company.

    "Acme hires new CISO" is Acme Corp's; "Acme anvils go under the hammer" gives no signal and may be anybody's.
    """
    if company.domain is not None and registrable(article.link) == company.domain:
        return True
    named = max(naming(article.title, company), naming(article.snippet, company))
    return named is Naming.FULLY or (named is Naming.SHORTLY and classify(article.title) is not None)


def _headline(article: Article, fetched_at: datetime) -> Headline:
    at = moment(article.iso_date, fetched_at=fetched_at) or moment(article.date, fetched_at=fetched_at)
    publisher = Publisher.model_validate(article.source).name
    evidence = Evidence(
        kind="article",
        title=article.title,
        url=article.link,
        text=article.snippet,
        publisher=publisher,
        published_at=at,
    )
    return Headline(text=article.title, evidence=evidence, url=article.link, publisher=publisher, at=at)
