"""How much time a run has left: it runs from the moment at which it is first driven, and stands still while it rests.

The whole run has its consumer's longest wait; collection has its own deadline within that, from the same moment, for
what comes before it takes a fraction of a second.
"""

from datetime import datetime, timedelta

from enrichment.models import StepDeadline, WorkflowRun
from enrichment.rules import Rules, live

LONGEST = timedelta(minutes=15)  # of a consumer that is in no rule any more


def clock_of(run: WorkflowRun) -> datetime:
    """Since when its time runs."""
    return run.clock_from or run.started or run.created


def seconds_left(run: WorkflowRun, known: Rules, at: datetime) -> float:
    """Seconds until the whole run ends with what it has."""
    limit = known.consumers[run.consumer].max_wait if run.consumer in known.consumers else LONGEST
    return _left(run, limit, at)


def collecting_left(run: WorkflowRun, known: Rules, at: datetime) -> float:
    """Seconds until its collection ends with what it has."""
    limit = live.deadlines().get(StepDeadline.Step.COLLECT)
    whole = seconds_left(run, known, at)
    return whole if limit is None else min(whole, _left(run, limit, at))


def _left(run: WorkflowRun, limit: timedelta, at: datetime) -> float:
    now = run.rests_since or at
    return max((clock_of(run) + limit - now).total_seconds(), 0.0)


def move_on(run: WorkflowRun, at: datetime) -> datetime:
    """Where its clock begins after the rest that ends `at`: what it had left before, it has left again."""
    began = clock_of(run)
    rested_since = max(run.rests_since or at, began)
    return began + (at - rested_since)
