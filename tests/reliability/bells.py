"""R7, R8, R11: bells that ring too often, for nobody, or for what was never committed."""

from contextlib import suppress

from django.db import transaction
from django_q.models import OrmQ

from enrichment.models import ResearchRequest, StepRun, WorkflowRun
from enrichment.sandbox.world import DemoCompany
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.house import House, prospects

CONSUMERS = ("news", "people", "firm")


def many_for_one(house: House, count: int, *, bells: int = 10) -> Verdict:
    """R8: the bell of one run, answered by ten processes at the same moment, `count` times over."""
    found: list[str] = []
    for place in range(count):
        house.start_over()
        house.ask(prospects()[place % 20], consumer="customer_enrichment")
        house.crew.together(work.answer_bells, 1, count=bells)
        found += [*audit.violations(house), *_driven_twice()]
    return Verdict(id="R8", trials=count, violations=tuple(found), worst=f"{_most()} start(s) of one step")


def more_than_runs(house: House, count: int, *, processes: int = 4) -> Verdict:
    """R7: `count` bells for six runs."""
    house.start_over()
    for place, company in enumerate(prospects()[:6]):
        house.ask(company, consumer=CONSUMERS[place % 3])
    house.crew.together(work.answer_bells, count // processes, count=processes)
    found = [*audit.violations(house), *_driven_twice()]
    return Verdict(id="R7", trials=count, violations=tuple(found), worst=f"{_most()} start(s) of one step")


def _driven_twice() -> list[str]:
    twice = [f"the step {step.name} was started {step.attempts} times" for step in StepRun.objects.exclude(attempts=1)]
    twice += [f"run {run} had {run.lease_token} drivers" for run in WorkflowRun.objects.exclude(lease_token=1)]
    return twice


def _most() -> int:
    return max(StepRun.objects.values_list("attempts", flat=True), default=0)


def _ask_and_regret(house: House, company: DemoCompany) -> None:
    house.ask(company, consumer="news")
    raise Regret


class Regret(Exception):
    """Something goes wrong after the ask, in the same transaction."""


def rolled_back(house: House, count: int) -> Verdict:
    """R11: ask within a transaction that fails; nothing of it is left, not even the bell."""
    OrmQ.objects.all().delete()
    for company in (prospects() * count)[:count]:
        with suppress(Regret), transaction.atomic():
            _ask_and_regret(house, company)
    left = {model.__name__: model.objects.count() for model in (OrmQ, WorkflowRun, ResearchRequest)}
    found = tuple(f"{number} rows of {name} are left" for name, number in left.items() if number)
    return Verdict(id="R11", trials=count, violations=found, worst=f"{sum(left.values())} rows left")
