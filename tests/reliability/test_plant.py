from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import plant
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos
Tell = Callable[[Verdict], Verdict]


@pytest.mark.long
def test_whichever_process_is_killed_every_run_ends_by_itself(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(plant.any_of_them_killed(house, trials(short=1, full=30)))

    assert verdict.violations == ()


def test_runs_whose_bells_got_lost_are_driven_all_the_same(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(plant.lost_bells(house, trials(short=4, full=20)))

    assert verdict.violations == ()
