from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import lists
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_a_list_outlives_whoever_works_it_off(house: House, trials: Trials, tell: Callable[[Verdict], Verdict]) -> None:
    verdict = tell(lists.worked_off_by_the_dying(house, trials(short=3, full=12), deaths=trials(short=1, full=40)))

    assert verdict.violations == ()
