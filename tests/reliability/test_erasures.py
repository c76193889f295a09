from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import erasures
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


@pytest.mark.long
def test_what_is_erased_while_it_is_fetched_is_paid_and_not_kept(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(erasures.late_fills(house, trials(short=2, full=100)))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_epochs_late_answers_are_kept(house: House) -> None:
    late = erasures.answered_after_erasure(house, 3, with_epochs=False)

    assert all(call.entry is not None for call in late)
