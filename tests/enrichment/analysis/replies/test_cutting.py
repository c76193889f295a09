"""A reply cut into sentences: the same ones however the text is cut on its way."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.analysis.replies.cutting import LONGEST_LINE, MOST, Cutter, Sentence, sentences_in

TEXTS = st.text(alphabet="ab [],.e1e2e\n-NO\x00\u202e", max_size=200)


def sentences(*pieces: str) -> list[Sentence]:
    cutter = Cutter()
    found = [each for piece in pieces for each in cutter.feed(piece)]
    return [*found, *cutter.end()]


def test_a_sentence_ends_with_its_line_and_cites_what_stands_behind_it() -> None:
    cutter = Cutter()

    assert cutter.feed("They hire in Berlin. [e1") == []
    assert cutter.feed(", e22]\nThey") == [Sentence("They hire in Berlin.", ("e1", "e22"))]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("- They hire. [e1][e2].", [("They hire.", ("e1", "e2"))]),
        ("1. They hire. [e1] They grow. [e2]", [("They hire.", ("e1",)), ("They grow.", ("e2",))]),
        ("They hire.", [("They hire.", ())]),
        ("They hire. [e1] And more", [("They hire.", ("e1",)), ("And more", ())]),
        ("NONE", []),
        ("None.", [("None.", ())]),
        ("[see there] They hire. [e1]", [("[see there] They hire.", ("e1",))]),
    ],
)
def test_what_a_line_says(line: str, told: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(each.text, each.evidence) for each in sentences_in(line)] == told


def test_what_is_said_twice_is_heard_once_and_there_is_an_end_to_all_of_it() -> None:
    assert sentences("They hire. [e1]\nThey  hire. [e1]\n") == [Sentence("They hire.", ("e1",))]
    assert len(sentences("".join(f"They hire {number}. [e1]\n" for number in range(99)))) == MOST


def test_a_line_without_an_end_is_dropped_and_the_next_one_heard() -> None:
    assert sentences("x" * LONGEST_LINE, "x" * 9, "\nThey hire. [e1]") == [Sentence("They hire.", ("e1",))]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 200), max_size=6))
def test_it_is_the_same_however_it_is_cut_on_its_way(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[one:other] for one, other in itertools.pairwise(places)]

    assert sentences(*pieces) == sentences(text)
