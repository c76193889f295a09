"""Files as spreadsheets and CRMs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.automation.bulk.model import MOST_LINES, Entry, UnreadableList
from enrichment.automation.bulk.reading import meant, read_table

PLAIN = "Account Name,Website,Account ID\nAcme Corp,acmecorp.com,001\nMüller & Söhne,mueller.de,002\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_file_reads_alike_in_every_encoding(encoding: str) -> None:
    listed = read_table(PLAIN.encode(encoding))

    assert listed.entries == (
        Entry(line=2, name="Acme Corp", domain="acmecorp.com", external_id="001"),
        Entry(line=3, name="Müller & Söhne", domain="mueller.de", external_id="002"),
    )


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_file_reads_alike_with_every_delimiter(delimiter: str) -> None:
    assert read_table(PLAIN.replace(",", delimiter).encode()) == read_table(PLAIN.encode())


def test_the_columns_that_were_guessed_are_told() -> None:
    listed = read_table(b"Owner,Firma,Webseite,Kundennummer\nKim,Acme,acme.com,7\n")

    assert listed.columns == {"name": "Firma", "domain": "Webseite", "externalId": "Kundennummer"}


def test_without_a_header_columns_are_told_by_what_is_in_them() -> None:
    listed = read_table(b"1,Acme Corp,https://www.acmecorp.com/\n2,Okta,okta.com\n")

    assert listed.columns == {"name": "column 2", "domain": "column 3"}
    assert [entry.line for entry in listed.entries] == [1, 2]


def test_a_column_that_is_chosen_is_read() -> None:
    listed = read_table(b"name,legal\nAcme,Acme Corporation\n", chosen={"name": "Legal"})

    assert listed.entries[0].name == "Acme Corporation"


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(UnreadableList, match="no column “firm”; there are name, legal"):
        read_table(b"name,legal\nAcme,Acme Corporation\n", chosen={"name": "firm"})


def test_lines_are_numbered_as_in_the_file() -> None:
    listed = read_table(b'name\n\n"Acme\nCorp"\n\nOkta\n')

    assert [(entry.line, entry.name) for entry in listed.entries] == [(3, "Acme Corp"), (6, "Okta")]


def test_one_column_of_names_is_a_list() -> None:
    assert [entry.name for entry in read_table(b"company\nAcme\nOkta").entries] == ["Acme", "Okta"]


def test_commas_within_quotes_are_no_delimiters() -> None:
    listed = read_table(b'name;domain\n"Smith, Jones, Brown";sjb.com\n')

    assert listed.entries[0] == Entry(line=2, name="Smith, Jones, Brown", domain="sjb.com")


def test_an_apostrophe_that_tamed_a_formula_is_taken_off_again() -> None:
    assert read_table(b"name\n'+1 Labs\n").entries[0].name == "+1 Labs"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no line with anything"),
        (b" \n,,\n", "no line with anything"),
        (b"name,domain\n", "no company below"),
        (b"1,2\n3,4\n", "No column names companies"),
        (b"name\n" + b"Acme\n" * (MOST_LINES + 1), "at most 1000"),
        (b'name\n"' + b"x" * 200_000, "no CSV"),
    ],
)
def test_what_is_no_list_is_refused_in_words(raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableList, match=words):
        read_table(raw)


@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_whatever_bytes_come_are_read_or_refused(raw: bytes) -> None:
    try:
        listed = read_table(raw)
    except UnreadableList:
        return
    assert all(len(entry.name) <= 250 and "\0" not in entry.name for entry in listed.entries)


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("firma", "name"), ("Firmenbezeichnung", "name"), ("Compnay", "name"), ("Web-Seite", "domain"),
        ("Kundennr", "externalId"), ("City", None), ("", None),
    ],
)  # fmt: skip
def test_a_word_that_is_no_columns_is_told_what_it_likely_means(word: str, field: str | None) -> None:
    assert meant(word) == field


def test_a_line_whose_column_was_not_read_says_which() -> None:
    listed = read_table(b"Firmenbezeichnung,Website,Ort\nAcme,,Berlin\nInitech,initech.com,\n,,\n,,Ulm\n")

    nothing = "The line has no name and no domain."
    assert [entry.reason for entry in listed.entries] == [
        f"{nothing} Column “Firmenbezeichnung” is not one I know; did you mean name? Choose it with nameColumn.",
        "",
        f"{nothing} Column “Ort” is not one I know; choose it with nameColumn.",
    ]
