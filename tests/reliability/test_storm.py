from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import storm
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


@pytest.mark.long
def test_every_run_ends_and_the_ledger_agrees_however_processes_die(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(storm.random_kills(house, trials(short=8, full=200), seconds=trials(short=12, full=600)))

    assert verdict.violations == ()
