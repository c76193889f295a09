"""Work that Bright Data has taken on: a collection, or a part of a stored data set. Looking at it moves it on."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(slots=True, kw_only=True)
class Underway:
    """How far the work is. Who is suspended sees it fail in the end."""

    states: ClassVar[tuple[str, ...]]  # before it is ready

    id: str
    is_suspended: bool
    created: datetime
    polls: int = 0
    building: int = 0  # downloads that still answer 202 after `ready`

    @property
    def status(self) -> str:
        if self.is_suspended and self.polls > 1:
            return "failed"
        return self.states[self.polls] if self.polls < len(self.states) else "ready"
