"""B1: who works off a list dies in the middle, and two go on beside each other: each line is bought once, in budget."""

import signal
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, Sum

from enrichment.automation.bulk import pricing, steering
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import BulkAsk, Entry, Listed
from enrichment.models import Announcement, Bulk, BulkLine, ResearchRequest, SourceCall
from tests.reliability import audit, work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until, until_ended
from tests.reliability.house import House, prospects

# Of the list's own work and of its runs; each kills the process that comes by first.
DEATHS = ("after_ask", "inside_end", "after_choose", "after_answer")
PRICE = Decimal("0.02")  # USD of the one call that a line needs
LEASE = 3.0  # seconds


def worked_off_by_the_dying(house: House, count: int, *, deaths: int) -> Verdict:
    """`deaths` lists of `count` lines: one process begins with each and dies, two others go on at the same time."""
    found: list[str] = []
    died = 0
    for death in (DEATHS * deaths)[:deaths]:
        dead, wrong = _worked_off(house, count, death)
        died += dead
        found += [f"{death}: {words}" for words in wrong]
    return Verdict(id="B1", trials=deaths, violations=tuple(found), worst=f"{died} deaths in {deaths * count} lines")


def _worked_off(house: House, count: int, death: str) -> tuple[bool, list[str]]:
    """Whether the first died, and what is wrong afterwards."""
    house.start_over()
    Announcement.objects.all().delete()
    bulk = _started(house, count)
    doomed = house.crew.start(work.keep_working_off, kill=death, lease=LEASE, runs=4)
    until_ended([doomed])
    dead = doomed.exitcode == -signal.SIGKILL
    heirs = [house.crew.start(work.keep_working_off, lease=LEASE, runs=2) for _ in range(2)]
    until(lambda: Bulk.objects.get(pk=bulk.pk).is_over, "the list is worked off")
    house.crew.dismiss(doomed, *heirs)
    wrong = [*_wrong(bulk), *audit.violations(house)]
    bulk.delete()
    return dead, wrong


def _started(house: House, count: int) -> Bulk:
    """A list whose budget is what its lines cost at worst."""
    listed = Listed(entries=tuple(Entry(line=n, domain=each.domain) for n, each in enumerate(prospects()[:count], 1)))
    bulk = take_in(BulkAsk(listed=listed, consumer="news", max_cost=PRICE * count), user=house.user)
    assert pricing.price(bulk, seconds=60)
    steering.start(bulk)
    return bulk


def _wrong(bulk: Bulk) -> Iterator[str]:
    """What is wrong with a list that is over; doubtful calls count as spent, so a line may end without money."""
    bulk.refresh_from_db()
    for line in bulk.lines.annotate(requests=Count("asked")):
        if line.requests != 1 or line.held or line.state not in (BulkLine.State.DONE, BulkLine.State.PARTIAL):
            yield f"{line} is {line.state} with {line.requests} requests, and holds {line.held}"
    asked = ResearchRequest.objects.filter(bulk_line__bulk=bulk)
    spent = asked.aggregate(sum=Sum("spent"))["sum"] or Decimal(0)
    if bulk.held or bulk.spent != spent or (bulk.cap is not None and bulk.spent > bulk.cap):
        yield f"it holds {bulk.held}, spent {bulk.spent} of {bulk.cap}; its requests say {spent}"
    answered = SourceCall.objects.filter(status=SourceCall.Status.OK).values("source", "company")
    for twice in answered.annotate(times=Count("pk")).filter(times__gt=1):
        yield f"{twice['source']} was bought {twice['times']} times of one company"
    if Announcement.objects.filter(type="bulk.completed").count() != 1:
        yield "its end was not told once"
