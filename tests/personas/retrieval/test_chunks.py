"""A text is cut without losing a word, into pieces of a size."""

from hypothesis import given
from hypothesis import strategies as st

from personas.retrieval.chunks import LONGEST, WANTED, chunks

TEXTS = st.text(alphabet=st.sampled_from("abc é語.!?\n  "), max_size=6_000)


@given(TEXTS)
def test_no_word_is_lost(text: str) -> None:
    assert "".join("".join(chunk.text for chunk in chunks(text)).split()) == "".join(text.split())


@given(TEXTS)
def test_a_piece_is_where_it_says(text: str) -> None:
    assert all(text[chunk.begins : chunk.ends] == chunk.text for chunk in chunks(text))


@given(TEXTS)
def test_a_piece_is_of_a_size(text: str) -> None:
    assert all(len(chunk.text) <= WANTED + LONGEST for chunk in chunks(text))


def test_paragraphs_of_one_mail_stay_together_while_they_are_short() -> None:
    assert [chunk.text for chunk in chunks("Hello.\n\nIt is about the budget.")] == [
        "Hello.\n\nIt is about the budget."
    ]


def test_of_nothing_there_is_no_piece() -> None:
    assert chunks(" \n\n ") == []
