"""The labelled sets are what measures need: large enough, told apart, in the words that the product knows."""

import json
from typing import Any

import pytest

from enrichment import technologies
from enrichment.signals import SIGNALS
from tests.enrichment.analysis.labelled import labelled
from tests.enrichment.analysis.labelled.answers import ANSWERS
from tests.enrichment.analysis.labelled.scoring import Answered, Score, by_class, macro_f1, mean_f1, together

SIZES = {"headlines": 400, "titles": 400, "jobs": 200, "names": 200, "sentiment": 150}
FLOORS = {
    "headlines": 0.95,
    "titles": 0.98,
    "jobs": 0.97,
    "names": 0.98,
    "sentiment": 0.95,
}  # macro-F1 of the dev half: only ever raised

OWN = [
    ("headlines", "own_headlines"),
    ("titles", "own_titles"),
    ("names", "own_names"),
    ("jobs", "own_jobs"),
]  # sets that the authors of the rules wrote themselves, for development alone


def text(row: dict[str, Any]) -> str:
    """What a row asks about, without the case of its letters."""
    return json.dumps({key: row.get(key) for key in ("headline", "title", "text", "a", "b")}).casefold()


@pytest.mark.parametrize("name", SIZES)
def test_a_set_is_large_enough_and_half_of_it_is_for_measuring(name: str) -> None:
    dev, test = labelled(name, "dev"), labelled(name, "test")

    assert len(dev) + len(test) >= SIZES[name]
    assert 0.45 <= len(test) / len(dev + test) <= 0.55


@pytest.mark.parametrize("name", SIZES)
def test_no_text_stands_twice(name: str) -> None:
    texts = [text(row) for split in ("dev", "test") for row in labelled(name, split)]

    assert len(set(texts)) == len(texts)


def test_headlines_are_labelled_with_the_products_signals() -> None:
    found = {row["signal"] for split in ("dev", "test") for row in labelled("headlines", split)}

    assert found == {*SIGNALS, "none"}


def test_titles_are_labelled_with_the_documents_roles() -> None:
    found = {row["buying_role"] for split in ("dev", "test") for row in labelled("titles", split)}

    assert found == {"Decision Maker", "Champion", "Technical Buyer", "Influencer"}


def test_jobs_are_labelled_with_technologies_of_the_list() -> None:
    found = {name for split in ("dev", "test") for row in labelled("jobs", split) for name in row["technologies"]}

    assert [name for name in sorted(found) if technologies.by_name(name) is None] == []


@pytest.mark.once
@pytest.mark.parametrize("name", SIZES)
def test_what_was_learnt_of_the_dev_half_is_not_forgotten(name: str) -> None:
    scores = by_class(map(ANSWERS[name], labelled(name, "dev")))

    assert macro_f1(scores) >= FLOORS[name]


@pytest.mark.once
@pytest.mark.parametrize(("name", "own"), OWN)
def test_an_authors_own_set_is_answered_as_it_was(name: str, own: str) -> None:
    rows = labelled(own, "dev") + labelled(own, "held")

    assert macro_f1(by_class(map(ANSWERS[name], rows))) >= FLOORS[name]


def test_a_class_that_is_given_in_vain_lowers_the_mean() -> None:
    rows = [Answered(frozenset({"a"}), frozenset({"a"})), Answered(frozenset(), frozenset({"b"}))]

    assert by_class(rows) == {"a": Score(1, 1, 1), "b": Score(0, 0, 1)}
    assert macro_f1(by_class(rows)) == 0.5


def test_a_text_counts_as_much_as_another_whatever_it_names() -> None:
    rows = [Answered(frozenset("ab"), frozenset("a")), Answered(frozenset(), frozenset())]

    assert round(mean_f1(rows), 3) == 0.833


def test_all_decisions_count_alike_together() -> None:
    score = together({"a": Score(hits=8, meant=10, given=8), "b": Score(hits=1, meant=1, given=4)})

    assert (round(score.precision, 3), round(score.recall, 3), score.f1) == (0.75, 0.818, 18 / 23)
