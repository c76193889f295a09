"""R4: a worker dies that had nothing to do, and with it perhaps the queue's lock; work goes on all the same."""

import time

import psutil

from enrichment.models import WorkflowRun
from tests.reliability import audit
from tests.reliability.audit import Verdict
from tests.reliability.crew import until
from tests.reliability.deaths import SLACK
from tests.reliability.house import House, prospects
from tests.reliability.plant import RECOVERY, Plant, running

GOES_ON = 60.0  # seconds from the death to the end of a run, on a machine with nothing else to do
# A cluster has these two beside its workers, and starts them last.
BESIDE = ("monitor", "pusher")


def idle_deaths(house: House, count: int, *, workers: int, standstill: float) -> Verdict:
    """Kill an idle worker, `count` times, and ask at once; in seconds, `standstill` is the watchdog's patience."""
    house.start_over()
    found: list[str] = []
    slowest = 0.0
    for place in range(count):
        # Anew each time: it is not told which processes a cluster that mended itself has put in whose place.
        with running(standstill=standstill, SALESINTEL_WORKERS=f"{workers}") as plant:
            _one_of(plant, workers, place).kill()
            house.ask(prospects()[place], consumer="news")
            seconds = until(lambda: not WorkflowRun.objects.active().exists(), "the run ends", within=RECOVERY)
        slowest = max(slowest, seconds)
        if seconds > GOES_ON + SLACK:
            found.append(f"work went on after {seconds:.0f} s")
    found += audit.violations(house)
    worst = f"a run ended {slowest:.1f} s after the death (target {GOES_ON:g})"
    return Verdict(id=f"R4 ({workers} worker{'s' * (workers > 1)})", trials=count, violations=tuple(found), worst=worst)


def still_waits(house: House, *, seconds: float) -> bool:
    """Whether a run waits in vain after the only worker died idle, where no watchdog minds a standstill."""
    house.start_over()
    with running(standstill=3600, SALESINTEL_WORKERS="1") as plant:
        _one_of(plant, 1, 0).kill()
        house.ask(prospects()[0], consumer="news")
        time.sleep(seconds)
        waits = WorkflowRun.objects.filter(status=WorkflowRun.Status.QUEUED).exists()
        plant.kill()
    return waits


def _one_of(plant: Plant, workers: int, place: int) -> psutil.Process:
    """One of the workers, once all of the cluster is there and waits."""

    def there() -> list[psutil.Process]:
        return sorted(plant.processes().get("worker", []), key=lambda process: process.pid)

    until(lambda: len(there()) == workers + len(BESIDE), "the cluster is complete")
    time.sleep(0.5)  # the last of them has started and waits for the queue
    return there()[place % workers]
