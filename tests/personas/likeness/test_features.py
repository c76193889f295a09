"""Figures become numbers of one scale and back; what is unknown is said to be."""

from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.history import History, Hours
from personas.likeness.features import BY_FIGURE, FEATURES, behaviour_of
from personas.likeness.joining import DIMENSIONS, TEXT, folded, joined, parts
from personas.likeness.reasons import Side, reasons
from personas.metrics import measure
from tests.personas.metrics.planted import TERMS


def test_a_figure_is_told_in_steps_from_the_middling() -> None:
    response = FEATURES[BY_FIGURE["medianResponseTimeHours"]]

    assert response.scaled(9) == 0
    assert response.scaled(9 * 2**1.5) == pytest.approx(1)
    assert response.scaled(9 / 2**1.5) == pytest.approx(-1)


@given(st.sampled_from(FEATURES), st.floats(-2, 2))
def test_a_scaled_figure_is_read_back(feature: object, scaled: float) -> None:
    assert feature.scaled(feature.value(scaled)) == pytest.approx(max(scaled, -9), abs=1e-6)  # type: ignore[attr-defined]


def test_of_nothing_nothing_is_known() -> None:
    empty = History(contact=uuid4(), hours=Hours(zone=ZoneInfo("Europe/Berlin")))

    behaviour, known = behaviour_of(measure(empty, TERMS))

    assert not known.any()
    assert not behaviour.any()


def row(behaviour: list[float], known: list[int], text: list[float] | None = None) -> np.ndarray:
    said = np.zeros((1, TEXT), dtype=np.float32)
    said[0, : len(text or [])] = text or []
    return joined(_padded(behaviour)[None], _padded(known)[None] > 0, said)[0]  # type: ignore[no-any-return]


def _padded(numbers: list[float] | list[int]) -> np.ndarray:
    made = np.zeros(len(FEATURES), dtype=np.float32)
    made[: len(numbers)] = numbers
    return made


def test_two_that_behave_and_write_alike_are_one() -> None:
    assert float(row([1, -1], [1, 1], [1]) @ row([1, -1], [1, 1], [1])) == pytest.approx(1, abs=1e-6)


def test_a_row_weighs_behaviours_more_than_texts() -> None:
    one = row([1, -1], [1, 1], [1, 0])

    assert float(one @ row([1, -1], [1, 1], [0, 1])) == pytest.approx(0.6, abs=1e-6)
    assert parts(one, row([1, -1], [1, 1], [0, 1])) == pytest.approx((1, 0), abs=1e-6)
    assert parts(one, row([1, -1], [1, 1]))[1] is None


def test_what_is_unknown_adds_nothing() -> None:
    assert (row([1, 7], [1, 0]) == row([1, 0], [1, 1])).all()


def test_vectors_of_models_keep_their_angles_when_they_are_folded() -> None:
    chance = np.random.default_rng(1)
    one, noise = chance.normal(size=1024), chance.normal(size=1024)
    other = one + noise  # at 45°

    found = folded(one.astype(np.float32)) @ folded(other.astype(np.float32))

    assert 1 + len(FEATURES) + TEXT == DIMENSIONS
    assert float(found) == pytest.approx(2**-0.5, abs=0.15)


def side(behaviour: list[float], known: list[int], **said: list[str]) -> Side:
    return Side(behaviour=_padded(behaviour), known=_padded(known) > 0, said=said)


def test_reasons_have_both_figures_the_least_usual_first() -> None:
    found = reasons(side([-1, 0.1, 2], [1, 1, 1]), side([-1.2, 0.1, 0], [1, 1, 1]))

    assert [reason.figure for reason in found] == ["medianResponseTimeHours", "emailEngagementRate"]
    assert found[0].words == "Median response time: 3.2 working h and 2.6 working h"


def test_what_one_does_not_know_is_no_reason() -> None:
    assert reasons(side([1], [1]), side([1], [0])) == []


def test_topics_and_words_of_both_are_reasons() -> None:
    here = side([], [], topics=["objection.price", "pain.nosuch"], words=["okta", "directory"])

    found = reasons(here, side([], [], topics=["pain.nosuch", "objection.price"], words=["directory", "hsm"]))

    assert [reason.words for reason in found] == ["Both say: The price", "Both write of directory"]
