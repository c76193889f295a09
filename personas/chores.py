"""What the watchdog does for personas: a look, once a minute, whether anything is due."""

import time
from dataclasses import dataclass, field

from personas import tasks
from personas.keeping import is_anything_due

EVERY = 60.0  # seconds between two looks
THOROUGH = 10  # looks, of which one goes through all profiles


@dataclass(slots=True)
class Keeper:
    """Has a worker do what is due."""

    due: float = field(default_factory=time.monotonic)
    looks: int = 0

    def tick(self) -> bool:
        """Ring if it is time and something is due; whether it rang."""
        if time.monotonic() < self.due:
            return False
        self.due = time.monotonic() + EVERY
        self.looks += 1
        if not is_anything_due(with_profiles=self.looks % THOROUGH == 1):
            return False
        tasks.ring()
        return True
