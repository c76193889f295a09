from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import restarts
from tests.reliability.audit import Verdict

pytestmark = [pytest.mark.chaos, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.long  # half a minute even in its short form
def test_every_run_ends_and_the_ledger_agrees_however_often_the_database_restarts(
    trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    where = restarts.programs()
    if where is None:
        pytest.skip("PostgreSQL's server programs are not on this machine")

    verdict = tell(restarts.under_restarts(where, trials(short=6, full=100), seconds=trials(short=8, full=240)))

    assert verdict.violations == ()
