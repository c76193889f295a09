from collections.abc import Callable

import pytest

from enrichment.workflow.watch import STANDSTILL
from tests.conftest import Trials
from tests.reliability import idle
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_work_goes_on_after_an_idle_worker_died(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict], workers: int
) -> None:
    standstill = STANDSTILL.total_seconds() if trials.in_full else 2.0

    verdict = tell(idle.idle_deaths(house, trials(short=1, full=4), workers=workers, standstill=standstill))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_a_watchdog_nobody_takes_the_dead_ones_work(house: House) -> None:
    assert idle.still_waits(house, seconds=8)
