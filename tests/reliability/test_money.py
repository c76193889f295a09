from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.conftest import Trials
from tests.reliability import money
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_a_budget_of_five_calls_buys_five_whoever_runs_beside_each_other(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(money.exact_budget(house, trials(short=8, full=200)))

    assert verdict.violations == ()


@pytest.mark.django_db(transaction=True)
def test_without_a_reservation_all_who_looked_buy() -> None:
    assert money.look_then_buy(12, calls=5) == Decimal("0.14")
