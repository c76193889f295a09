from collections.abc import Callable

import pytest

from enrichment import pace
from tests.conftest import Trials
from tests.reliability import breaker
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


@pytest.mark.once
def test_a_provider_that_fails_is_asked_little_and_used_again_when_it_is_back(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(breaker.an_outage(house, seconds=trials(short=4, full=60), rate=trials(short=5, full=50)))

    assert verdict.violations == ()


@pytest.mark.long
def test_without_a_breaker_every_offer_is_tried_three_times(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FAILURES_THAT_OPEN", pace.MOST_FAILURES + 1)

    verdict = breaker.an_outage(house, seconds=6, rate=8)

    assert any("that were offered" in words for words in verdict.violations)
