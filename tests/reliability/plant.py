"""R13 and the whole set: `manage.py watchdog` with its cluster of workers, kept running as `manage.py up` does."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil
from django.conf import settings
from django_q.models import OrmQ

from enrichment.models import WorkflowRun
from enrichment.workflow.watch import STANDSTILL
from salesintel.processes import Child, stop
from tests.conftest import database_url
from tests.reliability import audit
from tests.reliability.audit import Verdict
from tests.reliability.crew import until
from tests.reliability.house import House, prospects

LEASE = 3.0
# A killed worker may leave the queue's lock held; then nothing moves until the watchdog calls that a standstill.
RECOVERY = 60.0 + STANDSTILL.total_seconds() + 60.0
LINGER = 10.0  # seconds that a process may need to be gone
KINDS = ("worker", "sentinel", "watchdog")


class LeftBehind(Exception):
    """A process that nobody stopped."""


@dataclass(slots=True)
class Plant:
    """The watchdog, who keeps the cluster, and a thread in the place of `up`, which keeps the watchdog."""

    watchdog: Child
    closed: threading.Event = field(default_factory=threading.Event)
    seen: set[psutil.Process] = field(default_factory=set)

    def keep(self) -> None:
        while not self.closed.wait(0.1):
            self.seen |= {process for kind in self.processes().values() for process in kind}
            if not self.watchdog.is_running:
                self.watchdog.restart()

    def close(self) -> None:
        """Ask it to stop as `up` does. Raises `LeftBehind` if a process of it outlives that."""
        self.closed.set()
        stop([self.watchdog])
        _, alive = psutil.wait_procs(self.seen, timeout=LINGER)
        for process in alive:
            process.kill()
        if alive:
            raise LeftBehind(", ".join(str(process) for process in alive))

    def kill(self) -> None:
        """End all of it at once: a cluster that stands still does not stop when it is asked to."""
        self.closed.set()
        for process in [process for kind in self.processes().values() for process in kind]:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Who runs now, by kind; a worker is whoever works below the sentinel."""
        assert self.watchdog.process is not None
        with suppress(psutil.NoSuchProcess):
            watchdog = psutil.Process(self.watchdog.process.pid)
            clusters = watchdog.children()
            sentinels = [child for cluster in clusters for child in cluster.children()]
            workers = [child for sentinel in sentinels for child in sentinel.children()]
            return {"watchdog": [watchdog], "cluster": clusters, "sentinel": sentinels, "worker": workers}
        return {}

    def driver(self) -> list[psutil.Process]:
        """The workers that talk to a provider at this moment."""
        port = int(settings.SANDBOX_URL.rpartition(":")[2])
        return [worker for worker in self.processes().get("worker", []) if _talks_to(worker, port)]


def _talks_to(process: psutil.Process, port: int) -> bool:
    with suppress(psutil.Error):
        return any(link.raddr and link.raddr.port == port for link in process.net_connections())
    return False


@contextmanager
def running(*, standstill: float = STANDSTILL.total_seconds(), **environment: str) -> Iterator[Plant]:
    """The set on the trial's database and sandbox; all of it is gone afterwards.

    `standstill`: seconds after which the watchdog restarts a cluster in which nobody drives what waits.
    """
    given = {
        "DJANGO_SETTINGS_MODULE": "salesintel.settings",
        "DATABASE_URL": database_url(),
        "SALESINTEL_SANDBOX_URL": settings.SANDBOX_URL,
        "SALESINTEL_RUN_LEASE": f"{LEASE:g}",
        **environment,
    }
    plant = Plant(Child.manage("watchdog", "watchdog", f"--standstill={standstill:g}", environment=given))
    plant.watchdog.start()
    keeper = threading.Thread(target=plant.keep)
    keeper.start()
    try:
        until(lambda: bool(plant.processes().get("worker")), "the workers are there")
        yield plant
    finally:
        plant.closed.set()
        keeper.join()
        plant.close()


# --- Deaths -----------------------------------------------------------------------------------------------------------


def any_of_them_killed(house: House, count: int) -> Verdict:
    """Kill `count` processes of the running set, each kind in turn, each in the middle of fresh runs."""
    found: list[str] = []
    slowest, chance = 0.0, random.Random(count)
    house.start_over()
    house.sandbox.latency(seconds=0.3)
    with running() as plant:
        for place in range(count):
            company = prospects()[place % len(prospects())]
            roles = ("AE", "SE", "CSM", "BDR")
            house.ask(company, consumer="customer_enrichment", role=roles[place // len(prospects()) % 4])
            # A run that was over before anybody looked is killed after its end, which is a moment too.
            until(lambda: bool(plant.driver()) or not _goes_on(), "somebody drives", within=RECOVERY)
            time.sleep(chance.uniform(0, 0.8))
            kind = KINDS[place % len(KINDS)]
            victims = (plant.driver() if kind == "worker" else None) or plant.processes().get(kind, [])
            begun = time.monotonic()
            for victim in victims[:1]:
                with suppress(psutil.NoSuchProcess):
                    victim.send_signal(signal.SIGKILL)
            until(lambda: not _goes_on(), f"runs end after a dead {kind}", within=RECOVERY)
            slowest = max(slowest, time.monotonic() - begun)
    found += audit.violations(house)
    worst = f"finished {slowest:.1f} s after the death"
    return Verdict(id="kill -9", trials=count, violations=tuple(found), worst=worst)


def _goes_on() -> bool:
    return WorkflowRun.objects.active().exists()


# --- Lost bells -------------------------------------------------------------------------------------------------------


def lost_bells(house: House, count: int) -> Verdict:
    """R13: messages that were deleted, and messages that a new SECRET_KEY cannot read, before anybody heard them."""
    house.start_over()
    OrmQ.objects.all().delete()
    for place, company in enumerate(prospects()[:count]):
        house.ask(company, consumer="news")
        if place % 2:
            OrmQ.objects.all().delete()
    begun = time.monotonic()
    with running(SECRET_KEY="another one than that which signed the messages"):
        until(lambda: not _goes_on(), "every run is finished")
    worst = f"all executed {time.monotonic() - begun:.1f} s after the set's start"
    return Verdict(id="R13", trials=count, violations=tuple(audit.violations(house)), worst=worst)
