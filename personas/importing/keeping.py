"""How long the files of imports are kept, and who sees to it that none stands still."""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from personas.importing import tasks
from personas.importing.working import DUE, STANDS
from personas.models import Import, ImportChange
from personas.privacy.uploads import delete_file

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)  # a file, after it came
UNDONE_WITHIN = timedelta(days=30)  # what is needed to take an import back, after it
EVERY = 60.0  # seconds
BATCH = 20
Status = Import.Status


def prune_batch() -> int:
    """Delete files that are a week old, a few in one transaction; how many."""
    now = timezone.now()
    with transaction.atomic():
        old = Import.objects.filter(file_gone=None, created__lt=now - KEPT).exclude(
            status__in=(Status.RUNNING, Status.UNDOING)
        )
        rows = list(old.select_for_update(no_key=True)[:BATCH])
        for row in rows:
            delete_file(row, "It was not started within a week, and its file is deleted; send it again.")
    ImportChange.objects.filter(parent__finished__lt=now - UNDONE_WITHIN).exclude(
        parent__status=Status.UNDOING
    ).delete()
    return len(rows)


@dataclass(slots=True)
class ImportKeeper:
    """Once a minute: rings for imports that stand still, and deletes files whose time is over."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + EVERY
        still = Import.objects.filter(status__in=DUE, moved__lt=timezone.now() - STANDS)
        for pk in list(still.values_list("pk", flat=True)[:BATCH]):
            logger.info("import %s stands still, and is rung for", pk)
            tasks.ring(pk)
        prune_batch()
