"""Thirty runs at once: one worker process, providers of one second, in little more than the time of one."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from enrichment.models import SourceCall, WorkflowRun
from enrichment.sandbox.world import DemoCompany
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until_ended
from tests.reliability.house import House, prospects

CONSUMER = "customer_enrichment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How long one process needed, in seconds: for the slowest run alone, and for all of them at once."""

    runs: int
    alone: float
    together: float
    violations: tuple[str, ...]

    @property
    def ratio(self) -> float:
        return self.together / self.alone

    def verdict(self) -> Verdict:
        worst = f"{self.together:.1f} s at once, {self.alone:.1f} s for one, ratio {self.ratio:.2f} (target 1.5, idle)"
        return Verdict(id=f"{self.runs} at once", trials=self.runs, violations=self.violations, worst=worst)


def driven_together(house: House, count: int, *, latency: float) -> Crowd:
    """Drive `count` runs at once, and alone the one that took most polls; every answer takes `latency` seconds."""
    companies = prospects()[:count]
    together = _driven(house, companies, latency)
    found, slowest = tuple(audit.violations(house)), _most_polled(house)
    alone = _driven(house, [company for company in companies if company.domain == slowest], latency)
    return Crowd(runs=len(companies), alone=alone, together=together, violations=found)


def _driven(house: House, companies: Sequence[DemoCompany], latency: float) -> float:
    """Seconds from the start of a driver, which has loaded everything already, to its end."""
    house.start_over()
    house.sandbox.latency(seconds=latency)
    for company in companies:
        house.ask(company, consumer=CONSUMER)
    begun = time.monotonic()
    driver = house.crew.start(work.drive_once)
    until_ended([driver])
    seconds = time.monotonic() - begun
    house.crew.dismiss(driver)
    assert not WorkflowRun.objects.active().exists()
    return seconds


def _most_polled(house: House) -> str | None:
    """The domain of the company whose job was asked after most often: its run has the longest way."""
    polls = Counter(job for call in house.sandbox.calls() for job in call["ids"].values())
    jobs = SourceCall.objects.exclude(job="").select_related("company")
    return max(jobs, key=lambda call: polls[call.job]).company.domain
