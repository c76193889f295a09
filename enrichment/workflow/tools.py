"""What every run of one driver uses."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from enrichment.egress import Egress
from enrichment.hop import Hop
from enrichment.workflow.backstop import Backstop


@dataclass(slots=True)
class Tools:
    """The way to the database, the HTTP client, and whether the driver is about to stop."""

    hop: Hop
    egress: Egress
    backstop: Backstop
    memories: dict[str, dict[str, Any]] = field(default_factory=dict)  # what sources remember of a provider: a token
    stopping: bool = False
    look: asyncio.Event = field(default_factory=asyncio.Event)  # set where a run may just have been started
