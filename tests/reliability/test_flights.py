from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import flights
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos
Tell = Callable[[Verdict], Verdict]


def test_the_same_ask_many_times_at_once_is_bought_once(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(flights.identical_requests(house, trials(short=60, full=500)))

    assert verdict.violations == ()


def test_runs_that_need_the_same_response_buy_it_once(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(flights.different_runs(house, trials(short=5, full=10)))

    assert verdict.violations == ()


def test_nobody_waits_for_ever_when_the_one_who_fetches_dies(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(flights.dead_leaders(house, trials(short=1, full=40)))

    assert verdict.violations == ()


def test_with_a_claim_one_of_many_threads_buys(house: House) -> None:
    assert flights.look_then_call(house, 12, claimed=True) == 1


def test_without_a_claim_all_of_them_buy(house: House) -> None:
    assert flights.look_then_call(house, 12, claimed=False) == 12


def test_ten_who_ask_at_once_make_the_calls_of_one(house: House, trials: Trials, tell: Tell) -> None:
    verdict = tell(flights.ten_at_once(house, trials(short=1, full=10)))

    assert verdict.violations == ()
