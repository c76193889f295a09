"""Trials run one after the other, each in a house of its own, and say in one line what they found."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.reliability.audit import Verdict
from tests.reliability.house import House, opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make chaos` what takes too long for every commit."""
    if os.environ.get("SALESINTEL_TRIALS") != "full":
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="in `make chaos` only"))


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    with opened() as house:
        yield house


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[Verdict], Verdict]:
    """Puts a verdict's line into the summary of the test run."""

    def told(verdict: Verdict) -> Verdict:
        record_property("trial", str(verdict))
        return verdict

    return told
