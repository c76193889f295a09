"""Vectors without a model: texts on one subject are nearer than others, and nothing is known without the key."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.retrieval.hashing import DIMENSIONS, embed

KEY = b"k" * 32


@given(st.text(max_size=400))
def test_a_vector_has_length_one_or_none(text: str) -> None:
    length = float(np.linalg.norm(embed([text], key=KEY)[0]))

    assert length == pytest.approx(1, abs=1e-5) or length == 0


def test_the_same_text_has_the_same_vector() -> None:
    text = "The budget for single sign-on is frozen until March."

    first, second = embed([text, text], key=KEY)

    assert first.shape == (DIMENSIONS,)
    assert (first == second).all()


def test_another_key_gives_another_vector() -> None:
    text = ["The budget for single sign-on is frozen until March."]

    assert abs(float(embed(text, key=KEY)[0] @ embed(text, key=b"other")[0])) < 0.35


QUESTIONS = {
    "what did they say on price?": "Your price is too high for us; the pricing of Okta was lower.",
    "migration of directories": "We would have to migrate both directories, and migrating took a year last time.",
    "who has to sign": "Procurement has to sign, and our legal department signs last.",
    "security audit": "The auditors want to see the audit logs before the security review.",
    "Vertragslaufzeit": "Die Laufzeit des Vertrags endet im Mai, die Vertragslaufzeit war zwei Jahre.",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_on_the_subject_is_nearest(question: str) -> None:
    vectors = embed([question, *QUESTIONS.values()], key=KEY)

    scores = vectors[1:] @ vectors[0]

    assert list(QUESTIONS)[int(scores.argmax())] == question
