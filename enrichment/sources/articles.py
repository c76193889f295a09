"""Articles that a search of the news found, kept where they are about the company. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from enrichment.signals import why
from enrichment.sources.base import CompanyRef, Evidence, Extraction
from enrichment.sources.headlines import Headline, filed
from enrichment.sources.naming import Naming, goes_on_as_a_company, naming, registrable

MOST_ARTICLES = 100
_CLEAR = 0.2  # of a lead: a bare name with an unclear headline is not enough to tell whose news that is
GIVES = frozenset(
    {
        "recent_activities",
        "recent_news",
        "growth_signals",
        "buying_signals",
        "business_challenges",
        "budget_indicators",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, as a search shows it. `site`: an address of its publisher's, where `url` leads elsewhere first."""

    title: str
    url: str
    publisher: str = ""
    text: str = ""
    site: str = ""
    at: datetime | None = None

    @property
    def headline(self) -> Headline:
        evidence = Evidence(
            kind="article",
            title=self.title,
            url=self.url,
            text=self.text,
            publisher=self.publisher,
            published_at=self.at,
        )
        return Headline(text=self.title, evidence=evidence, url=self.url, publisher=self.publisher, at=self.at)


def is_about(article: Article, company: CompanyRef) -> bool:
    """Whether the article names the company; by its short name alone only where something clearly happens to a company.

    "Acme hires new CISO" is Acme Corp's; "Acme anvils for sale" may be anybody's, for a noun follows the name.
    """
    if company.domain is not None and registrable(article.site or article.url) == company.domain:
        return True
    named = max(naming(article.title, company), naming(article.text, company))
    return named is Naming.FULLY or (named is Naming.SHORTLY and _is_of_a_company(article, company))


def _is_of_a_company(article: Article, company: CompanyRef) -> bool:
    """Whether the headline tells clearly what happened, and the name stands there as a company's does."""
    reading = why(article.title)
    is_clear = reading.signal is not None and reading.lead >= _CLEAR
    where = article.title if naming(article.title, company) is not Naming.NOT else article.text
    return is_clear and goes_on_as_a_company(where, company)


def read(found: Sequence[Article], company: CompanyRef, *, under: frozenset[str]) -> Extraction:
    """The articles filed under those datasets; those about a company with a similar name are dropped and counted."""
    kept = {article.url: article for article in found if is_about(article, company)}
    observations = [seen for article in kept.values() for seen in filed(article.headline, under=under)]
    dropped = sum(article.url not in kept for article in found)
    return Extraction(observations=tuple(observations), records=len(found), dropped=dropped)
