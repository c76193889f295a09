"""`manage.py sweep`: rings once for runs that wait without a bell; for a timer where no watchdog runs."""

from typing import Any

from enrichment.workflow.watch import Sweeper
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    """One sweep."""

    help = "Ring once if runs are due and no worker was told."

    def handle(self, *args: Any, **options: Any) -> None:
        rang = Sweeper().sweep()
        self.stdout.write("Rang for runs that wait." if rang else "No run waits.")
