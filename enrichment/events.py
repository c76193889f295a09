"""Numbered events of a run: the order of numbers is the order of commits."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, UUIDField

from enrichment.models import RunEvent, WorkflowRun
from salesintel.prepared import Gap, Prepared
from salesintel.pulse import tell


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell of a run."""

    kind: str  # planned, progress, source_update, partial_results, warning, finished
    data: dict[str, Any] = field(default_factory=dict)


def append(run_id: UUID, news: list[News], *, at: datetime) -> int:
    """Number and store `news` in the caller's transaction, whose commit wakes followers; returns the last number.

    The update locks the run's row until commit, so a smaller number is never seen after a greater one.
    """
    if not news:
        return 0
    WorkflowRun.objects.filter(pk=run_id).update(last_seq=F("last_seq") + len(news))
    [last] = _LAST.all(pk=run_id)
    first = last - len(news) + 1
    RunEvent.objects.bulk_create(
        RunEvent(run_id=run_id, seq=first + place, kind=item.kind, data=item.data, at=at)
        for place, item in enumerate(news)
    )
    tell(str(run_id))
    return last


_LAST = Prepared(lambda: WorkflowRun.objects.filter(pk=Gap("pk", UUIDField())).values_list("last_seq", flat=True))


def carry_on(source: UUID, target: UUID) -> None:
    """Give `target`, a new run, what `source` has told: who moves from one to the other is told on where they were.

    In the transaction that moves them.
    """
    told = RunEvent.objects.filter(run_id=source).order_by("seq")
    copies = [RunEvent(run_id=target, seq=e.seq, kind=e.kind, data=e.data, at=e.at) for e in told]
    RunEvent.objects.bulk_create(copies)
    WorkflowRun.objects.filter(pk=target).update(last_seq=copies[-1].seq if copies else 0)
    tell(str(source))


def after(run_id: UUID, seq: int, *, limit: int = 500) -> list[RunEvent]:
    """The run's events with greater numbers, in order, at most `limit`."""
    return list(RunEvent.objects.filter(run_id=run_id, seq__gt=seq).order_by("seq")[:limit])
