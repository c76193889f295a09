"""What the watchdog does beside watching, in small pieces that never hold it up."""

from dataclasses import dataclass, field

from enrichment.workflow.erasing import Eraser
from enrichment.workflow.experiments import Referee
from enrichment.workflow.mailing import Mailer
from enrichment.workflow.retention import Pruner
from enrichment.workflow.rollup import Roller
from enrichment.workflow.telemetry import Exporter


@dataclass(slots=True)
class Chores:
    """Pruning, erasures that were cut off, adding up days, mail to the admins, the end of experiments, traces.

    Traces only where a collector is named.
    """

    pruner: Pruner = field(default_factory=Pruner)
    eraser: Eraser = field(default_factory=Eraser)
    referee: Referee = field(default_factory=Referee)
    roller: Roller = field(default_factory=Roller)
    mailer: Mailer = field(default_factory=Mailer)
    exporter: Exporter | None = field(default_factory=Exporter.if_wanted)

    def tick(self) -> None:
        """A piece of each."""
        self.pruner.tick()
        self.eraser.tick()
        self.referee.tick()
        self.roller.tick()
        self.mailer.tick()
        if self.exporter is not None:
            self.exporter.tick()

    def close(self) -> None:
        """Send what is left to send."""
        if self.exporter is not None:
            self.exporter.close()
