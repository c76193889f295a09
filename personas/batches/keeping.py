"""Sees to it that no batch stands still."""

import logging
import time
from dataclasses import dataclass, field

from django.utils import timezone

from personas.batches import tasks
from personas.batches.working import LEFT
from personas.models import PersonaBatch

logger = logging.getLogger(__name__)

EVERY = 60.0  # seconds
MOST = 20  # batches of one look


@dataclass(slots=True)
class BatchKeeper:
    """Once a minute: rings for batches that should go on, and of which nothing was heard."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + EVERY
        still = PersonaBatch.objects.filter(status=PersonaBatch.Status.RUNNING, moved__lt=timezone.now() - LEFT)
        for pk in list(still.order_by("moved").values_list("pk", flat=True)[:MOST]):
            logger.info("batch %s stands still, and is rung for", pk)
            tasks.ring(pk)
