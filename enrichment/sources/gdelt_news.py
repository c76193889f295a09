"""News about a company by GDELT's DOC 2.0 API, which reaches three months back. No key.

`GET https://api.gdeltproject.org/api/v2/doc/doc`, one search a call. It answers 200 with a line of text where it does
not like the query ("The specified phrase is too short."), and at times where it is asked more than once in five
seconds; `{}` is no result. Titles stand apart from their punctuation, hold control characters and backslashes that JSON
does not know, and come once for each paper that printed them. The date is that on which GDELT saw the article.
"""

import re
from collections.abc import Iterable
from typing import ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.articles import GIVES, Article, read
from enrichment.sources.base import BadReply, CompanyRef, Extraction, Refused, Reply, SourceError, Throttled, register
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered, error_of, retry_after
from enrichment.sources.reading import Lenient, Objects, Text, Url, each, object_in

WHO = "GDELT"
SEARCH = "https://api.gdeltproject.org/api/v2/doc/doc"
SINCE = "3m"
MOST_ARTICLES = 75
PACE = 6.5  # seconds between two calls; five are asked for

_CONTROL = re.compile(rb"[\x00-\x1f]")
_BACKSLASH = re.compile(rb'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})?')
_LOOSE = re.compile(r"\s+([,.;:!?%)\]’]+)(?=\s|$)")


class Item(Lenient):
    url: Url = ""
    title: Text = ""
    seendate: Text = ""
    domain: Text = ""


class Found(Lenient):
    articles: Objects = []


@register
class GdeltNews:
    """Articles in English of the last three months, typed by the signal that their headline gives."""

    slug: ClassVar[str] = "gdelt_news"
    provider: ClassVar[str] = "gdelt"
    gives: ClassVar[frozenset[str]] = GIVES

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        name = " ".join(company.name.replace('"', " ").split())
        params = {
            "query": f'"{name}" sourcelang:english',
            "mode": "artlist",
            "format": "json",
            "maxrecords": str(MOST_ARTICLES),
            "timespan": SINCE,
            "sort": "datedesc",
        }
        response = await answered(http.get(SEARCH, params=params))
        if response.status != 200 or "json" not in response.headers.get("content-type", ""):
            raise _refusal(response)
        found = object_in(mended(response.body), who=WHO)
        if found and not isinstance(found.get("articles"), list):
            raise BadReply(f"{WHO} answered JSON that is no list of articles")
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The articles as observations, each title once; those about somebody else are dropped."""
        items = each(Item, Found.model_validate(object_in(mended(reply.body), who=WHO)).articles)
        found = [
            Article(
                title=_set(item.title),
                url=item.url,
                publisher=item.domain,
                at=moment(item.seendate, fetched_at=reply.fetched_at),
            )
            for item in items
            if item.title and item.url
        ]
        return read(_once(found), company, under=self.gives)


def _refusal(response: Response) -> SourceError:
    """What a status means, or a line of text that comes with 200."""
    said = response.body[:500].decode("utf-8", "replace").lower()
    if response.status == 429 or "limit requests" in said:
        return Throttled(f"{WHO} was asked too often", retry_after=retry_after(response) or PACE)
    if response.status != 200:
        return error_of(response, who=WHO)
    if not said.strip() or "<" in said:
        return BadReply(f"{WHO} answered neither articles nor a reason")
    return Refused(f"{WHO} does not accept the query")


def mended(body: bytes) -> bytes:
    """The answer with its control characters as spaces and its stray backslashes as backslashes."""
    return _BACKSLASH.sub(lambda found: found[0] if found[1] else rb"\\", _CONTROL.sub(b" ", body))


def _set(title: str) -> str:
    """`Acme opens a plant , hires 40` → `Acme opens a plant, hires 40`."""
    return _LOOSE.sub(r"\1", title)


def _once(articles: Iterable[Article]) -> list[Article]:
    """The first article of each title: the newest, as the answer is sorted."""
    seen: dict[str, Article] = {}
    for article in articles:
        seen.setdefault(article.title.casefold(), article)
    return list(seen.values())
