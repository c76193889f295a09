from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import deaths
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_a_run_outlives_its_driver_wherever_that_dies(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(deaths.at_boundaries(house, trials(short=8, full=210)))

    assert verdict.violations == ()
