from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import poison
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


@pytest.mark.long
def test_a_step_that_kills_its_worker_is_set_aside_and_its_neighbours_end_well(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(poison.a_step_that_kills(house, trials(short=1, full=12)))

    assert verdict.violations == ()
