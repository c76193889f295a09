import pytest

from enrichment.sources.base import CompanyRef
from enrichment.sources.naming import Naming, naming, registrable, same_name, words_of

ACME = CompanyRef(name="Acme Corp", domain="acmecorp.com", aliases=("Acme",))


@pytest.mark.parametrize(
    "text", ["Acme Corp raises $50M", "ACME CORP. buys a rival", "Shares of Acme Inc. rise", "The Acme Corp's plan"]
)
def test_a_whole_name_names_the_company(text: str):
    assert naming(text, ACME) is Naming.FULLY


@pytest.mark.parametrize(
    "text", ["Acme hires new CISO", "Rivals of Acme’s robots", "Acme.com is down", "Acme anvils for sale"]
)
def test_its_short_name_may_be_anybodys(text: str):
    assert naming(text, ACME) is Naming.SHORTLY


@pytest.mark.parametrize(
    "text",
    ["Acme Industries opens a plant", "Acme Solutions hires", "a box of acme thread", "Acmeville votes", "PacAcme", ""],
)
def test_a_longer_name_is_another_company(text: str):
    assert naming(text, ACME) is Naming.NOT


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("AT&T Inc.", "AT&T Inc buys a network"),
        ("L'Oréal S.A.", "L’Oréal SA grows"),
        ("Palo Alto Networks", "CISO leaves Palo Alto Networks"),
        ("monday.com", "Why monday.com grew"),
        ("Okta", "Okta and friends"),
        ("Müller & Söhne", "Muller & So\u0308hne wächst"),
        ("The Trade Desk, Inc.", "How Trade Desk sells"),
    ],
)
def test_names_of_many_shapes_are_found(name: str, text: str):
    assert naming(text, CompanyRef(name=name)) is Naming.FULLY


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.acme.co.uk/en", "acme.co.uk"),
        (" ACME.com. ", "acme.com"),
        ("http://user@shop.acme.de:8080/x", "acme.de"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("127.0.0.1", None),
        ("co.uk", None),
        ("http://[::1", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_the_registrable_domain_of_any_spelling(address: str, domain: str | None):
    assert registrable(address) == domain


def test_legal_forms_do_not_make_a_name():
    assert words_of("The Acme Corp.") == ("acme",)
    assert same_name("ACME, Inc.", "Acme GmbH")
    assert not same_name("Acme Industries", "Acme Inc")
    assert not same_name("", "")
