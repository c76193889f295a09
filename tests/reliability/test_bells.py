from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import bells
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos
Tell = Callable[[Verdict], Verdict]


def test_a_bell_that_ten_hear_at_once_is_answered_once(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(bells.many_for_one(house, trials(short=1, full=20)))

    assert verdict.violations == ()


def test_more_bells_than_runs_start_no_step_twice(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(bells.more_than_runs(house, trials(short=40, full=400)))

    assert verdict.violations == ()


def test_an_ask_that_is_rolled_back_leaves_nothing(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(bells.rolled_back(house, trials(short=10, full=50)))

    assert verdict.violations == ()
