"""What the watchdog does for conversations: a look, once a minute, whether any needs to be attended to."""

import time
from dataclasses import dataclass, field

from django.utils import timezone

from chat import tasks
from chat.following import LEFT, unattended

EVERY = 60.0  # seconds


@dataclass(slots=True)
class Attendant:
    """Has a worker attend to conversations that nobody looks at."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> bool:
        """Ring if it is time and something waits; whether it rang."""
        if time.monotonic() < self.due:
            return False
        self.due = time.monotonic() + EVERY
        if not unattended(older_than=timezone.now() - LEFT):
            return False
        tasks.ring()
        return True
