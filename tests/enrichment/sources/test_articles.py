"""Whose news an article is."""

import pytest

from enrichment.sources.articles import Article, is_about
from enrichment.sources.base import CompanyRef
from tests.enrichment.analysis.labelled import labelled

pytestmark = pytest.mark.once

ACME = CompanyRef(name="Acme Corp", domain="acmecorp.com")


@pytest.mark.parametrize(
    ("title", "is_its"),
    [
        ("Acme hires new CISO from Palo Alto Networks", True),
        ("Acme partners with Tamarack", True),
        ("Acme anvils and other cartoon gadgets go under the hammer", False),
        ("Acme brick wall auctioned for record price", False),
        ("Acme grocery workers approve strike", False),
        ("Acme township opens new library", False),
        ("Acme Church Opens Food Bank", False),
        ("Acme Appoints Chief Technology Officer", True),
        ("Acme, maker of anvils, files for IPO", True),
        ("Hackers steal customer data from Acme", True),
        ("Acme CEO resigns", True),
        ("Acme Corp anvils and other gadgets go under the hammer", True),
    ],
)
def test_a_short_name_alone_needs_a_headline_that_tells_clearly_what_happened(title: str, is_its: bool) -> None:
    assert is_about(Article(title=title, url="https://news.example/1"), ACME) is is_its


@pytest.mark.parametrize("split", ["dev", "held"])
def test_namesakes_of_short_names_are_left_out_and_most_of_the_companys_news_is_kept(split: str) -> None:
    rows = [(row, _is_kept(row["headline"], row["company"])) for row in labelled("own_short_names", split)]

    own = [is_kept for row, is_kept in rows if row["about"]]
    namesakes = [is_kept for row, is_kept in rows if not row["about"]]
    assert sum(namesakes) == 0
    assert sum(own) / len(own) >= 0.75


def test_a_text_that_names_the_company_stands_for_a_headline_that_does_not() -> None:
    url, title = "https://news.example/1", "Anvil maker hires new CISO"

    assert is_about(Article(title=title, url=url, text="Acme has hired a new CISO."), ACME)
    assert not is_about(Article(title=title, url=url, text="Acme brick walls are popular."), ACME)


def _is_kept(headline: str, company: str) -> bool:
    article = Article(title=headline, url="https://news.example/1")
    return is_about(article, CompanyRef(name=company, domain="company.example"))
