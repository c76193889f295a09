"""Hacker News by Algolia's search: a part of the world's news, with strays that the search takes for typing errors."""

import re
from dataclasses import dataclass
from typing import Any

from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.searching import Query, news_about
from enrichment.sandbox.world.model import Article


@dataclass(slots=True)
class HackerNews:
    """The search; every third article never made it there."""

    def kind_of(self, _request: Request) -> str:
        return "hacker_news"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.path not in {"/api/v1/search", "/api/v1/search_by_date"}:
            return self.refuse(404)
        query = request.field("query")
        articles = news_about(Query.read(query), moment.world) if query else ()
        told = [story(article, moment) for article in articles if pick(3, "hn", article.url)]
        since = re.search(r"created_at_i>(\d+)", request.field("numericFilters"))
        hits = [hit for hit in told if hit["created_at_i"] > int(since[1] if since else 0)]
        limit = int(request.field("hitsPerPage", "20"))
        content = {
            "hits": hits[:limit],
            "page": 0,
            "nbHits": len(hits),
            "nbPages": 1,
            "hitsPerPage": limit,
            "query": query,
            "exhaustiveNbHits": True,
            "processingTimeMS": 3,
        }
        return json_reply(content, takes=0.3)

    def refuse(self, status: int) -> Reply:
        return json_reply({"message": "indexName is not valid", "status": status}, status, takes=0.2)

    def reset(self) -> None:
        """The search remembers nothing."""


def story(article: Article, moment: Moment) -> dict[str, Any]:
    number, at = int(digest("hn", article.url)[:7], 16), days_before(moment.at, article.days, article.url)
    return {
        "objectID": str(number),
        "title": article.title,
        "url": article.url,
        "author": f"reader{number % 97}",
        "points": 5 + pick(300, "points", article.url),
        "num_comments": pick(150, "comments", article.url),
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "created_at_i": int(at.timestamp()),
        "story_text": None,
        "story_id": number,
        "_tags": ["story", f"story_{number}"],
    }
