from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Trials
from tests.reliability import restore
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


@pytest.mark.long
def test_a_restored_database_does_not_pay_again_for_what_its_ledger_shows(
    house: House, tmp_path: Path, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(restore.restored_in_mid_run(house, tmp_path, trials(short=4, full=14)))

    assert verdict.violations == ()
