"""Work of once a day, a batch at a time, so that whoever has it done is never held up for long."""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

EVERY = 86_400.0  # seconds between the end of one day's work and the beginning of the next


@dataclass(slots=True)
class DailyPruner:
    """Deletes what is old. Who extends it says what a batch is, and may note what went."""

    due: float = field(default_factory=time.monotonic)
    pruned: Counter[str] = field(default_factory=Counter)

    def tick(self) -> None:
        """Prune a batch if the day's work is not done; it is when a batch finds nothing."""
        if time.monotonic() < self.due:
            return
        found = Counter(self.batch())
        self.pruned.update(found)
        if found.total():
            return
        if self.pruned.total():
            logger.info("pruned %s", ", ".join(f"{count} {what}" for what, count in self.pruned.items() if count))
        self.note(self.pruned)
        self.pruned.clear()
        self.due = time.monotonic() + EVERY

    def batch(self) -> Mapping[str, int]:
        """Delete some; what of, and how many."""
        raise NotImplementedError

    def note(self, pruned: Counter[str]) -> None:
        """The day's work is done, and these went."""
