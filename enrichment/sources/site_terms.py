"""How a company sells, on its own site: its prices, whom it names as customers, what its products connect to. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

from enrichment.sources.base import Observation
from enrichment.sources.markup import Section
from enrichment.sources.sheet import Row
from enrichment.sources.site import Site, SitePage

MOST = 30  # of each
LONGEST_TERM = 160  # characters

_SUM = r"(?:[$€£¥]\s?\d|\d[\d.,]*\s?(?:USD|EUR|GBP|CHF|SEK|NOK|DKK)\b)"
_UNIT = r"(?:\b(?:per|a|each)|/)\s?(?:user|seat|member|employee|agent|month|year|day|record|request|call|transaction)\b"
_PRICE = re.compile(rf"{_SUM}|{_UNIT}|^(?:[\w ]{{2,30}}: )?free\b|\b(?:on request|custom pricing)\b", re.IGNORECASE)
_CUSTOMERS = re.compile(
    r"trusted by|our (?:customers|clients)|^(?:customers|clients)$|who works with|"
    r"(?:companies|teams) that (?:use|trust)",
    re.IGNORECASE,
)
_INTEGRATIONS = re.compile(r"integrations?\b|\bworks with\b(?!.*\bwho\b)|connects? (?:to|with)", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^(?:all|more|see|view|learn|read|browse|explore|contact|get|book|request|start|home|about|why|how|what|who)\b|"
    r"^(?:integrations?|customers?|overview|features?|pricing|partners?|documentation|support)$",
    re.IGNORECASE,
)


def terms(site: Site) -> Iterator[Observation]:
    """Prices, customers and integrations, as far as the site names them."""
    for page in site.of_kind("pricing", "home"):
        yield from page.sheet.page(_rows("pricing_model", _prices(page)))
    for page in site.of_kind("customers", "home"):
        yield from page.sheet.page(_rows("customers", _named(page, "customers", _CUSTOMERS)))
    for page in site.of_kind("integrations", "products", "home"):
        yield from page.sheet.page(_rows("integrations", _named(page, "integrations", _INTEGRATIONS)))


def _rows(dataset: str, texts: Iterator[str]) -> Iterator[Row]:
    return ((dataset, text, text) for text in islice(dict.fromkeys(texts), MOST))


def _prices(page: SitePage) -> Iterator[str]:
    """Lines of the pricing page that tell a price or what it is charged by; a plan's heading stands before its own."""
    if page.kind != "pricing":
        return
    for section in page.sections:
        yield from (item for item in section.items if _is_term(item))
        for paragraph in section.paragraphs[:2]:
            line = f"{section.heading}: {paragraph}" if section.level >= 2 else paragraph
            if _PRICE.search(paragraph) and len(line) <= LONGEST_TERM:
                yield line


def _is_term(text: str) -> bool:
    return 3 <= len(text) <= LONGEST_TERM and _PRICE.search(text) is not None


def _named(page: SitePage, kind: str, heading: re.Pattern[str]) -> Iterator[str]:
    """Names in the lists of a page that is all about them, else of a section that says so."""
    for section in page.sections:
        if page.kind == kind or heading.search(section.heading):
            yield from (item for item in section.items if _is_name(item))
        if page.kind == kind and _is_headed_name(section):
            yield section.heading


def _is_headed_name(section: Section) -> bool:
    """Whether the section is a card: a name, and a sentence about it."""
    return section.level == 3 and bool(section.paragraphs) and _is_name(section.heading)


def _is_name(text: str) -> bool:
    return (
        2 <= len(text) <= 60
        and len(text.split()) <= 6
        and text[0].isupper()
        and not text.endswith((".", "?", "!", ":"))
        and not _NO_NAME.match(text)
    )
