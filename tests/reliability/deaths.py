"""R1: drivers die at every boundary of a run, and another one finishes what they had begun."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from enrichment.models import SourceCall, WorkflowRun
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until, until_ended
from tests.reliability.house import NARROW, House, prospects

# Long enough for a process that shares its core with a dozen others to renew it in time.
LEASE = 4.0  # seconds
IN_TIME = 5.0  # seconds after the lease, on a machine with nothing else to do
SLACK = 45.0  # seconds that a busy machine may add before that is called a violation

# In the order of a run, each where the consumer is sure to come by. Jobs have ids, searches have not.
BOUNDARIES = (
    ("after_lease", "firm"),
    ("before_intent", "news"),
    ("inside_intent", "people"),
    ("after_intent", "news"),
    ("after_job", "people"),
    ("after_answer", "news"),
    ("inside_record", "firm"),
    ("after_record", "people"),
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
    ("after_job", "firm"),
    ("after_answer", "people"),
    ("after_answer", "firm"),
    ("inside_record", "news"),
    ("after_record", "news"),
)
AT_ONCE = 14  # drivers that die beside each other


@dataclass(slots=True)
class Tally:
    """What the batches of a trial add up to."""

    deaths: int = 0
    found: list[str] = field(default_factory=list)
    slowest: float = 0.0
    doubtful: int = 0

    def verdict(self) -> Verdict:
        worst = f"finished {self.slowest:.1f} s after the death (target {LEASE + IN_TIME:g}), {self.doubtful} in doubt"
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
    asked = dict(zip(prospects(), plan, strict=False))
    requests = [house.ask(company, consumer=consumer) for company, (_, consumer) in asked.items()]
    doomed = [house.crew.start(work.drive_once, kill=point, lease=LEASE, runs=1) for point, _ in plan]
    queued = WorkflowRun.objects.filter(status=WorkflowRun.Status.QUEUED)
    # A driver that came late may have taken a dead one's run instead of the last that nobody drives.
    until(lambda: not queued.exists() or not any(member.is_alive() for member in doomed), "every run has a driver")
    heir = house.crew.start(work.keep_driving)
    ended = until_ended(doomed)
    tally.deaths += sum(member.exitcode == -9 for member in doomed)
    last = max(ended.values())
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(heir, *doomed)
    tally.slowest = max(tally.slowest, time.time() - last)
    tally.found += audit.violations(house)
    in_doubt = SourceCall.objects.filter(status=SourceCall.Status.IN_DOUBT).count()
    tally.doubtful += in_doubt
    if in_doubt > len(plan):
        tally.found.append(f"{in_doubt} calls in doubt after {len(plan)} deaths")
    late = time.time() - last - LEASE - IN_TIME - SLACK
    if late > 0:
        tally.found.append(f"the last run ended {late:.0f} s too late")
    assert len(requests) == len(plan)


__all__ = ["NARROW", "at_boundaries"]
