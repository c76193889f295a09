"""What a query means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.sandbox.searching import Query, companies_called, named, news_about, plain
from enrichment.sandbox.world import World, load


@pytest.mark.parametrize(
    ("text", "phrases", "days"),
    [
        ('"Acme Corp"', ("acme corp",), None),
        ('"Acme Corp" OR "Acme" when:7d', ("acme corp", "acme"), 7),
        ("Acme Corp when:36h", ("acme corp",), 1),
        ('("Müller & Söhne") when:2m -site:x.example', ("muller & sohne",), 60),
        ("okta site:okta.com -jobs when:1y", ("okta",), 365),
        ('""', (), None),
        ("", (), None),
    ],
)
def test_a_query_is_read(text: str, phrases: tuple[str, ...], days: int | None) -> None:
    assert Query.read(text) == Query(phrases, days)


@pytest.mark.parametrize(
    ("phrase", "domains"),
    [
        ("Acme Corp", ["acmecorp.com"]),
        ("Acme Corporation", ["acmecorp.com"]),
        ("Acme Industries", ["acme-ind.com"]),
        ("Acme", ["acme-ind.com", "acmesol.io", "acmecorp.com"]),
        ("okta inc news", ["okta.com"]),
        ("Mueller", ["mueller-praezision.de"]),
        ("Müller & Söhne", ["mueller-praezision.de"]),
        ("狐工房", ["kitsune-kobo.jp"]),
        ("acmecorp.com", ["acmecorp.com"]),
        ("Nobody Ever", []),
    ],
)
def test_a_phrase_names_the_companies_that_a_reader_would_mean(phrase: str, domains: list[str], world: World) -> None:
    assert [company.domain for company in named(plain(phrase), world)] == domains


def test_a_company_that_the_database_does_not_list_is_not_found_there(world: World) -> None:
    assert companies_called("BrightPath Schools", world) == ()


def test_noise_is_found_by_its_word_only(world: World) -> None:
    titles = [article.title for article in news_about(Query.read("Quillmark"), world)]

    assert "Inkwell Systems becomes Quillmark" in titles
    assert "Quill pens return to fashion among calligraphers" not in titles


@given(st.text(max_size=200))
def test_any_query_has_an_answer(text: str) -> None:
    query = Query.read(text)

    assert all(phrase == plain(phrase) for phrase in query.phrases)
    assert len(news_about(query, load())) <= 200
