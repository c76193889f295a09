"""Whoever makes vectors is asked as its wire wants it, is told no addresses, and its calls are in the ledger."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest

from personas.models import EmbeddingCall, EmbeddingProvider
from personas.retrieval.providers import NoVectors, provider_now, vectors_of
from tests.personas.retrieval.vector_server import Vectors, vector_server

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def server() -> Iterator[Vectors]:
    with vector_server() as running:
        yield running


def provider(server: Vectors, **fields: object) -> EmbeddingProvider:
    row = {
        "slug": "mine",
        "kind": "openai",
        "base_url": server.address,
        "credentials": {"api_key": "k-1"},
        "model": "text-embedding-3-small",
        "dimensions": 8,
        "price": Decimal("0.02"),
        "enabled": True,
    }
    return EmbeddingProvider.objects.create(**{**row, **fields})


def test_without_a_row_the_built_in_one_makes_them() -> None:
    made = vectors_of(["The budget is frozen."], by=provider_now())

    assert made.space == "builtin:1:256"
    assert np.linalg.norm(made.vectors[0]) == pytest.approx(1, abs=1e-5)
    assert not EmbeddingCall.objects.exists()


def test_vectors_come_in_the_order_of_the_texts(server: Vectors) -> None:
    server.backwards = True

    made = vectors_of(["a", "a longer text"], by=provider(server))

    assert made.vectors.shape == (2, 8)
    assert made.vectors[0][0] < made.vectors[1][0]
    assert np.linalg.norm(made.vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_addresses_and_numbers_stay_here(server: Vectors) -> None:
    vectors_of(["Write to dana@acmecorp.com or call +49 30 1234567 on the budget."], by=provider(server))

    assert server.asked[0]["input"] == ["Write to (address) or call (number) on the budget."]
    assert server.keys == ["Bearer k-1"]


def test_what_it_took_is_in_the_ledger(server: Vectors) -> None:
    vectors_of(["a"], by=provider(server))

    (call,) = EmbeddingCall.objects.all()
    assert (call.provider, call.texts, call.tokens, call.error) == ("mine", 1, 12, "")
    assert call.cost == Decimal("0.00000024")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 401}, "answered 401"),
        ({"status": 307, "location": "http://127.0.0.1:9/v1/embeddings"}, "answered 307"),
        ({"size": 4}, "vectors of 8 numbers"),
        ({"number": float("inf")}, "numbers that are none"),
    ],
)
def test_what_is_no_answer_is_said_and_ledgered(server: Vectors, fault: dict[str, object], words: str) -> None:
    for name, value in fault.items():
        setattr(server, name, value)

    with pytest.raises(NoVectors, match=words):
        vectors_of(["a"], by=provider(server))

    assert words in EmbeddingCall.objects.get().error


def test_a_provider_that_has_cost_its_cap_is_not_asked(server: Vectors) -> None:
    row = provider(server, monthly_cap=Decimal("0.0000002"))
    vectors_of(["a"], by=row)

    with pytest.raises(NoVectors, match="cost what it may"):
        vectors_of(["b"], by=row)

    assert len(server.asked) == 1


def test_voyage_is_told_which_side_a_text_is_of(server: Vectors) -> None:
    row = provider(server, kind="voyage", model="voyage-3.5-lite")

    vectors_of(["What of the price?"], by=row, is_question=True)

    (asked,) = server.asked
    assert (asked["input_type"], asked["output_dimension"]) == ("query", 8)
    assert "dimensions" not in asked
