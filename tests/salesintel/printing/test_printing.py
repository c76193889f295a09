"""Documents as PDF: what is printed is what was given, as text."""

import re
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from salesintel.printing import CannotPrint, to_pdf
from tests.pdf import links_of, text_of

AT = datetime(2026, 11, 22, 14, 30, 0, 999_999, tzinfo=UTC)
HOSTILE = (
    '#evil() #read("/etc/passwd") #import "x" *b* _i_ $x$ [a](https://evil.example) <lab> @ref // c /* d */ \\ ` = h'
)


def line(text: str, *cites: int, **how: bool) -> dict[str, Any]:
    return {"spans": [{"text": text, **how}], "cites": cites}


def conversation(text: str, *, title: str = "Acme", url: str = "") -> dict[str, Any]:
    """A conversation in which every text is this one."""
    kinds = [{"kind": kind, "lines": [line(text, 1), line(text, bold=True)]} for kind in ("p", "h", "ul", "ol")]
    return {
        "title": title,
        "subtitle": text,
        "moment": "22 November 2026",
        "invented": True,
        "sources": [{"title": text, "where": text, "url": url, "quote": text}],
        "said": [
            {"is_question": True, "title": text, "moment": "14:30", "blocks": []},
            {"is_question": False, "title": "", "moment": "", "blocks": kinds},
        ],
    }


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_hostile_text_is_printed_as_text_wherever_it_stands():
    printed = to_pdf("conversation", conversation(HOSTILE, title=HOSTILE), at=AT)

    assert text_of(printed).count(squeezed(HOSTILE)) == 14
    assert links_of(printed) == []


def test_latin_greek_and_cyrillic_have_letters_of_their_own_on_any_machine():
    text = "Łódź Škoda Ångström ñ ß — Ελληνικά, Привет, Київ “x” … 40 %"

    printed = to_pdf("conversation", conversation(text), at=AT)

    assert text_of(printed).count(squeezed(text)) == 13
    assert b"pdfuaid" in printed, "it is PDF/UA, which takes no letter without a shape"


def test_letters_that_no_font_has_are_told_and_stop_nothing():
    printed = to_pdf("conversation", conversation("\U00016f40 Acme"), at=AT)

    assert "Lettersthatthisserverhasnofontforareshownasboxes." in text_of(printed)
    assert "Acme" in text_of(printed)


def test_nobody_turns_the_order_of_letters_or_hides_some():
    printed = to_pdf("conversation", conversation("pay \u202e 001 \u2066\u0007\ufeff\ue000\ud800 me"), at=AT)

    assert text_of(printed).count("pay001me") == 13


def test_it_is_a4_with_its_title_an_outline_tags_a_date_and_numbered_pages():
    printed = to_pdf("conversation", conversation("word " * 400), at=AT)

    assert b"/MediaBox[0 0 595.2756 841.8898]" in printed
    assert b"/Title(Acme)" in printed
    assert b"/Outlines" in printed
    assert b"/StructTreeRoot" in printed
    assert b"/CreationDate(D:20261122143000Z)" in printed
    pages = len(re.findall(rb"/Type/Page/", printed))
    assert all(f"{page}/{pages}" in text_of(printed) for page in range(1, pages + 1))


def test_a_source_leads_where_it_is_from():
    printed = to_pdf("conversation", conversation("x", url="https://news.example/a?b=(c)"), at=AT)

    assert links_of(printed) == ["https://news.example/a?b=(c)"]


def test_the_same_is_printed_twice_alike():
    assert to_pdf("conversation", conversation("x"), at=AT) == to_pdf("conversation", conversation("x"), at=AT)


def test_without_the_extra_it_is_said_which_one_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(CannotPrint, match=re.escape("pip install 'salesintel[pdf]'")):
        to_pdf("conversation", conversation("x"), at=AT)
