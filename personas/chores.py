"""What the watchdog does for personas: a look, once a minute, whether anything is due."""

import time
from dataclasses import dataclass, field

from personas import tasks
from personas.keeping import is_anything_due

EVERY = 60.0  # seconds between two looks


@dataclass(slots=True)
class Keeper:
    """Has a worker do what is due."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> bool:
        """Ring if it is time and something is due; whether it rang."""
        if time.monotonic() < self.due:
            return False
        self.due = time.monotonic() + EVERY
        if not is_anything_due():
            return False
        tasks.ring()
        return True
