from collections.abc import Callable

import pytest

from tests.conftest import Trials
from tests.reliability import lines
from tests.reliability.audit import Verdict
from tests.reliability.house import House

pytestmark = pytest.mark.chaos


def test_sockets_cut_at_random_moments_tell_every_event_once_and_in_order(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(lines.cut_at_random(house, trials(short=40, full=500)))

    assert verdict.violations == ()


@pytest.mark.long
def test_whoever_is_only_pushed_what_is_new_misses_events(house: House) -> None:
    verdict = lines.cut_at_random(house, 20, numbered=False)

    assert any("never told" in words for words in verdict.violations)


def test_a_reader_that_stops_costs_no_memory_and_catches_up(
    house: House, trials: Trials, tell: Callable[[Verdict], Verdict]
) -> None:
    verdict = tell(lines.readers_that_stop(house, trials(short=800, full=15000)))

    assert verdict.violations == ()


def test_whoever_waits_for_its_reader_takes_one_event_at_a_time(house: House) -> None:
    assert lines.piled_up(house, 1000, waits=True) == 1


@pytest.mark.long
def test_whoever_does_not_wait_piles_everything_up(house: House) -> None:
    assert lines.piled_up(house, 1000, waits=False) == 1000
