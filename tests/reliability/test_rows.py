from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import rows
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_eight_processes_that_write_never_find_the_database_locked(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(rows.never_locked(house, trials(short=12, full=200)))

    assert verdict.violations == ()
