from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from enrichment.models import ResearchRequest, RunEvent, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow import leases
from enrichment.workflow.leases import Lease
from tests.conftest import Trials
from tests.enrichment import market

pytestmark = pytest.mark.django_db
A_MINUTE = timedelta(minutes=1)


def queued(**values: object) -> WorkflowRun:
    """A run that waits for a driver; `waited` since so many seconds."""
    waited = values.pop("waited", 5)
    of = market.company(f"Company {WorkflowRun.objects.count()}", domain=None)
    due = database_now() - timedelta(seconds=float(str(waited)))
    return market.run(of, **{"status": "queued", "lease_token": 0, "lease_until": None, "wake_at": due, **values})


def orphaned(**values: object) -> WorkflowRun:
    """A run whose driver died: its lease has run out."""
    return queued(status="running", lease_token=1, lease_until=database_now() - timedelta(seconds=1), **values)


def taken(limit: int = 10) -> list[UUID]:
    return [lease.run for lease in leases.take(limit)]


def again(run: WorkflowRun) -> WorkflowRun:
    """The run as it stands now."""
    return WorkflowRun.objects.get(pk=run.pk)


def expire(run: WorkflowRun) -> None:
    """Its driver dies and the lease runs out."""
    WorkflowRun.objects.filter(pk=run.pk).update(lease_until=database_now() - timedelta(seconds=1))


# --- Taking -----------------------------------------------------------------------------------------------------------


def test_a_due_run_is_leased_with_the_next_token(settings: Settings) -> None:
    settings.RUN_LEASE = timedelta(seconds=20)
    run = queued(lease_token=4, waiting_for="k")

    assert leases.take(10) == [Lease(run.pk, 5)]

    now, run = database_now(), again(run)
    assert (run.status, run.lease_token, run.waiting_for) == ("running", 5, "")
    assert run.lease_until is not None
    assert timedelta(seconds=15) < run.lease_until - now <= timedelta(seconds=20)
    assert run.started is not None


def test_a_run_that_goes_on_keeps_the_moment_at_which_it_started() -> None:
    long_ago = database_now() - timedelta(hours=1)
    run = queued(started=long_ago)

    leases.take(1)

    assert again(run).started == long_ago


def test_a_run_that_is_being_driven_is_nobody_elses() -> None:
    queued()

    assert len(taken()) == 1
    assert taken() == []


@pytest.mark.parametrize(
    "state",
    [
        {"status": "completed"},
        {"status": "failed"},
        {"status": "cancelled"},
        {"status": "parked", "waited": -60},
        {"status": "running", "lease_until": "later"},
    ],
)
def test_what_is_done_waiting_or_driven_is_not_due(state: dict[str, object]) -> None:
    if state.get("lease_until"):
        state = {**state, "lease_until": database_now() + A_MINUTE}
    queued(**state)

    assert taken() == []


def test_a_parked_run_whose_time_has_come_is_taken() -> None:
    run = queued(status="parked")

    assert taken() == [run.pk]


def test_no_more_are_taken_than_asked_for() -> None:
    for _ in range(3):
        queued()

    assert len(taken(2)) == 2
    assert taken(0) == []


def test_peoples_runs_come_before_bulk_and_who_waits_longest_first() -> None:
    bulk = queued(is_bulk=True, waited=900)
    short, long = queued(waited=5), queued(waited=60)

    assert taken() == [long.pk, short.pk, bulk.pk]


@pytest.mark.django_db(transaction=True)
def test_many_drivers_at_once_share_the_runs_and_none_is_driven_twice(trials: Trials) -> None:
    runs = {queued().pk for _ in range(trials(short=12, full=60))}

    shares = market.at_once(4, lambda _: [run for _ in range(len(runs)) for run in taken(1)])

    found = [run for share in shares for run in share]
    assert len(found) == len(runs)
    assert set(found) == runs


# --- Renewing ---------------------------------------------------------------------------------------------------------


def test_a_renewed_lease_goes_on_from_now() -> None:
    run = queued()
    held = leases.take(1)
    expire(run)

    leases.renew(held)

    until = again(run).lease_until
    assert until is not None
    assert until > database_now()


def test_a_lease_that_another_driver_has_now_is_not_renewed() -> None:
    run = orphaned()
    before = again(run).lease_until

    leases.renew([Lease(run.pk, 0)])

    assert again(run).lease_until == before


def test_a_run_that_ended_is_not_renewed() -> None:
    run = queued()
    held = leases.take(1)
    WorkflowRun.objects.update(status="completed", lease_until=None)

    leases.renew(held)

    assert again(run).lease_until is None


# --- Handing back -----------------------------------------------------------------------------------------------------


def test_what_is_handed_back_may_be_taken_at_once() -> None:
    run = queued()
    (held,) = leases.take(1)

    leases.hand_back(held)

    assert (again(run).status, again(run).lease_until, again(run).attempts) == ("queued", None, 0)
    expire_wait(run)
    assert leases.take(1) == [Lease(run.pk, held.token + 1)]


