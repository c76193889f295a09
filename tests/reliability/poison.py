"""R6: a step that kills whoever runs it, among neighbours that are well."""

import time

from enrichment.models import ResearchRequest, WorkflowRun
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import PATIENCE
from tests.reliability.house import House, prospects

LEASE = 2.0  # seconds
STARTS = 3


def a_step_that_kills(house: House, count: int, *, neighbours: int = 4) -> Verdict:
    """Drive one such run and its neighbours with drivers that die of it and are started again."""
    found: list[str] = []
    most = 0
    for place in range(count):
        deaths = _once(house, ("before_intent", "after_answer", "inside_record")[place % 3], neighbours, found)
        most = max(most, deaths)
    return Verdict(id="R6", trials=count, violations=tuple(found), worst=f"{most} deaths of one step")


def _once(house: House, point: str, neighbours: int, found: list[str]) -> int:
    house.start_over()
    # The neighbours have several exchanges to go whenever the one search of the poisoned run comes back.
    house.sandbox.latency(seconds=0.3)
    victim, *others = prospects()[: neighbours + 1]
    for company in others:
        house.ask(company, consumer="people")
    poisoned = house.ask(victim, consumer="news")
    deaths = _drive_until_done(house, kill=f"{point}@{victim.domain}")
    poisoned.refresh_from_db()
    assert poisoned.run is not None
    if deaths > STARTS:
        found.append(f"the step was started {deaths} times")
    if poisoned.run.status != WorkflowRun.Status.FAILED or not poisoned.run.error:
        found.append(f"the run ended as {poisoned.run.status} for the reason “{poisoned.run.error}”")
    hurt = ResearchRequest.objects.exclude(pk=poisoned.pk).exclude(status=ResearchRequest.Status.ANSWERED)
    found += [f"{point}: a neighbour ended as {request.status}: {request.run.error}" for request in hurt if request.run]
    found += audit.violations(house, failed=[poisoned])
    return deaths


def _drive_until_done(house: House, *, kill: str) -> int:
    """Start a driver again whenever it dies; returns how often that was."""
    deaths, until = 0, time.monotonic() + PATIENCE
    driver = house.crew.start(work.keep_driving, kill=kill, lease=LEASE)
    while WorkflowRun.objects.active().exists():
        if time.monotonic() > until:
            raise TimeoutError(f"runs are left after {deaths} deaths")
        if not driver.is_alive():
            deaths += 1
            house.crew.dismiss(driver)
            driver = house.crew.start(work.keep_driving, kill=kill, lease=LEASE)
        time.sleep(0.05)
    house.crew.dismiss(driver)
    return deaths
