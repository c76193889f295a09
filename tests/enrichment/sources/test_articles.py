"""Whose news an article is."""

import pytest

from enrichment.sources.articles import Article, is_about
from enrichment.sources.base import CompanyRef

pytestmark = pytest.mark.once

ACME = CompanyRef(name="Acme Corp", domain="acmecorp.com")


@pytest.mark.parametrize(
    ("title", "is_its"),
    [
        ("Acme hires new CISO from Palo Alto Networks", True),
        ("Acme partners with Tamarack", True),
        ("Acme anvils and other cartoon gadgets go under the hammer", False),
        ("Acme brick wall auctioned for record price", False),
        ("Acme Corp anvils and other gadgets go under the hammer", True),
    ],
)
def test_a_short_name_alone_needs_a_headline_that_tells_clearly_what_happened(title: str, is_its: bool) -> None:
    assert is_about(Article(title=title, url="https://news.example/1"), ACME) is is_its
