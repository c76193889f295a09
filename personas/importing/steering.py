"""What a person does with an import: say how it is read, start it, cancel it, take it back."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from personas.importing import presets, tasks
from personas.importing.intake import Upload, take_in
from personas.importing.model import NotNow
from personas.importing.settings import Choice, apply, open_questions
from personas.importing.working import work
from personas.models import Import
from salesintel import audit
from salesintel.accounts.models import User

Status = Import.Status
AT_ONCE = 3.0  # seconds that whoever asks waits for a check; a worker goes on with the rest
GONE = "Its file was deleted; send it again."


def upload(sent: Upload, *, user: User) -> Import:
    """Take a file in and check it. Raises `ImportRefused`."""
    return _checked(take_in(sent, user=user))


def change(row: Import, choice: Choice) -> Import:
    """Read the file otherwise, and check it anew. Raises `InvalidChoice` and `NotNow`."""

    def step(held: Import) -> None:
        apply(held, choice)
        if choice.save_as.strip():
            presets.keep(held, choice.save_as)
        _begin(held, Status.CHECKING)
        audit.record("update", held, fields=["columns", "options"])

    return _checked(_steered(row, [Status.CHECKING, Status.READY], step))


def start(row: Import) -> Import:
    """Write what was checked. One that failed or was cancelled in the middle goes on there. Raises `NotNow`."""

    def step(held: Import) -> None:
        if held.file_gone is not None:
            raise NotNow(GONE)
        if questions := open_questions(held):
            raise NotNow(questions[0])
        if held.started is None:
            _begin(held, Status.RUNNING)
            held.started = timezone.now()
        elif held.status == Status.READY:
            raise NotNow("It was started before.")
        held.status, held.error, held.finished = Status.RUNNING, "", None
        audit.record("start import", held)
        transaction.on_commit(partial(tasks.ring, held.pk))

    return _steered(row, [Status.READY, Status.FAILED, Status.CANCELLED], step)


def cancel(row: Import) -> Import:
    """Write nothing more. What is in stays, until it is taken back. Raises `NotNow`."""

    def step(held: Import) -> None:
        held.status, held.finished = Status.CANCELLED, timezone.now()
        audit.record("cancel", held)

    return _steered(row, [Status.CHECKING, Status.READY, Status.RUNNING], step)


def undo(row: Import) -> Import:
    """Take back what it wrote. Raises `NotNow`."""

    def step(held: Import) -> None:
        if held.started is None or not held.importchanges.filter(kept="").exists():
            raise NotNow("There is nothing to take back.")
        held.status = Status.UNDOING
        audit.record("start undo", held)
        held.attempts, held.counts = 0, {**held.counts, "undone": 0, "kept": 0}
        transaction.on_commit(partial(tasks.ring, held.pk))

    return _steered(row, [Status.DONE, Status.CANCELLED, Status.FAILED], step)


def _begin(held: Import, status: str) -> None:
    """From its first row."""
    held.importfaults.all().delete()
    held.status, held.position, held.attempts, held.error = status, 0, 0, ""
    held.counts, held.found = {}, {} if status == Status.CHECKING else held.found


@transaction.atomic
def _steered(row: Import, states: Collection[str], step: Callable[[Import], Any]) -> Import:
    """The step, under the lock of the import, where it stands in one of these states."""
    rows = Import.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    held: Import = rows.get(pk=row.pk)
    if held.status not in states:
        raise NotNow(f"This import is {held.get_status_display()}.")
    step(held)
    held.moved = timezone.now()
    held.save()
    return held


def _checked(row: Import) -> Import:
    """The import after what of its check fits into a few seconds."""
    if work(row.pk, seconds=AT_ONCE):
        tasks.ring(row.pk)
    found: Import = Import.objects.select_related("owner").get(pk=row.pk)
    return found
