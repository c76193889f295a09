"""Texts speak well or ill of a company by words that can be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.analysis.sentiment import sentiment_of


@pytest.mark.parametrize(
    ("text", "label", "because"),
    [
        ("Acme posts record profit", "positive", ("record profit",)),
        ("Acme fined for failings", "negative", ("fined", "failings")),
        ("Acme names a chief financial officer", "neutral", ()),
        ("", "neutral", ()),
    ],
)
def test_a_text_is_judged_by_words_that_are_shown(text: str, label: str, because: tuple[str, ...]) -> None:
    assert (sentiment_of(text).label, sentiment_of(text).because) == (label, because)


def test_a_word_after_not_and_the_like_counts_for_the_other_side() -> None:
    assert sentiment_of("Acme avoids a fine").label == "positive"
    assert sentiment_of("Reviewers do not recommend Acme").because == ("not recommend",)
    assert sentiment_of("Reviewers do not recommend Acme").label == "negative"


def test_of_phrases_that_overlap_the_longest_counts() -> None:
    narrowed = sentiment_of("Acme's losses narrow")

    assert (narrowed.label, narrowed.because) == ("positive", ("losses narrow",))


def test_a_harmless_phrase_hides_the_word_in_it() -> None:
    assert sentiment_of("Job opening: analyst at Acme").label == "neutral"


def test_the_score_grows_with_what_is_said() -> None:
    mild, strong, stronger = (
        sentiment_of(text).score for text in ("Acme grows", "Acme's sales soar", "Acme's sales soar to record profit")
    )

    assert 0 < mild < strong < stronger < 1
    assert sentiment_of("Acme's shares plunge").score < 0


def test_words_are_shown_as_they_are_written() -> None:
    assert sentiment_of("ACME RECALLS 400 Vans").because == ("RECALLS",)


@given(st.text(max_size=2_000))
def test_any_text_has_a_sentiment(text: str) -> None:
    judged = sentiment_of(text)

    assert (judged.score > 0) == (judged.label == "positive")
    assert (judged.score < 0) == (judged.label == "negative")
    assert bool(judged.because) == (judged.label != "neutral")
    assert -1 < judged.score < 1
