"""Tables are read as programs write them; whatever the bytes, nothing is raised but `Unreadable`."""

import csv
import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from personas.importing import workbooks
from personas.importing.model import Row, Unreadable
from personas.importing.tables import all_rows, read_table

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    ["a;b", "a,b", 'say "no"', "two\nlines", "=1+1", "\tx"]
)


def rows_of(raw: bytes, **said: str) -> list[Row]:
    return [cells for _, cells in all_rows(read_table(raw, **said))]


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("codec", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"),
     ("cp1252", "windows-1252")],
)  # fmt: skip
def test_the_encoding_is_guessed_and_told(codec: str, told: str) -> None:
    table = read_table("Name;E-Mail\r\nJörg Müller;jorg@acme.de\r\n".encode(codec))

    assert all_rows(table) == [(2, ["Jörg Müller", "jorg@acme.de"])]
    assert table.read_as == {"encoding": told, "delimiter": "semicolon"}


def test_a_person_may_know_the_encoding_better() -> None:
    assert rows_of("Name,Email\n€uro,l@x.pl\n".encode(), encoding="windows-1252")[0][0] == "â‚¬uro"
    with pytest.raises(Unreadable, match="klingon"):
        read_table(b"Name\nx\n", encoding="klingon")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_told(mark: str) -> None:
    lines = [mark.join(cells) for cells in (["Name", "Email"], ['"A, B; C"', "x"], ["D", "y"])]

    assert rows_of("\n".join(lines).encode()) == [["A, B; C", "x"], ["D", "y"]]


def test_a_quoted_cell_goes_over_lines_and_numbers_are_those_of_lines() -> None:
    table = read_table(b'Name,Notes\nDana,"one\ntwo"\n\nOla,three\n')

    assert all_rows(table) == [(2, ["Dana", "one\ntwo"]), (5, ["Ola", "three"])]


def test_a_file_without_header_has_numbered_columns() -> None:
    table = read_table(b"Dana Whitfield,dana@acme.com\nOla Berg,ola@acme.com\n")

    assert table.header == ["column 1", "column 2"]
    assert len(all_rows(table)) == 2


def test_formulas_of_a_workbook_are_not_worked_out_and_dates_are_iso() -> None:
    raw = workbook(
        ["Name", "Amount", "When"], ["Dana", "=1+1", datetime.fromisoformat("2026-03-04T09:30")], ["Ola", 12.0, None]
    )

    assert rows_of(raw) == [["Dana", "=1+1", "2026-03-04 09:30:00"], ["Ola", "12", ""]]


def test_of_a_formula_the_value_is_read_that_the_workbook_holds() -> None:
    raw = workbook(["Name", "Amount"], ["Dana", "=1+1"])
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as parts, zipfile.ZipFile(kept, "w") as copy:
        for name in parts.namelist():
            copy.writestr(name, parts.read(name).replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>"))

    assert rows_of(kept.getvalue()) == [["Dana", "2"]]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 1_000_000)

    with pytest.raises(Unreadable, match="unpacks to more"):
        read_table(out.getvalue())


def test_a_workbook_of_too_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_CELLS", 10)

    with pytest.raises(Unreadable, match="cells"):
        rows_of(workbook(*[["Name", "Email", "Phone"]] * 9))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0old", "old kind"),
        (b"Name,Email\n", "no row below"),
        (b"\x00\x01\x02\xff\xfe\x00binary\x80", "no text"),
        (b'Name\n"' + b"x" * 1_100_000 + b'"\n', "no CSV"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        rows_of(raw)


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        rows_of(raw)
    except Unreadable:
        return


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_broken_workbook_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(_BOOK)
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows_of(bytes(raw))
    except Unreadable:
        return


_BOOK = workbook(["Name", "Email"], ["Dana", "dana@acme.com"])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.just("x"), CELL, CELL), min_size=1, max_size=6), mark=st.sampled_from([",", ";", "\t"])
)
def test_what_is_written_as_csv_is_read_again(rows: list[tuple[str, ...]], mark: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows([("Name", "Title", "Company"), *rows])
    name = {",": "comma", ";": "semicolon", "\t": "tab"}[mark]

    assert rows_of(out.getvalue().encode(), delimiter=name, encoding="utf-8") == [list(row) for row in rows]


@pytest.mark.parametrize("part", ["xl/styles.xml", "[Content_Types].xml", "xl/s.xml", "xl/worksheets/_rels/a.rels"])
def test_a_workbook_with_a_large_part_that_is_no_sheet_is_refused(part: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "")
        parts.writestr(part, b" " * (workbooks.LARGEST_PART + 1))

    with pytest.raises(Unreadable, match="beside its sheets"):
        workbooks.read_workbook(out.getvalue())


def test_a_workbook_of_too_many_texts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/sharedStrings.xml", b"<si/>" * (workbooks.MOST_STRINGS + 1))

    with pytest.raises(Unreadable, match="different texts"):
        workbooks.read_workbook(out.getvalue())
