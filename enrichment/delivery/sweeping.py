"""Rings for deliveries that wait: a retry whose time has come, one whose worker died, a bell that got lost."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from enrichment.delivery import tasks
from enrichment.models import WebhookDelivery
from enrichment.models.clock import database_now

LOOK_EVERY = 2.0  # seconds
RING_EVERY = 5.0
RING_AFTER = timedelta(seconds=0.5)  # that a delivery may be due before its bell counts as lost


@dataclass(slots=True)
class DeliverySweeper:
    """A chore of the watchdog's."""

    looked_at: float = field(default=float("-inf"))
    rang_at: float = field(default=float("-inf"))

    def tick(self) -> bool:
        """Ring if some delivery has been due for a moment, and no bell rang lately; returns whether it rang."""
        at = time.monotonic()
        if at - self.looked_at < LOOK_EVERY or at - self.rang_at < RING_EVERY:
            return False
        self.looked_at = at
        if not WebhookDelivery.objects.due(database_now() - RING_AFTER).exists():
            return False
        self.rang_at = at
        tasks.ring()
        return True
