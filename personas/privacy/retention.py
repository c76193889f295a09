"""Deletes interactions older than the policy of personas says, some at a time, and what is left of messages."""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction

from enrichment.models.clock import database_now
from personas.models import CrmMessage, Interaction, PersonaPolicy, SentOnce, Thread

logger = logging.getLogger(__name__)

BATCH = 500
EVERY = timedelta(days=1)
MESSAGES = timedelta(days=7)  # that a hook knows a message again; older ones it refuses by their time
KEYS = timedelta(days=2)  # that an Idempotency-Key is known


def prune_batch() -> int:
    """Delete the oldest that may go; how many interactions. One transaction."""
    now, keep = database_now(), PersonaPolicy.now().keep_days
    with transaction.atomic():
        CrmMessage.objects.filter(heard__lt=now - MESSAGES).delete()
        SentOnce.objects.filter(at__lt=now - KEYS).delete()
        if keep is None:
            return 0
        rows = Interaction.objects.filter(occurred_at__lt=now - timedelta(days=keep)).order_by("occurred_at", "pk")
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        threads = list(Thread.objects.filter(interactions__in=pks).distinct().values_list("pk", flat=True))
        Interaction.objects.filter(pk__in=pks).delete()
        Thread.objects.filter(pk__in=threads, interactions=None).delete()
    return len(pks)


@dataclass(slots=True)
class HistoryPruner:
    """Prunes once a day, a batch at a time."""

    due: float = field(default_factory=time.monotonic)
    pruned: int = 0

    def tick(self) -> None:
        """Prune a batch if the day's work is not done."""
        if time.monotonic() < self.due:
            return
        found = prune_batch()
        self.pruned += found
        if not found:
            if self.pruned:
                logger.info("pruned %d interactions", self.pruned)
            self.pruned = 0
            self.due = time.monotonic() + EVERY.total_seconds()
