"""M5: what is erased while it is being fetched is paid and ledgered, and kept nowhere."""

from collections.abc import Sequence
from decimal import Decimal

from enrichment import cache
from enrichment.models import CacheEntry, Company, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until
from tests.reliability.house import House, prospects

CONSUMERS = ("news", "people", "firm")
AT_ONCE = 20


def late_fills(house: House, count: int) -> Verdict:
    """Erase `count` companies, each while one paid call on it is under way."""
    found: list[str] = []
    booked, kept = Decimal(0), 0
    for first in range(0, count, AT_ONCE):
        late = answered_after_erasure(house, min(AT_ONCE, count - first), with_epochs=True)
        found += [f"{call.source} ended as {call.status}" for call in late if call.status not in audit.RECORDED]
        found += [f"{call.source} is kept though it was asked for before" for call in late if call.entry is not None]
        found += audit.violations(house)
        booked += sum(call.cost for call in late)
        kept += sum(call.entry is not None for call in late)
    worst = f"{kept} late answers kept; {booked:f} USD ledgered for them all the same"
    return Verdict(id="M5", trials=count, violations=tuple(found), worst=worst)


def answered_after_erasure(house: House, count: int, *, with_epochs: bool) -> Sequence[SourceCall]:
    """The calls that were under way at an erasure, as they ended; `with_epochs`: whether it moves the company's."""
    house.start_over()
    house.sandbox.latency(seconds=1.0)
    for place, company in enumerate(prospects()[:count]):
        house.ask(company, consumer=CONSUMERS[place % len(CONSUMERS)])
    driver = house.crew.start(work.keep_driving)
    under_way = SourceCall.objects.filter(status=SourceCall.Status.INTENT)
    until(lambda: under_way.count() == count, "every call is under way")
    late = list(under_way.values_list("pk", flat=True))
    for company in Company.objects.filter(runs__calls__in=late):
        if with_epochs:
            cache.invalidate(company, at=database_now())
        else:
            CacheEntry.objects.filter(company=company).go_stale(database_now())
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(driver)
    return list(SourceCall.objects.filter(pk__in=late).select_related("entry"))
