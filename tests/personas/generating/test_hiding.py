"""Names that are written otherwise than they are kept, and mails that are written so that a name slips through."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.generating.engines.hiding import Hidden

DANA = Hidden([("Dana Whitfield", "(the contact)")])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Anna Weiß", "Weiß"),
        ("Anna Weiß", "WEISS"),
        ("İpek Işık", "İpek"),
        ("José Núñez", unicodedata.normalize("NFD", "Núñez")),
        (unicodedata.normalize("NFD", "José Núñez"), "Núñez"),
        ("Dana Whitfield", "Whit\u00adfield"),
        ("Da\u200bna Whitfield", "D\u2060ana"),
    ],
)
def test_a_name_is_hidden_however_it_is_written(name: str, text: str) -> None:
    assert Hidden([(name, "(the contact)")])(f"So says {text}.") == "So says (the contact)."


def test_a_letter_that_only_looks_like_the_name_s_breaks_nothing() -> None:
    assert Hidden([("Nina Roth", "(the contact)")])("I am Nına.") == "I am (a person)."


def test_an_address_with_unseen_signs_in_it_is_hidden() -> None:
    assert DANA("Write to ola@\u200bberg.example.") == "Write to (address)."


@given(st.text(), st.text(alphabet="İıſKSßΣςaeiks ", min_size=3))
def test_no_text_and_no_name_break_it(text: str, name: str) -> None:
    assert isinstance(Hidden([(name, "(the contact)")])(f"{text} {name.swapcase()}"), str)
