"""R9: drivers that stand still for three leases and go on as if nothing had happened. And what a fence is for."""

import os
import signal
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from typing import Any

from django.db import OperationalError, connection, transaction

from enrichment.models import Report, SourceCall, StepRun, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow import finish
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until, until_ended
from tests.reliability.house import House, is_sqlite, prospects

LEASE = 1.0  # seconds
LEASES = 3
AT_ONCE = 5
CONSUMERS = ("news", "people", "firm")


def late_drivers(house: House, count: int) -> Verdict:
    """Stop `count` drivers while their paid calls are under way, let others finish the runs, and wake them."""
    found: list[str] = []
    ledgered = 0
    for first in range(0, count, AT_ONCE):
        ledgered += _batch(house, min(AT_ONCE, count - first), found)
    worst = f"{ledgered} answers of late drivers ledgered, every other write of theirs refused"
    return Verdict(id="R9", trials=count, violations=tuple(found), worst=worst)


def _batch(house: House, size: int, found: list[str]) -> int:
    house.start_over()
    house.sandbox.latency(seconds=1.0)
    for place, company in enumerate(prospects()[:size]):
        house.ask(company, consumer=CONSUMERS[place % len(CONSUMERS)])
    late = [house.crew.start(work.drive_once, lease=LEASE, runs=1) for _ in range(size)]
    under_way = SourceCall.objects.filter(status=SourceCall.Status.INTENT)
    until(lambda: under_way.count() >= size, "every driver's call is under way")
    stopped_with = set(under_way.values_list("pk", flat=True))
    for member in late:
        _stop_between_transactions(member)
    time.sleep(LEASES * LEASE)
    heir = house.crew.start(work.keep_driving)
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    before = _written()
    for member in late:
        os.kill(member.pid or 0, signal.SIGCONT)
    until_ended(late)
    house.crew.dismiss(heir, *late)
    if _written() != before:
        found.append("a late driver wrote to a run, its steps or its events")
    recorded = SourceCall.objects.filter(pk__in=stopped_with, status__in=audit.RECORDED).count()
    if recorded != len(stopped_with):
        found.append(f"{recorded} of {len(stopped_with)} answers of late drivers were ledgered")
    found += audit.violations(house)
    return recorded


def _written() -> list[Any]:
    """Everything of runs, steps and events that only the driver of a run may write. What an answer costs is not."""
    runs = WorkflowRun.objects.order_by("pk").values_list("pk", "status", "stop_reason", "last_seq", "lease_token")
    steps = StepRun.objects.order_by("run", "ordinal").values_list("run", "name", "status", "attempts", "result")
    return [*runs, *steps]


def _stop_between_transactions(member: ForkServerProcess) -> None:
    """Stop the process where it holds no lock: one that is stopped in a transaction holds up whoever waits for it."""
    while True:
        os.kill(member.pid or 0, signal.SIGSTOP)
        if _can_write():
            return
        os.kill(member.pid or 0, signal.SIGCONT)
        time.sleep(0.05)


def _can_write() -> bool:
    with connection.cursor() as cursor:
        if is_sqlite():
            cursor.execute("PRAGMA busy_timeout=300")
        try:
            with transaction.atomic():
                list(WorkflowRun.objects.select_for_update(nowait=True))
        except OperationalError:
            return False
        finally:
            if is_sqlite():
                cursor.execute("PRAGMA busy_timeout=20000")
    return True


# --- Without a fence --------------------------------------------------------------------------------------------------


def end_twice(house: House, *, fenced: bool) -> Sequence[str]:
    """What is wrong after a driver whose lease is another's now ends the run once more, with the fence or without."""
    request = house.ask(prospects()[0], consumer="news")
    driver = house.crew.start(work.drive_once)
    until_ended([driver])
    run = WorkflowRun.objects.get(requests=request)
    stale = run.lease_token - 1
    with transaction.atomic():
        held = WorkflowRun.objects.fenced(run.pk, stale) if fenced else WorkflowRun.objects.get(pk=run.pk)
        finish.answer(held, Report.objects.get(), at=database_now())
    return audit.violations(house)
