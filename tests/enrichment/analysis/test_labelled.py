"""The labelled sets are what measures need: large enough, told apart, in the words that the product knows."""

import json
from typing import Any

import pytest

from enrichment import technologies
from enrichment.signals import SIGNALS
from tests.enrichment.analysis.labelled import labelled

SIZES = {"headlines": 400, "titles": 400, "jobs": 200, "names": 200}


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
