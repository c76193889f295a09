"""Google News' feed of a search: most of the world's news, behind Google's own links, and a consent page in Europe."""

from dataclasses import dataclass
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.messages import Moment, Reply, Request, text_reply
from enrichment.sandbox.searching import Query, news_about
from enrichment.sandbox.world.model import Article

MOST = 100  # items
ASKED_FOR_CONSENT = frozenset({"AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL", "NO", "SE"})
CONSENT = "https://consent.google.com/ml"


@dataclass(slots=True)
class GoogleNews:
    """The feed, and the host of the consent page."""

    def kind_of(self, _request: Request) -> str:
        return "google_news_rss"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.host != "news.google.com":
            return text_reply("<title>Before you continue</title>", kind_of_text="html", takes=0.3)
        if request.path != "/rss/search" or not request.field("q"):
            return self.refuse(404)
        country = request.field("gl", "US")
        if country in ASKED_FOR_CONSENT:
            where = (("location", f"{CONSENT}?continue=https://news.google.com/&gl={country}"),)
            return text_reply("", 302, kind_of_text="html", headers=where, takes=0.2)
        query = request.field("q")
        articles = news_about(Query.read(query), moment.world)
        return feed(query, [item(a, moment) for a in articles if pick(8, "feed", a.url)][:MOST])

    def refuse(self, status: int) -> Reply:
        words = "Our systems have detected unusual traffic from your computer network." if status != 404 else "404."
        return text_reply(f"<html><title>Sorry</title><p>{words}</p></html>", status, kind_of_text="html", takes=0.2)

    def reset(self) -> None:
        """Google remembers nothing."""


def feed(query: str, items: list[str]) -> Reply:
    title = f"<title>{escape(query)} - Google News</title><link>https://news.google.com/search</link>"
    body = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{title}{"".join(items)}</channel></rss>'
    return text_reply(body, kind_of_text="xml", takes=0.5)


def item(article: Article, moment: Moment) -> str:
    """One item: its link is Google's, its title ends with the publisher, its description repeats both."""
    name = f"CBMi{digest('feed', article.url)[:24]}"
    link = f"https://news.google.com/rss/articles/{name}?oc=5"
    at = format_datetime(days_before(moment.at, article.days, article.url), usegmt=True)
    site = "/".join(article.url.split("/")[:3])
    shown = f'<a href="{link}" target="_blank">{escape(article.title)}</a>&nbsp;&nbsp;<font>{article.publisher}</font>'
    return (
        f"<item><title>{escape(article.title)} - {escape(article.publisher)}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{name}</guid><pubDate>{at}</pubDate><description>{escape(shown)}</description>'
        f"<source url={quoteattr(site)}>{escape(article.publisher)}</source></item>"
    )
