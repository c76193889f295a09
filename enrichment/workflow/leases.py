"""Who drives which run: leases on database time, each with a fence token. Every function is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, QuerySet

from enrichment.models import StepRun, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.workflow import finish
from salesintel.prepared import Prepared

DEATHS = 3
Status = WorkflowRun.Status


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive a run, as long as `token` is the run's. `alone`: nothing else may be driven beside it."""

    run: UUID
    token: int
    alone: bool = False
    is_bulk: bool = False


def take(limit: int, *, busy: bool = False, bulk: int | None = None) -> list[Lease]:
    """Lease up to `limit` due runs, people's before bulk, longest waiting first; `busy`: others are being driven.

    Not more than `bulk` of them are bulk work (None: as many as there are), so that a person finds a driver with room.

    A run whose driver died is driven on in company, for most deaths are not its fault. Its last chance it has alone, so
    that a killer dies a third time without its neighbours; then it is set aside. While it waits for the others to end
    nobody overtakes it.
    """
    # A driver looks many times a second, mostly in vain; a transaction would take SQLite's only write lock each time.
    most = limit if bulk is None else bulk
    looked = _ANY_DUE if most > 0 else _ANY_OF_PEOPLE
    return _take(limit, busy=busy, bulk=most) if looked.all() else []


_ANY_DUE = Prepared(lambda: _due(1).values_list("pk")[:1])
_ANY_OF_PEOPLE = Prepared(lambda: _due(0).values_list("pk")[:1])


def _due(bulk: int) -> QuerySet[WorkflowRun]:
    due = WorkflowRun.objects.due(DatabaseNow())
    return due if bulk > 0 else due.filter(is_bulk=False)


@transaction.atomic
def _take(limit: int, *, busy: bool, bulk: int) -> list[Lease]:
    due = _due(bulk).order_by("is_bulk", "wake_at")
    taken: list[Lease] = []
    for row in due.select_for_update(skip_locked=True, no_key=True)[:limit]:
        if row.is_bulk and sum(lease.is_bulk for lease in taken) >= bulk:
            break
        deaths = row.attempts + (row.lease_until is not None)
        if deaths >= DEATHS:
            finish.fail(row, f"Its process died {deaths} times while it ran{_where(row)}.")
        elif deaths < DEATHS - 1:
            taken.append(_lease(row, deaths))
        else:
            return taken if taken or busy else [_lease(row, deaths, alone=True)]
    return taken


def _where(run: WorkflowRun) -> str:
    step = run.steps.standing().last()
    return f", at last in the step “{step.name}”" if step else ""


def _lease(row: WorkflowRun, deaths: int, *, alone: bool = False) -> Lease:
    WorkflowRun.objects.filter(pk=row.pk).update(
        status=Status.RUNNING,
        attempts=deaths,
        lease_token=F("lease_token") + 1,
        lease_until=DatabaseNow() + settings.RUN_LEASE,
        waiting_for="",
        started=row.started or database_now(),
    )
    return Lease(row.pk, row.lease_token + 1, alone, row.is_bulk)


def renew(leases: Sequence[Lease]) -> None:
    """Go on holding them."""
    for lease in sorted(leases, key=lambda lease: str(lease.run)):
        held = WorkflowRun.objects.filter(pk=lease.run, lease_token=lease.token, status=Status.RUNNING)
        held.update(lease_until=DatabaseNow() + settings.RUN_LEASE)


@transaction.atomic
def hand_back(lease: Lease, *, seconds: float = 0.0, died: bool = False) -> None:
    """Let another driver go on with it, in so many seconds; `died` counts as a death, else nothing happened to it."""
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=lease.run)
    if run.lease_token != lease.token or run.status != Status.RUNNING:
        return
    if died and run.attempts + 1 >= DEATHS:
        finish.fail(run, "It failed three times for a reason of our own; the log has it.")
        return
    if not died:
        begun = run.steps.standing().filter(status=StepRun.Status.RUNNING, attempts__gt=0)
        begun.update(attempts=F("attempts") - 1)
    WorkflowRun.objects.filter(pk=run.pk).update(
        status=Status.QUEUED,
        lease_until=None,
        wake_at=DatabaseNow() + timedelta(seconds=seconds),
        attempts=run.attempts + (1 if died else 0),
    )


def seconds_to_next() -> float | None:
    """Time until some run is due; 0 if one is, None if none is waiting at all."""
    waiting = WorkflowRun.objects.active().filter(lease_until=None)
    earliest = waiting.aggregate(at=Min("wake_at"))["at"]
    return None if earliest is None else max((earliest - database_now()).total_seconds(), 0.0)
