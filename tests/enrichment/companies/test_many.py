"""Many texts at once are understood as each alone would be."""

import pytest
from pytest_django import DjangoAssertNumQueries

from enrichment.companies import find, find_many, register
from enrichment.models import Company

pytestmark = pytest.mark.django_db

ASKED: list[tuple[str, str | None]] = [
    *((text, None) for text in (
        "Acme Corp", "Acme", "acmecorp.com", "initech.com", "Zyzzyva Holdings", "Facebook", "Globex", "globex", "",
        "Globex Corporation Limited", "8.8.8.8", "gmail.com", "Globx Industries", "Müller_100% & Söhne", "jo@newco.io",
        "AB", "Industries Globex", "Brandneu % GmbH", "株式会社日立製作所", "Acme Industries Worldwide",
    )),
    ("Acme", "#new"),
    ("Acme", "acmecorp.com"), ("Initech", "initech.com"), ("Acme", "#1"), ("x", "#99999"), ("Okta", "gmail.com"),
]  # fmt: skip


def test_each_is_what_it_would_be_alone(acme_trio: list[Company]) -> None:
    register("Globex Industries", domain="globex-industries.com")
    register("Meta Platforms", domain="meta.com")

    assert find_many(ASKED) == [find(text, domain) for text, domain in ASKED]


def test_a_hundred_new_domains_take_two_queries(
    acme_trio: list[Company], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        found = find_many([(f"Newco {n}", f"newco{n}.com") for n in range(100)])

    assert found == [find(f"Newco {n}", f"newco{n}.com") for n in range(100)]
