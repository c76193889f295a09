"""`manage.py watchdog`: runs the worker cluster, rings for runs that wait, restarts a cluster that stands still."""

import signal
import time
from argparse import ArgumentParser
from datetime import timedelta
from types import FrameType
from typing import Any

from django.db import Error, close_old_connections

from enrichment import automation
from enrichment.delivery.sweeping import DeliverySweeper
from enrichment.hop import is_away
from enrichment.workflow.chores import Chores
from enrichment.workflow.watch import STANDSTILL, Sweeper, stands_still
from salesintel import chores as others
from salesintel.commands import LeanCommand
from salesintel.processes import GRACE_OF_CLUSTER, Child, stop

LOOK_EVERY = 0.5
SETTLE = 15.0  # seconds that a cluster may take to start; only then does its standstill begin to count


class Command(LeanCommand):
    """Keeps one cluster of workers alive."""

    help = "Run the worker cluster under a watchdog: it is restarted when it exits or stands still."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-cluster", action="store_true", help="Only ring for runs that wait.")
        parser.add_argument(
            "--standstill",
            type=float,
            default=STANDSTILL.total_seconds(),
            help="Seconds that runs may wait while nobody drives before the cluster is restarted (%(default)g).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        # Were all of it sent SIGTERM at once, its guard would die in the middle of a wait, and whoever stops it hang
        # on the lock that the dead one holds; runs under way would be cut off instead of handed back.
        cluster = Child.manage("worker", "qcluster", stops_its_own=True)
        children = [] if options["without_cluster"] else [cluster]
        for child in children:
            child.start()
        try:
            self._watch(children, standstill=timedelta(seconds=options["standstill"]))
        finally:
            stop(children, grace=GRACE_OF_CLUSTER)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _watch(self, children: list[Child], *, standstill: timedelta) -> None:
        sweeper, chores = Sweeper(), Chores(also=(*automation.chores(), DeliverySweeper(), *others.chores()))
        settled = SETTLE + standstill.total_seconds()
        while not self.stopping:
            time.sleep(LOOK_EVERY)
            try:
                close_old_connections()
                sweeper.sweep()
                still = stands_still(standstill)
                chores.tick()
            except Error as error:
                if not is_away(error):
                    raise
                # It will be back.
                self.stderr.write(f"watchdog: the database does not answer: {error}")
                continue
            for child in children:
                if not child.is_running or (still and time.monotonic() - child.started > settled):
                    self.stderr.write(f"watchdog: the {child.name} {'stands still' if child.is_running else 'ended'}")
                    child.restart()
        chores.close()
