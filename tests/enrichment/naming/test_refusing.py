import pytest

from enrichment.naming.refusing import disguised, trouble_with


@pytest.mark.parametrize(
    "text",
    [
        "acmecorp.com",
        "https://www.bbc.co.uk/news",
        "bücher.de",
        "xn--bcher-kva.de",
        "日立製作所.jp",
        "газпром.рф",
        "сас.рф",
        "한국.kr",
    ],
)
def test_a_companys_domain_is_no_trouble(text: str) -> None:
    assert trouble_with(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.0.0.1", "an IP address"),
        ("http://[::1]/", "an IP address"),
        ("co.uk", "an ending under which many register"),
        ("localhost", "has no ending"),
        ("acme.notanending", "ending that there is not"),
        ("gmail.com", "anybody has a mailbox"),
        ("jo@gmail.com", "anybody has a mailbox"),
        ("", "nothing to read"),
        ("acme corp", "no address"),
        ("a" * 3000, "too long"),
        ("раураl.com", "mixes Cyrillic and Latin letters"),
        ("xn--80ak6aa92e.com", "Cyrillic letters that look like Latin ones"),
        ("gοοgle.com", "mixes Greek and Latin letters"),
        ("օոս.com", "Armenian letters that look like Latin ones"),
        ("ɡoogle.com", "letters of no alphabet"),
        ("facebooḳ.com", "passes for facebook"),
        ("xn--gogle-jua.com", "passes for google"),
    ],
)
def test_what_is_no_companys_domain_is_told_with_the_way_out(text: str, words: str) -> None:
    told = trouble_with(text)

    assert words in told
    assert "; " in told


@pytest.mark.parametrize(
    "domain", ["acmecorp.com", "xn--bcher-kva.de", "xn--nestl-fsa.com", "xn--80afhbjqm2b.xn--p1ai"]
)
def test_a_domain_that_shows_what_it_is_is_no_disguise(domain: str) -> None:
    assert disguised(domain) == ""
