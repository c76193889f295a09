from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import stuck
from tests.reliability.audit import Verdict
from tests.reliability.house import House
from tests.reliability.misbehaving import Case

pytestmark = pytest.mark.chaos


@pytest.mark.long
def test_a_step_that_does_not_end_is_timed_out_and_never_a_success(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(stuck.stuck_steps(house, trials(short=4, full=48)))

    assert verdict.violations == ()


@pytest.mark.long
@pytest.mark.parametrize("how", ["swallows", "loops"])
def test_without_protection_a_step_that_does_not_end_keeps_its_worker(house: House, how: str) -> None:
    assert not stuck.is_ended(house, Case(step="source", how=how), protected=False, within=6)
