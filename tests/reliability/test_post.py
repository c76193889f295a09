from collections.abc import Callable

import pytest

from enrichment.delivery import courier, outbox
from tests.conftest import Trials
from tests.reliability import post, work
from tests.reliability.audit import Verdict

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


def test_no_message_is_lost_when_couriers_die(trials: Trials, tell: Callable[[Verdict], Verdict]) -> None:
    verdict = tell(post.deaths(trials(short=4, full=100)))

    assert verdict.violations == ()


def test_a_courier_that_writes_down_before_it_sends_loses_messages() -> None:
    verdict = post.deaths(1, courier=work.deliver_recorded_first)

    assert any("never arrived" in words for words in verdict.violations)


def test_a_dead_endpoint_does_not_delay_a_live_one(
    trials: Trials, tell: Callable[[Verdict], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_after = float(trials(short=3, full=15))
    monkeypatch.setattr(outbox, "DEADLINE", dies_after)

    verdict = tell(post.dead_beside_live(trials(short=60, full=200), dies_after=dies_after))

    assert verdict.violations == ()


def test_without_bounds_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    post.without_bounds(monkeypatch)
    monkeypatch.setattr(outbox, "DEADLINE", 2.0)
    monkeypatch.setattr(courier, "AT_ONCE", 8)

    verdict = post.dead_beside_live(16, dies_after=2.0)

    assert any("p95 of the live one rose" in words for words in verdict.violations)


@pytest.mark.once  # who has a place is told by rows, of which other trials of this file ask both databases
def test_forty_receivers_that_drip_do_not_delay_somebody_elses(
    trials: Trials, tell: Callable[[Verdict], Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_after = float(trials(short=4, full=15))
    monkeypatch.setattr(outbox, "DEADLINE", dies_after)

    verdict = tell(post.drippers_beside_live(trials(short=20, full=200), drippers=40, dies_after=dies_after))

    assert verdict.violations == ()


@pytest.mark.once  # who has a place is told by rows, of which other trials of this file ask both databases
def test_without_a_share_for_each_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    post.without_bounds(monkeypatch)
    monkeypatch.setattr(outbox, "DEADLINE", 4.0)

    verdict = post.drippers_beside_live(5, drippers=16, dies_after=4.0)

    assert any("p95 of the live one was" in words for words in verdict.violations)