def expire_wait(run: WorkflowRun) -> None:
    """SQLite's clock has milliseconds: let the one in which the run became due pass."""
    WorkflowRun.objects.filter(pk=run.pk).update(wake_at=database_now() - timedelta(seconds=1))


def test_what_is_handed_back_for_later_waits() -> None:
    run = queued()
    (held,) = leases.take(1)

    leases.hand_back(held, seconds=30)

    assert taken() == []
    assert again(run).wake_at > database_now() + timedelta(seconds=25)


@pytest.mark.parametrize("token", [0, 2])
def test_who_lost_the_lease_hands_nothing_back(token: int) -> None:
    run = queued()
    (held,) = leases.take(1)

    leases.hand_back(Lease(run.pk, token), died=True)

    assert (again(run).status, again(run).lease_token, again(run).attempts) == ("running", held.token, 0)


def test_a_run_that_ended_is_not_handed_back() -> None:
    run = queued()
    (held,) = leases.take(1)
    WorkflowRun.objects.update(status="completed")

    leases.hand_back(held)

    assert again(run).status == "completed"


def test_the_third_death_that_a_driver_survived_ends_the_run_with_a_reason() -> None:
    run = queued()
    request = market.ask(run)

    for _ in range(3):
        expire_wait(run)
        (held,) = leases.take(1)
        leases.hand_back(held, died=True)

    assert again(run).status == "failed"
    assert again(run).error == "It failed three times for a reason of our own; the log has it."
    assert ResearchRequest.objects.get(pk=request.pk).status == "failed"


# --- Deaths -----------------------------------------------------------------------------------------------------------


def test_a_run_whose_driver_died_is_taken_and_the_death_counted() -> None:
    run = orphaned()

    assert leases.take(10) == [Lease(run.pk, 2)]
    assert again(run).attempts == 1


def test_runs_whose_driver_died_are_driven_on_in_company_who_waits_longest_first() -> None:
    orphans, fit = [orphaned(waited=90), orphaned(waited=60)], queued()

    assert taken() == [orphans[0].pk, orphans[1].pk, fit.pk]


def test_a_run_has_its_last_chance_alone() -> None:
    orphan, fit = orphaned(attempts=1, waited=90), queued()

    assert leases.take(10) == [Lease(orphan.pk, 2, alone=True)]
    assert again(orphan).attempts == 2
    assert taken() == [fit.pk]


def test_a_last_chance_waits_until_the_driver_is_free_and_nobody_overtakes_it() -> None:
    early, last, late = queued(waited=90), orphaned(attempts=1, waited=60), queued(waited=30)

    assert taken() == [early.pk]
    assert leases.take(10, busy=True) == []
    assert taken() == [last.pk]
    assert taken() == [late.pk]


def test_a_run_that_was_handed_back_after_a_death_does_not_have_it_counted_twice() -> None:
    run = queued(attempts=1)

    assert taken() == [run.pk]
    assert again(run).attempts == 1


def test_a_run_that_killed_three_drivers_is_set_aside_with_a_reason() -> None:
    run = queued()
    request = market.ask(run)

    for _ in range(3):
        assert taken() == [run.pk]
        expire(run)

    assert taken() == []
    assert (again(run).status, again(run).error) == ("failed", "Its process died 3 times while it ran.")
    assert ResearchRequest.objects.get(pk=request.pk).status == "failed"
    assert RunEvent.objects.get().data["error"] == "Its process died 3 times while it ran."


# --- When to look again -----------------------------------------------------------------------------------------------


def test_without_runs_nobody_needs_to_look_again() -> None:
    queued(status="completed")

    assert leases.seconds_to_next() is None


def test_a_due_run_is_due_now() -> None:
    queued()

    assert leases.seconds_to_next() == 0


def test_the_run_that_wakes_first_says_when_to_look_again() -> None:
    queued(status="parked", waited=-90)
    queued(status="parked", waited=-30)

    assert leases.seconds_to_next() == pytest.approx(30, abs=2)


def test_who_is_being_driven_is_not_waited_for() -> None:
    queued(status="running", lease_until=database_now() + A_MINUTE)

    assert leases.seconds_to_next() is None


# --- Bulk work --------------------------------------------------------------------------------------------------------


def test_a_persons_run_is_taken_before_bulk_work_that_waited_longer() -> None:
    bulk, person = queued(waited=60, is_bulk=True), queued(waited=1)

    assert taken(1) == [person.pk]
    assert taken(1) == [bulk.pk]


def test_bulk_work_takes_no_more_places_than_it_is_given() -> None:
    first, _ = queued(waited=9, is_bulk=True), queued(waited=8, is_bulk=True)
    person = queued(waited=1)

    assert [lease.run for lease in leases.take(10, bulk=1)] == [person.pk, first.pk]
    assert leases.take(10, bulk=0) == []
