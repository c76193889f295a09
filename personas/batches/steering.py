"""What a person does with a batch: start, pause, resume, cancel. Each is refused in words where it does not fit."""

from collections.abc import Callable, Collection
from functools import partial

from django.db import transaction
from django.utils import timezone

from personas.batches import tasks
from personas.models import PersonaBatch, PersonaBatchLine
from salesintel import audit

Status, State = PersonaBatch.Status, PersonaBatchLine.State


class NotNow(Exception):
    """What is asked does not fit the state that the batch is in; the words say which that is."""


def start(batch: PersonaBatch) -> PersonaBatch:
    """Begin with what was quoted: from now on money may be spent. Raises `NotNow`."""
    return _steered(batch, [Status.QUOTED], "start", _run)


def pause(batch: PersonaBatch) -> PersonaBatch:
    """Begin no further contact; what is being written is finished. Raises `NotNow`."""
    return _steered(batch, [Status.RUNNING], "pause", lambda row: _set(row, Status.PAUSED))


def resume(batch: PersonaBatch) -> PersonaBatch:
    """Go on with a paused one. Raises `NotNow`."""
    return _steered(batch, [Status.PAUSED], "resume", _run)


def cancel(batch: PersonaBatch) -> PersonaBatch:
    """Begin nothing more; what was made stays. Raises `NotNow`."""
    return _steered(batch, [Status.QUOTED, Status.RUNNING, Status.PAUSED], "cancel", _cancelled)


def _run(row: PersonaBatch) -> None:
    row.started = row.started or timezone.now()
    _set(row, Status.RUNNING)
    transaction.on_commit(partial(tasks.ring, row.pk))


def _cancelled(row: PersonaBatch) -> None:
    row.finished = timezone.now()
    row.lines.filter(state=State.READY).update(state=State.CANCELLED, ended=row.finished)
    _set(row, Status.CANCELLED)


def _set(row: PersonaBatch, status: str) -> None:
    row.status = status


@transaction.atomic
def _steered(
    batch: PersonaBatch, states: Collection[str], action: str, step: Callable[[PersonaBatch], None]
) -> PersonaBatch:
    rows = PersonaBatch.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    row: PersonaBatch = rows.get(pk=batch.pk)
    if row.status not in states:
        raise NotNow(f"This batch is {row.get_status_display()}.")
    step(row)
    row.moved = timezone.now()
    row.save()
    audit.record(action, row)
    return row
