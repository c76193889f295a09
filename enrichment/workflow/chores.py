"""What the watchdog does beside watching, in small pieces that never hold it up."""

import logging
import time
from dataclasses import dataclass, field

from enrichment.hop import is_away
from enrichment.workflow.erasing import Eraser
from enrichment.workflow.experiments import Referee
from enrichment.workflow.identities import Follower
from enrichment.workflow.mailing import Mailer
from enrichment.workflow.retention import Pruner
from enrichment.workflow.rollup import Roller
from enrichment.workflow.telemetry import Exporter
from salesintel import audit
from salesintel.audit.cutting import Sealer
from salesintel.chores import Chore
from salesintel.logs import told
from salesintel.walls import system_scope

logger = logging.getLogger(__name__)

REST = 30.0  # seconds until a chore that failed is tried again


@dataclass(slots=True)
class Chores:
    """Pruning, erasures cut off, what follows a merge of companies, adding up days, the audit log's seals, mail.

    Also the end of experiments; and traces, only where a collector is named.
    """

    pruner: Pruner = field(default_factory=Pruner)
    eraser: Eraser = field(default_factory=Eraser)
    follower: Follower = field(default_factory=Follower)
    referee: Referee = field(default_factory=Referee)
    roller: Roller = field(default_factory=Roller)
    sealer: Sealer = field(default_factory=Sealer)
    mailer: Mailer = field(default_factory=Mailer)
    exporter: Exporter | None = field(default_factory=Exporter.if_wanted)
    also: tuple[Chore, ...] = ()  # of floors above
    resting: dict[str, float] = field(default_factory=dict)  # until when, by chore

    def tick(self) -> None:
        """A piece of each. One that fails rests for a while, and keeps neither the others nor the watchdog from theirs.

        Raises what tells that the database is away, for then there is nothing to do for any of them.
        """
        for chore in self._all():
            if chore is not None:
                self._piece_of(chore)

    def _all(self) -> tuple[Chore | None, ...]:
        work = (self.pruner, self.eraser, self.follower, self.referee, self.roller, self.mailer, self.exporter)
        return (self.sealer, *work, *self.also)

    def _piece_of(self, chore: Chore) -> None:
        name = type(chore).__name__
        if time.monotonic() < self.resting.get(name, float("-inf")):
            return
        try:
            with audit.acting(audit.Via.WORKER), system_scope(name):
                chore.tick()
        except Exception as error:
            # Also where the database seems away: if it was but this chore's statement, the others come first.
            self.resting[name] = time.monotonic() + REST
            if is_away(error):
                raise
            logger.error("the %s failed, and is tried again in %.0f s: %s", name, REST, told(error))

    def close(self) -> None:
        """Send what is left to send."""
        if self.exporter is not None:
            self.exporter.close()
