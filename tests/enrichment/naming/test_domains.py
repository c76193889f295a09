import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.naming.domains import is_address, is_shared_host, registrable_domain

LABELS = st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        "acmecorp.com",
        "ACMECORP.COM.",
        "  www.acmecorp.com ",
        "https://www.acmecorp.com/en",
        "http://acmecorp.com:8080/a?b=c#d",
        "acmecorp.com:443/en",
        "//acmecorp.com/en",
        "shop.eu.acmecorp.com",
        "http://user:password@acmecorp.com/",
        "http://evil.com@acmecorp.com/",
        "jo@acmecorp.com",
        "mailto:jo@mail.acmecorp.com?subject=hello",
        "<https://acmecorp.com>",
        "acmecorp。com",
    ],
)
def test_every_spelling_of_an_address_gives_the_registered_domain(text: str) -> None:
    assert registrable_domain(text) == "acmecorp.com"


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("acme.github.io", "acme.github.io"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("straße.de", "xn--strae-oqa.de"),
        ("XN--BCHER-KVA.de", "xn--bcher-kva.de"),
        ("日本語.jp", "xn--wgv71a119e.jp"),
        ("www.acme.example", "acme.example"),
        ("gmail.com", "gmail.com"),
    ],
)
def test_suffixes_of_several_labels_and_other_scripts_are_known(text: str, domain: str) -> None:
    assert registrable_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Acme",
        "Acme Corp",
        "Amazon.com, Inc.",
        "J.Crew",
        "co.uk",
        "github.io",
        "com",
        "localhost",
        "10.0.0.1",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "0x7f.1",
        "jo@gmail.com",
        "http://",
        "http://[acme.com]/",
        "http://acme\u2100.com",
        "acme..com",
        "-acme.com",
        "acme_corp.com",
        "acme.com/a b",
        "\ud800.com",
        "a" * 3000 + ".com",
        "example",
    ],
)
def test_what_names_no_registered_domain_gives_none(text: str) -> None:
    assert registrable_domain(text) is None


@given(LABELS, LABELS)
def test_subdomains_and_paths_change_nothing(label: str, below: str) -> None:
    domain = f"{label}.com"

    found = registrable_domain(f"https://{below}.{domain}/{below}?{below}")

    assert found in {domain, f"{below}.{domain}"}  # the latter where the list has `domain` as a suffix
    assert found == registrable_domain(found or "")


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    domain = registrable_domain(text)

    assert domain is None or (domain.isascii() and domain == domain.lower() and len(domain) <= 253)


@pytest.mark.parametrize("text", ["acme.com", "http://x/", "10.0.0.1", "jo@gmail.com", "co.uk", "www.acme"])
def test_addresses_are_told_from_names(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", ["Acme", "J.Crew", "U.S. Steel", "Yahoo!", "Amazon.com, Inc.", "AT&T", "@stake"])
def test_names_are_told_from_addresses(text: str) -> None:
    assert not is_address(text)


def test_places_where_everybody_has_a_page_are_known() -> None:
    assert is_shared_host("linkedin.com")
    assert is_shared_host("gmail.com")
    assert not is_shared_host("acmecorp.com")
