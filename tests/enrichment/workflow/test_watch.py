from datetime import timedelta

import pytest
from django_q.models import OrmQ

from enrichment.models import WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow import watch
from enrichment.workflow.watch import Sweeper
from tests.enrichment import market

pytestmark = pytest.mark.django_db


def run(*, due_for: float, leased_for: float | None = None, status: str = "queued") -> WorkflowRun:
    """A run that has been due for so many seconds; `leased_for`: seconds until its driver's lease ends."""
    now = database_now()
    of = market.company(f"Company {WorkflowRun.objects.count()}", domain=None)
    until = None if leased_for is None else now + timedelta(seconds=leased_for)
    return market.run(of, status=status, wake_at=now - timedelta(seconds=due_for), lease_until=until)


def waited() -> float | None:
    wait = watch.oldest_wait()
    return None if wait is None else wait.total_seconds()


# --- How long a run waits ---------------------------------------------------------------------------------------------


def test_where_nothing_waits_there_is_no_wait() -> None:
    run(due_for=900, status="completed")
    run(due_for=-60, status="parked")
    run(due_for=900, leased_for=10, status="running")

    assert watch.oldest_wait() is None


def test_the_run_that_waits_longest_counts() -> None:
    run(due_for=20)
    run(due_for=50)

    assert waited() == pytest.approx(50, abs=3)


def test_a_run_whose_driver_died_waits_since_its_lease_ended() -> None:
    """Not since it was last woken: it had been driven for ten minutes."""
    run(due_for=600, leased_for=-4, status="running")

    assert waited() == pytest.approx(4, abs=3)


# --- Standstill -------------------------------------------------------------------------------------------------------


def test_nothing_to_do_is_no_standstill() -> None:
    assert not watch.stands_still()


def test_a_short_wait_is_no_standstill() -> None:
    run(due_for=20)

    assert not watch.stands_still()


def test_a_long_wait_while_nobody_drives_is_a_standstill() -> None:
    run(due_for=40)

    assert watch.stands_still()


def test_a_long_wait_while_others_are_driven_is_a_queue_and_no_standstill() -> None:
    run(due_for=40)
    run(due_for=40, leased_for=15, status="running")

    assert not watch.stands_still()


def test_a_driver_that_died_just_now_is_no_standstill_yet() -> None:
    run(due_for=600, leased_for=-2, status="running")

    assert not watch.stands_still()


def test_dead_drivers_that_nobody_followed_are_a_standstill() -> None:
    run(due_for=600, leased_for=-40, status="running")

    assert watch.stands_still()


# --- Ringing ----------------------------------------------------------------------------------------------------------


def test_the_sweeper_rings_for_a_run_whose_bell_got_lost() -> None:
    run(due_for=2)

    assert Sweeper().sweep()
    assert OrmQ.objects.count() == 1


def test_the_sweeper_leaves_a_run_that_became_due_just_now_to_its_own_bell() -> None:
    run(due_for=0.1)

    assert not Sweeper().sweep()
    assert OrmQ.objects.count() == 0


def test_the_sweeper_keeps_still_where_nothing_waits() -> None:
    assert not Sweeper().sweep()


def test_the_sweeper_does_not_ring_twice_within_three_seconds() -> None:
    run(due_for=60)
    sweeper = Sweeper()

    rang = [sweeper.sweep() for _ in range(3)]
    sweeper.rang_at -= watch.RING_EVERY

    assert rang == [True, False, False]
    assert sweeper.sweep()
    assert OrmQ.objects.count() == 2
