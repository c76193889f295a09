"""M6: a budget of so many calls buys exactly so many, whoever runs beside each other."""

from decimal import Decimal
from itertools import islice, product
from threading import Barrier

from django.db.models import F

from enrichment.models import Budget, BudgetPeriod, Report, SourceCall, WorkflowRun
from enrichment.models.fields import usd
from tests.enrichment.market import at_once
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until
from tests.reliability.house import House, prospects

PRICE = Decimal("0.02")
DRIVERS = 4


SEGMENTS = ("SMB", "Mid-Market", "Enterprise", "Strategic", "Public")


def exact_budget(house: House, count: int, *, calls: int = 5) -> Verdict:
    """`count` runs at once, in four processes, want one search each; the month's budget has `calls` of them left."""
    house.start_over()
    budget = Budget.objects.create(limit=PRICE * calls, period=Budget.Period.MONTH)
    works = product(SEGMENTS, ("AE", "SE", "CSM", "BDR"), prospects())
    for segment, role, company in islice(works, count):
        house.ask(company, consumer="news", role=role, segment=segment)
    # All of them at once, on a machine too small for that: a lease that runs out meanwhile is no matter of money.
    each = {"runs": max(8, count // DRIVERS), "lease": 120.0, "drive_for": 300.0}
    heirs = [house.crew.start(work.keep_driving, **each) for _ in range(DRIVERS)]
    assert WorkflowRun.objects.count() == count
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished", within=300)
    house.crew.dismiss(*heirs)
    period = BudgetPeriod.objects.get(budget=budget)
    bought, charged = SourceCall.objects.filter(cost__gt=0).count(), house.charged()
    found = audit.violations(house)
    if bought != min(calls, count) or charged != PRICE * bought or (period.reserved, period.spent) != (0, charged):
        found.append(f"{bought} bought, {charged} charged, {period.reserved} held and {period.spent} spent")
    silent = [report for report in Report.objects.all() if report.cost == 0 and report.reused == 0 and not report.gaps]
    found += [f"the report on {report.company} does not say what is missing" for report in silent]
    worst = f"{charged - budget.limit:f} USD over the budget of {calls} calls"
    budget.delete()
    return Verdict(id="M6", trials=count, violations=tuple(found), worst=worst)


def look_then_buy(count: int, *, calls: int) -> Decimal:
    """USD that `count` buyers overshoot who look whether the money suffices and then take it, without a lock."""
    budget = Budget.objects.create(limit=PRICE * calls)
    period = BudgetPeriod.objects.create(budget=budget, starts_on="2026-11-01")
    everybody_has_looked = Barrier(count)

    def buy(_: int) -> None:
        seen = BudgetPeriod.objects.get(pk=period.pk)
        everybody_has_looked.wait(60)
        if seen.spent + PRICE <= budget.limit:
            BudgetPeriod.objects.filter(pk=period.pk).update(spent=F("spent") + usd(PRICE))

    at_once(count, buy)
    period.refresh_from_db()
    return Decimal(period.spent - budget.limit)
