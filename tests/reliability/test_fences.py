from collections.abc import Callable

import pytest

from enrichment.models import LeaseLost
from tests.conftest import Trials
from tests.reliability import fences
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_a_driver_that_comes_back_late_writes_nothing_but_what_it_paid_for(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(fences.late_drivers(house, trials(short=2, full=50)))

    assert verdict.violations == ()


def test_the_fence_stops_a_second_end(house: House) -> None:
    with pytest.raises(LeaseLost):
        fences.end_twice(house, fenced=True)


def test_without_the_fence_a_run_ends_twice(house: House) -> None:
    found = fences.end_twice(house, fenced=False)

    assert any("told its end at" in words for words in found)
