"""R1: drivers die at every boundary of a run, and another one finishes what they had begun."""

import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from enrichment.models import SourceCall, WorkflowRun
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until, until_ended
from tests.reliability.house import House, prospects

# Long enough for a process that shares its core with a dozen others to renew it in time.
LEASE = 3.0  # seconds
IN_TIME = 5.0  # seconds after the lease, on a machine with nothing else to do
SLACK = 45.0  # seconds that a busy machine may add before that is called a violation

# In the order of a run, each where the consumer is sure to come by. Jobs have ids, searches have not.
BOUNDARIES = (
    ("after_lease", "firm"),
    ("before_intent", "news"),
    ("inside_intent", "people"),
    ("after_intent", "news"),
    ("after_start", "firm"),
    ("after_job", "people"),
    ("after_answer", "news"),
    ("inside_record", "firm"),
    ("inside_wave", "firm"),
    ("after_wave", "news"),
    ("after_draft", "people"),
    ("after_analysis", "firm"),
    ("inside_store", "news"),
    ("after_store", "people"),
)
ELSEWHERE = (
    ("after_intent", "people"),
    ("after_intent", "firm"),
    ("after_start", "people"),
    ("after_job", "firm"),
    ("after_answer", "people"),
    ("after_answer", "firm"),
    ("inside_record", "news"),
    ("after_record", "news"),
    ("after_record", "people"),
)
AT_ONCE = 14  # drivers that die beside each other


@dataclass(slots=True)
class Tally:
    """What the batches of a trial add up to."""

    deaths: int = 0
    found: list[str] = field(default_factory=list)
    slowest: float = 0.0
    doubtful: int = 0

    def add(self, deaths: int, seconds: float, found: Sequence[str]) -> None:
        """A batch of `deaths` drivers, whose last run ended `seconds` after the last of them had died."""
        in_doubt = SourceCall.objects.filter(status=SourceCall.Status.IN_DOUBT).count()
        self.deaths += deaths
        self.doubtful += in_doubt
        self.slowest = max(self.slowest, seconds)
        self.found += found
        if in_doubt > deaths:
            self.found.append(f"{in_doubt} calls in doubt after {deaths} deaths")
        if seconds > LEASE + IN_TIME + SLACK:
            self.found.append(f"the last run ended {seconds:.0f} s after the last death")

    def verdict(self) -> Verdict:
        worst = f"ended {self.slowest:.1f} s after the death (target {LEASE + IN_TIME:g}), {self.doubtful} in doubt"
        return Verdict(id="R1", trials=self.deaths, violations=tuple(self.found), worst=worst)


def at_boundaries(house: House, count: int) -> Verdict:
    """Kill `count` drivers, each in a run of its own that has one paid call at a time."""
    tally, chance = Tally(), random.Random(count)
    plan = list(BOUNDARIES)
    while len(plan) < count:
        plan += BOUNDARIES + ELSEWHERE
    plan = plan[:count]
    chance.shuffle(plan)
    for first in range(0, count, AT_ONCE):
        _batch(house, plan[first : first + AT_ONCE], tally)
    return tally.verdict()


def _batch(house: House, plan: Sequence[tuple[str, str]], tally: Tally) -> None:
    house.start_over()
    for company, (_, consumer) in zip(prospects(), plan, strict=False):
        house.ask(company, consumer=consumer)
    together = house.crew.barrier(len(plan))
    doomed = [house.crew.start(work.drive_together, together, kill=point, lease=LEASE, runs=1) for point, _ in plan]
    queued = WorkflowRun.objects.filter(status=WorkflowRun.Status.QUEUED)
    # On a busy machine one may all the same have taken a dead one's run instead of the last that nobody drives.
    until(lambda: not queued.exists() or not any(member.is_alive() for member in doomed), "every run has a driver")
    heir = house.crew.start(work.keep_driving)
    last = max(until_ended(doomed).values())
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    seconds = time.time() - last
    deaths = sum(member.exitcode == -signal.SIGKILL for member in doomed)
    house.crew.dismiss(heir, *doomed)
    tally.add(deaths, seconds, audit.violations(house))
