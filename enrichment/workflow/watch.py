"""What is done when the queue forgets: the sweeper rings for runs that wait, the watchdog tells a standstill."""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Min
from django.db.models.functions import Coalesce, Greatest

from enrichment.models import WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.workflow import tasks

logger = logging.getLogger(__name__)

RING_AFTER = 1.0  # seconds that a run may be due before its bell counts as lost
RING_EVERY = 3.0
STANDSTILL = timedelta(seconds=30)  # that runs may wait for drivers before the workers count as stuck


def oldest_wait() -> timedelta | None:
    """How long the run that waits longest for a driver has been due; None if none waits."""
    # A run whose driver died has been due since that one's lease ended, however long it was driven before.
    since = Greatest(F("wake_at"), Coalesce(F("lease_until"), F("wake_at")))
    due = WorkflowRun.objects.due(DatabaseNow()).aggregate(at=Min(since))["at"]
    return None if due is None else database_now() - due


def stands_still(at_least: timedelta = STANDSTILL) -> bool:
    """Whether runs have waited `at_least` so long for drivers, and nobody drives anything."""
    wait = oldest_wait()
    if wait is None or wait < at_least:
        return False
    return not WorkflowRun.objects.filter(status=WorkflowRun.Status.RUNNING, lease_until__gt=DatabaseNow()).exists()


@dataclass(slots=True)
class Sweeper:
    """Rings for runs whose bell got lost: a parked run that may go on, a run whose driver died, a deleted message."""

    rang_at: float = field(default=float("-inf"))

    def sweep(self) -> bool:
        """Ring if some run has been due for a second and no bell rang lately; returns whether it rang."""
        wait = oldest_wait()
        if wait is None or wait.total_seconds() < RING_AFTER or time.monotonic() - self.rang_at < RING_EVERY:
            return False
        self.rang_at = time.monotonic()
        logger.info("ringing for runs that wait for %.1f s", wait.total_seconds())
        tasks.ring("sweeper")
        return True
