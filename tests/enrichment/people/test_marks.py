import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.people import marks


@pytest.mark.parametrize(
    "name", ["Jane Doe", "DOE, Jane", "Dr. Jane A. Doe", "jane  doe", "Jané Doe", "Jane Doe, PhD", "Jane-Doe"]
)
def test_every_spelling_of_a_name_has_one_key(name: str) -> None:
    assert marks.name_key(name) == "doe jane"


def test_other_names_have_other_keys() -> None:
    assert len({marks.name_key(name) for name in ("Jane Doe", "John Doe", "Jane Roe", "Jane Doe Smith")}) == 4


def test_a_name_that_is_nothing_but_initials_keeps_them() -> None:
    assert marks.name_key("J. D.") == "d j"


def test_a_mail_address_is_compared_without_case_and_tag() -> None:
    assert marks.email_key(" Jane.Doe+news@Acme.Example ") == "jane.doe@acme.example"


def test_a_mail_address_may_have_an_ampersand() -> None:
    assert marks.email_key("R&D+news@acme.example") == "r&d@acme.example"


def test_a_mail_address_is_met_behind_an_ampersand_too() -> None:
    text = "/send?to=a&jane@acme.example"

    assert [(key, text[a:b]) for key, a, b in marks.emails(text)] == [
        ("a&jane@acme.example", "a&jane@acme.example"),
        ("jane@acme.example", "jane@acme.example"),
    ]


def test_a_mail_address_is_searched_for_as_pages_and_json_write_its_ampersand() -> None:
    found = marks.needles(["r&d@acme.example"], [])

    assert {"r&d@acme.example", "r&amp;d@acme.example", "r\\u0026d@acme.example", "r&d+"} <= set(found)


@pytest.mark.parametrize("text", ["", "jane", "jane@", "jane@localhost", "a jane@acme.example"])
def test_what_is_no_mail_address_has_no_key(text: str) -> None:
    assert marks.email_key(text) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/in/jane-doe",
        "http://de.linkedin.com/in/Jane-Doe/?trk=people",
        "linkedin.com/in/jane-doe/",
        "//m.linkedin.com/in/jane-doe#top",
    ],
)
def test_every_spelling_of_a_profile_has_one_key(url: str) -> None:
    assert marks.profile_key(url) == "linkedin.com/in/jane-doe"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/in/jörg",
        "https://www.linkedin.com/in/Jo\u0308rg/",
        "linkedin.com/in/J%C3%B6rg",
        "linkedin.com/in/j%c3%b6rg?trk=people",
        "linkedin.com/in/J%C3%96RG",
        "linkedin.com/in/jo%CC%88rg%20",
        "https://www.de.linkedin.com:443/in/j%C3%B6rg",
        "https://jane:secret@linkedin.com/in/j%C3%B6rg.",
    ],
)
def test_a_profile_is_the_same_escaped_decomposed_and_with_a_port(url: str) -> None:
    assert marks.profile_key(url) == "linkedin.com/in/jörg"


@pytest.mark.parametrize(
    ("path", "key"),
    [("%2541", "%2541"), ("100%", "100%25"), ("a%3Fb%23c", "a%3fb%23c"), ("%E4", "%e4"), ("%25%34%31", "%2541")],
)
def test_what_would_be_read_otherwise_the_second_time_stays_escaped(path: str, key: str) -> None:
    assert marks.profile_key(f"acme.example/{path}") == f"acme.example/{key}"


PARTS = st.sampled_from(
    [
        "%",
        "25",
        "41",
        "%c3",
        "%B6",
        "%2F",
        "%20",
        "%3f",
        "/",
        ".",
        ";",
        "?",
        " ",
        "\u0308",
        "o",
        "ö",
        "ß",
        "İ",
        "\u0345",
    ]
)
HOSTS = st.sampled_from(
    ["https://", "//", "www.", "m.", "de.", "a.b", "linkedin.com", "u:p@", ":443", "Ö.example", " "]
)


@given(st.lists(HOSTS, max_size=6).map("".join), st.lists(PARTS | st.text(max_size=3), max_size=8).map("".join))
def test_the_key_of_a_key_is_the_key(host: str, path: str) -> None:
    key = marks.profile_key(f"{host}/{path}")

    assert marks.profile_key(key) == key


@pytest.mark.parametrize("url", ["linkedin.com/in/", "https://www.linkedin.com/pub", "linked in.com/in/jane"])
def test_what_is_nobodys_address_is_no_profile(url: str) -> None:
    assert marks.profile_key(url) == ""


def test_an_address_too_long_for_one_is_no_profile() -> None:
    assert marks.profile_key("linkedin.com/in/" + "a" * 1000) == ""
    assert marks.profile_key("linkedin.com/in/jane?" + "a" * 10_000) == "linkedin.com/in/jane"


@pytest.mark.parametrize("text", ["at linkedin.com:443/in/j%C3%B6rg!", "https://linkedin.com/in/Jo\u0308rg, CFO"])
def test_a_profile_in_a_text_is_met_in_every_spelling(text: str) -> None:
    assert [key.rstrip("!") for key, _, _ in marks.profiles(text)] == ["linkedin.com/in/jörg"]


def test_a_host_alone_is_no_profile() -> None:
    assert marks.profile_key("https://acme.example/") == ""


def test_an_address_is_searched_for_in_every_spelling_that_counts_as_the_same() -> None:
    assert marks.needles(["Jane+crm@Acme.Example"], []) == ["jane+", "jane@acme.example"]


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def in_lower_hex(text: str) -> str:
    return quote(text).replace("%C3", "%c3").replace("%CC", "%cc")


@given(
    st.text("abgrjöéçß王и-_1'+@", min_size=1, max_size=12),
    st.sampled_from([str.lower, str.upper, str.title]),
    st.sampled_from([composed, decomposed]),
    st.sampled_from([str, quote, in_lower_hex, in_json]),
)
def test_a_profile_is_searched_for_in_every_spelling(
    slug: str, cased: Callable[[str], str], form: Callable[[str], str], written: Callable[[str], str]
) -> None:
    url = f"https://linkedin.com/in/{slug}x"

    stored = written(form(cased(f"{slug}x")))

    assert marks.profile_key(f"linkedin.com/in/{quote(form(cased(slug + 'x')))}") == marks.profile_key(url)
    assert any(needle.lower() in stored.lower() for needle in marks.needles([], [url]))


def test_a_profile_is_searched_for_by_the_longest_run_that_every_spelling_has() -> None:
    assert marks.needles([], ["https://de.linkedin.com/in/Jörg-Groß-Fuchs-42/"]) == ["-fuchs-42"]


def test_a_short_name_in_another_script_is_long_enough_to_be_searched_for() -> None:
    assert "%E7%8E%8B%E5%B0%8F" in marks.needles([], ["linkedin.com/in/王小"], shortest=5)
    assert marks.needles([], ["linkedin.com/in/jane"], shortest=5) == []


def test_a_profile_is_searched_for_as_databases_write_it() -> None:
    assert {"kw\\u00e4me", "kwäme"} <= set(marks.needles([], ["https://de.linkedin.com/in/kwäme/"]))
