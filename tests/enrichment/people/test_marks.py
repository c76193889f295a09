import pytest

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


def test_a_host_alone_is_no_profile() -> None:
    assert marks.profile_key("https://acme.example/") == ""


def test_an_address_is_searched_for_in_every_spelling_that_counts_as_the_same() -> None:
    assert marks.needles(["Jane+crm@Acme.Example"], []) == ["jane+", "jane@acme.example"]


def test_a_profile_is_searched_for_as_databases_write_it() -> None:
    assert marks.needles([], ["https://de.linkedin.com/in/kwäme/"]) == ["kw\\u00e4me", "kwäme"]
