"""What a company sells, to whom, with which promises, and what it announces, on its own site. Pure."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from enrichment.sources.base import Evidence, Observation
from enrichment.sources.dates import moment
from enrichment.sources.headlines import Headline, filed, stated
from enrichment.sources.linked_data import articles_in, products_in, word
from enrichment.sources.markup import Section
from enrichment.sources.naming import registrable
from enrichment.sources.reading import web_url
from enrichment.sources.sheet import Row
from enrichment.sources.site import Site, SitePage

MOST_PRODUCTS = 30
MOST_HEADLINES = 30
MOST_WORDS = 12

_PROMISES = re.compile(r"^why\b|benefits|advantages|what makes|what sets|difference|value", re.IGNORECASE)
_MARKETS = re.compile(
    r"who we (?:serve|help|work with)|\bindustries\b|\bmarkets\b|\bbuilt for\b|who it'?s for|\bsectors\b|designed for",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"what we (?:offer|do|make|sell|build)|our (?:products|solutions|platform|services)", re.IGNORECASE
)
_NO_PRODUCT = re.compile(
    r"^(?:products?|solutions?|services|platform|overview|features?|pricing|contact.*|get started.*|why .*|"
    r"learn more.*|resources|customers|faq.*|frequently asked.*|request .*|book .*|talk .*|sign up.*|"
    r"subscribe.*|ready to .*|trusted by.*|how it works)$",
    re.IGNORECASE,
)
_INDUSTRY_PATH = re.compile(r"/(?:industries|industry|sectors|markets|verticals)/[\w-]+/?$")
_FILED = frozenset({"recent_news", "recent_activities", "growth_signals", "business_challenges"})


def offer(site: Site) -> Iterator[Observation]:
    """Products, value propositions and target markets."""
    yield from _products(site)
    for page in site.of_kind("home", "products", "about"):
        yield from page.sheet.page(_promises(page))
        yield from page.sheet.page(_markets(page))


def _products(site: Site) -> Iterator[Observation]:
    seen: set[str] = set()
    for page in site.of_kind("products", "home"):
        found = [(name, text) for name, text in _offered(page) if name.casefold() not in seen][:MOST_PRODUCTS]
        seen.update(name.casefold() for name, _ in found)
        yield from page.sheet.page(
            ("products", f"{name}: {text}" if text else name, stated({"name": name, "description": text}))
            for name, text in found
        )


def _offered(page: SitePage) -> Iterator[tuple[str, str]]:
    """Name and description: from JSON-LD, else the headings of the products page, else a list of what is offered."""
    named = [(word(node, "name")[:100], word(node, "description")[:500]) for node in products_in(page.nodes)]
    if any(name for name, _ in named):
        yield from ((name, text) for name, text in named if name)
        return
    for section in page.sections:
        if page.kind == "products" and section.level in {2, 3} and section.paragraphs and _is_name(section.heading):
            yield section.heading, section.paragraphs[0][:500]
        elif _OFFERS.search(section.heading):
            yield from ((item, "") for item in section.items if _is_name(item))


def _is_name(text: str) -> bool:
    return (
        2 <= len(text) <= 60
        and len(text.split()) <= 6
        and not text.endswith((".", "?", "!"))
        and not _NO_PRODUCT.match(text)
    )


def _promises(page: SitePage) -> Iterator[Row]:
    """The home page's slogan, and the points under headings such as "Why Acme"."""
    for section in page.sections:
        if page.kind == "home" and section.level == 1 and 3 <= len(section.heading.split()) <= MOST_WORDS:
            yield "value_propositions", section.heading, section.heading
        if _PROMISES.search(section.heading):
            yield from (("value_propositions", item, item) for item in _points(section, 200))


def _markets(page: SitePage) -> Iterator[Row]:
    for section in page.sections:
        if _MARKETS.search(section.heading):
            yield from (("target_markets", item, item) for item in _points(section, 80))
    for url, words in page.view.links:
        if _INDUSTRY_PATH.search(urlsplit(url).path) and 0 < len(words) <= 60:
            yield "target_markets", words, words


def _points(section: Section, longest: int) -> Iterator[str]:
    return islice((item for item in section.items if 3 <= len(item) <= longest), 15)


def headlines(site: Site) -> Iterator[Observation]:
    """The press page's items, filed under the signals that they give."""
    found: dict[str, Headline] = {}
    for page in site.of_kind("news", "blog"):
        stated_items = list(_articles(page, site))
        for headline in stated_items or _listed(page, site):
            found.setdefault(headline.text.casefold(), headline)
    for headline in islice(found.values(), MOST_HEADLINES):
        yield from filed(headline, under=_FILED)


def _articles(page: SitePage, site: Site) -> Iterator[Headline]:
    for node in articles_in(page.nodes):
        title = word(node, "headline", "name")[:300]
        if len(title.split()) >= 3:
            text, date = word(node, "description", "articleBody"), word(node, "datePublished", "dateCreated")
            yield _headline(title, web_url(node.get("url")) or page.url, text, date, site)


def _listed(page: SitePage, site: Site) -> Iterator[Headline]:
    """Headings that lead somewhere or bear a date, of three words and more."""
    for section in page.sections:
        if section.level >= 2 and (section.href or section.at) and 3 <= len(section.heading.split()) <= 40:
            yield _headline(section.heading, section.href or page.url, section.text, section.at, site)


def _headline(title: str, url: str, text: str, date: str, site: Site) -> Headline:
    at = moment(date, fetched_at=site.fetched_at)
    publisher = registrable(url) or ""
    evidence = Evidence(kind="article", title=title, url=url, text=text[:2_000], publisher=publisher, published_at=at)
    return Headline(text=title, evidence=evidence, url=url, publisher=publisher, at=at)
