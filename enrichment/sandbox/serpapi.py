"""SerpApi: searches by a key in the query string. 200 is not success: an empty search is 200 with an `error`."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.google_jobs import job_results
from enrichment.sandbox.googling import google_results
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.searching import Query, news_about
from enrichment.sandbox.world.model import Article

PRICE = Decimal("0.02")  # USD per search that is neither cached nor failed
CACHED_FOR = timedelta(hours=1)
EMPTY = "Google hasn't returned any results for this query."
WORDS = {
    400: "Missing query `q` parameter.",
    402: "Payment required.",
    401: "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key",
    403: "Your account has been deleted.",
    429: "Your account has exceeded its hourly throughput limit.",
    503: "We couldn't get valid results for this search. Please try again later.",
}
RUN_OUT = "Your account has run out of searches."
KINDS = {"google_news": "serp_news", "google": "serp_google", "google_jobs": "serp_jobs"}


@dataclass(slots=True)
class SerpApi:
    """The search provider, with its hour of cache."""

    searched: dict[str, datetime] = field(default_factory=dict)  # canonical query -> when it was paid for
    spent: deque[datetime] = field(default_factory=lambda: deque(maxlen=100_000))

    def kind_of(self, request: Request) -> str:
        return "serp_account" if request.path.startswith("/account") else KINDS.get(request.field("engine"), "serp")

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.path in {"/account", "/account.json"}:
            return self.account(request, moment)
        if request.path not in {"/search", "/search.json"}:
            return json_reply({"error": "Not found."}, 404, takes=0.3)
        return refusal_of(request) or self.search(request, moment)

    def refuse(self, status: int) -> Reply:
        content: dict[str, Any] = {"error": WORDS.get(status, "Internal error.")}
        if status == 503:
            content["search_metadata"] = {"status": "Error"}
        return json_reply(content, status, takes=0.3)

    def reset(self) -> None:
        self.searched.clear()
        self.spent.clear()

    def search(self, request: Request, moment: Moment) -> Reply:
        engine = request.field("engine", "google")
        results = ENGINES.get(engine)
        if results is None:
            return json_reply({"error": f"Unsupported `{engine}` search engine."}, 400, takes=0.3)
        if not request.field("q"):
            return json_reply({"error": WORDS[400]}, 400, takes=0.3)
        content = envelope(request, engine, moment.at) | results(request, moment)
        charged = self.charge(request, moment.at)
        return json_reply(content, charged=charged, takes=0.8 if charged else 0.3)

    def charge(self, request: Request, at: datetime) -> Decimal:
        """USD for this search: nothing where the same one was paid for within the hour."""
        canonical = digest(*sorted(pair for pair in request.query if pair[0] not in {"api_key", "no_cache"}))
        paid_at = self.searched.get(canonical)
        if paid_at is not None and at - paid_at < CACHED_FOR and request.field("no_cache") != "true":
            return Decimal("0.00")
        self.searched[canonical] = at
        self.spent.append(at)
        return PRICE

    def account(self, request: Request, moment: Moment) -> Reply:
        key = request.field("api_key")
        if not key or key == keys.WRONG:
            return json_reply({"error": WORDS[401]}, 401, takes=0.3)
        left = 0 if key == keys.RUN_OUT else max(0, 5000 - len(self.spent))
        last_hour = sum(1 for paid_at in self.spent if moment.at - paid_at < CACHED_FOR)
        content = {
            "account_id": digest("account", key)[:24],
            "api_key": key,
            "account_email": "owner@sandbox.example",
            "plan_id": "bigdata",
            "plan_name": "Sandbox Plan",
            "plan_monthly_price": 75.0,
            "searches_per_month": 5000,
            "plan_searches_left": left,
            "extra_credits": 0,
            "total_searches_left": left,
            "this_month_usage": 5000 - left,
            "last_hour_searches": 1000 if key == keys.HOURLY else last_hour,
            "account_rate_limit_per_hour": 1000,
        }
        return json_reply(content, takes=0.3)


def refusal_of(request: Request) -> Reply | None:
    """The refusal that the key earns; None where it is good."""
    match request.field("api_key"):
        case "" | keys.WRONG:
            return json_reply({"error": WORDS[401]}, 401, takes=0.3)
        case keys.DELETED:
            return json_reply({"error": WORDS[403]}, 403, takes=0.3)
        case keys.RUN_OUT:
            return json_reply({"error": RUN_OUT}, 429, takes=0.3)
        case keys.HOURLY:
            return json_reply({"error": WORDS[429]}, 429, takes=0.3)
    return None


def envelope(request: Request, engine: str, at: datetime) -> dict[str, Any]:
    """What every search answer starts with."""
    parameters = {name: value for name, value in request.query if name != "api_key"}
    search = digest(engine, request.query, at.date())[:24]
    stamp = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return {
        "search_metadata": {
            "id": search,
            "status": "Success",
            "json_endpoint": f"https://serpapi.com/searches/{search[:16]}/{search}.json",
            "created_at": stamp,
            "processed_at": stamp,
            f"{engine}_url": "https://news.google.com/",
            "raw_html_file": f"https://serpapi.com/searches/{search[:16]}/{search}.html",
            "total_time_taken": 0.84,
        },
        "search_parameters": {"engine": engine} | parameters,
    }


def empty(results: str) -> dict[str, Any]:
    """The answer of a search that found nothing, which is not a failure."""
    return {"search_information": {f"{results}_state": "Fully empty"}, "error": EMPTY}


def news_results(request: Request, moment: Moment) -> dict[str, Any]:
    articles = news_about(Query.read(request.field("q")), moment.world)
    if not articles:
        return empty("news_results")
    items = [news_item(article, position, moment.at) for position, article in enumerate(articles[:100], start=1)]
    return {"news_results": items}


def web_results(request: Request, moment: Moment) -> dict[str, Any]:
    return google_results(request, moment) or empty("organic_results")


def found_jobs(request: Request, moment: Moment) -> dict[str, Any]:
    return job_results(request, moment) or empty("jobs_results")


def news_item(article: Article, position: int, at: datetime) -> dict[str, Any]:
    """One item; as in real answers, some lack `iso_date`, authors or a thumbnail."""
    moment = days_before(at, article.days, article.url)
    source: dict[str, Any] = {"name": article.publisher, "icon": "https://encrypted-tbn0.gstatic.com/faviconV2"}
    item: dict[str, Any] = {
        "position": position,
        "title": article.title,
        "source": source | ({"authors": list(article.authors)} if article.authors else {}),
        "link": article.url,
        "date": moment.strftime("%m/%d/%Y, %I:%M %p, +0000 UTC"),
    }
    if pick(3, "thumbnail", article.url):
        item["thumbnail"] = f"https://img.sandbox.example/{digest(article.url)[:12]}.jpg"
    if pick(4, "iso", article.url):
        item["iso_date"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return item


Results = Callable[[Request, Moment], dict[str, Any]]
ENGINES: dict[str, Results] = {"google_news": news_results, "google": web_results, "google_jobs": found_jobs}
