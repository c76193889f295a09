"""R14: steps that block, loop in Python, or swallow their cancellation. They are timed out, and never a success."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from enrichment.models import AnalysisEngine, ResearchRequest, StepDeadline, StepRun, WorkflowRun
from tests.reliability import audit
from tests.reliability.audit import Verdict
from tests.reliability.crew import PATIENCE
from tests.reliability.house import House, prospects
from tests.reliability.misbehaving import Case, Plot, drive_badly

CASES = (
    Case(step="source", how="blocks"),
    Case(step="engine", how="late"),
    Case(step="source", how="loops", dies=True),
    Case(step="engine", how="blocks"),
    Case(step="source", how="swallows"),
    Case(step="reader", how="loops", dies=True),
    Case(step="engine", how="swallows"),
    Case(step="engine", how="loops", dies=True),
)
LIMITS = {"cache_check": 20.0, "collect": 6.0, "analyse": 6.0, "store": 4.0}  # seconds
LIMIT_OF = {"source": "collect", "reader": "store", "engine": "analyse"}
LEASE = 3.0  # seconds
IN_TIME = 5.0  # seconds after the deadline, on a machine with nothing else to do
SLACK = 20.0  # seconds that a busy machine may add before that is called a violation
DRIVERS = 3
STARTS = 3


@dataclass(slots=True)
class Watcher:
    """Keeps drivers alive, and notes when which of them died: pid → `time.time()`."""

    house: House
    plot: Plot
    members: dict[int, BaseProcess] = field(default_factory=dict)
    died: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        for pid, member in list(self.members.items()):
            if not member.is_alive():
                self.died[pid] = time.time()
                del self.members[pid]
        while len(self.members) < DRIVERS:
            member = self.house.crew.start(drive_badly, self.plot, True, lease=LEASE, runs=2)
            self.members[int(member.pid or 0)] = member


def stuck_steps(house: House, count: int) -> Verdict:
    """Let `count` runs have a step that does not end, each beside a neighbour that is well."""
    found: list[str] = []
    slowest = 0.0
    for first in range(0, count, len(CASES)):
        slowest = max(slowest, _batch(house, CASES[: count - first], found))
    worst = f"worker free {slowest:.1f} s after the deadline (target {IN_TIME:g})"
    return Verdict(id="R14", trials=count, violations=tuple(found), worst=worst)


def _batch(house: House, cases: tuple[Case, ...], found: list[str]) -> float:
    plot, asked = _prepare(house, cases)
    watcher = Watcher(house, plot)
    until = time.monotonic() + PATIENCE
    while WorkflowRun.objects.active().exists():
        if time.monotonic() > until:
            raise TimeoutError("runs are left")
        watcher.look()
        time.sleep(0.05)
    neighbours = ResearchRequest.objects.exclude(pk__in=[request.pk for request in asked.values()])
    hurt = neighbours.exclude(status=ResearchRequest.Status.ANSWERED)
    found += [f"a neighbour ended as {request.status}" for request in hurt]
    for domain, case in plot.cases.items():
        found += [f"{case.step} {case.how}: {words}" for words in _wrong(case, asked[domain])]
    late = _lateness(watcher, asked)
    found += [f"{words}: {seconds:.0f} s late" for words, seconds in late if seconds > IN_TIME + SLACK]
    house.crew.dismiss(*house.crew.members)
    found += audit.violations(
        house, failed=[request for domain, request in asked.items() if plot.cases[domain].is_fatal]
    )
    return max((seconds for _, seconds in late), default=0.0)


def _prepare(house: House, cases: tuple[Case, ...]) -> tuple[Plot, Mapping[str, ResearchRequest]]:
    house.start_over()
    for step, seconds in LIMITS.items():
        StepDeadline.objects.filter(step=step).update(limit=timedelta(seconds=seconds))
    engine = AnalysisEngine.objects.get(slug="anthropic")
    engine.credentials = {"api_key": "none"}
    engine.save()
    victims, others = prospects()[: len(cases)], prospects()[len(cases) : 2 * len(cases)]
    asked = {str(company.domain): house.ask(company, consumer="news") for company in victims}
    for company in others:
        house.ask(company, consumer="news")
    diary = tempfile.mkstemp(prefix="r14-")[1]
    return Plot(dict(zip(asked, cases, strict=True)), diary), asked


def _wrong(case: Case, request: ResearchRequest) -> list[str]:
    """What is wrong with how the victim's run ended."""
    run = WorkflowRun.objects.get(requests=request)
    if case.is_fatal:
        is_set_aside = run.status == WorkflowRun.Status.FAILED and bool(run.error)
        return [] if is_set_aside else [f"the run ended as {run.status} for the reason “{run.error}”"]
    request.refresh_from_db()
    if request.report is None:
        return [f"there is no report: {run.error}"]
    if case.step == "engine":
        return [] if request.report.engine == "builtin" else [f"the report is by {request.report.engine}"]
    kinds = [
        outcome["kind"]
        for step in StepRun.objects.filter(run=run, name="collect")
        for outcome in step.result["outcomes"]
    ]
    return [] if kinds == ["failed"] and request.report.gaps else [f"the source counts as {kinds}"]


def _lateness(watcher: Watcher, asked: Mapping[str, ResearchRequest]) -> list[tuple[str, float]]:
    """For each time that a step misbehaved, in words: seconds after its deadline at which its worker was free."""
    found = []
    starts: dict[str, int] = {}
    for line in Path(watcher.plot.diary).read_text().splitlines():
        domain, pid, began = line.split()
        case, run = watcher.plot.cases[domain], WorkflowRun.objects.get(requests=asked[domain])
        starts[domain] = starts.get(domain, 0) + 1
        ended = watcher.died.get(int(pid), time.time()) if case.dies else run.finished.timestamp()
        words = f"{case.step} {case.how}, start {starts[domain]}"
        found.append((words, ended - float(began) - LIMITS[LIMIT_OF[case.step]]))
    found += [(f"{domain} was started {times} times", PATIENCE) for domain, times in starts.items() if times > STARTS]
    return found


# --- Without protection ----------------------------------------------------------------------------------------------


def is_ended(house: House, case: Case, *, protected: bool, within: float) -> bool:
    """Whether the run of one such step ends, or its process does, within so many seconds after the step's deadline."""
    plot, _ = _prepare(house, (case,))
    member = house.crew.start(drive_badly, plot, protected, lease=LEASE, runs=1)
    victim = WorkflowRun.objects.filter(company__domain__in=plot.cases)
    until = time.monotonic() + PATIENCE
    while not Path(plot.diary).read_text() and time.monotonic() < until:
        time.sleep(0.05)
    until = time.monotonic() + LIMITS[LIMIT_OF[case.step]] + within
    while victim.filter(status__in=WorkflowRun.ACTIVE).exists() and member.is_alive():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
