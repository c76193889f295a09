"""M9: a provider that fails for a while is asked little meanwhile, and is used again soon after it is back."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from enrichment.collection import Collector
from enrichment.egress import Egress
from enrichment.hop import Hop
from enrichment.models import Company, WorkflowRun
from enrichment.recording import Kind
from enrichment.rules import Rules, current
from enrichment.sources.base import CompanyRef
from tests.enrichment import market
from tests.reliability.audit import Verdict
from tests.reliability.house import House, prospects

SOURCE, HOST = "serp_news", "serpapi.com"
ANSWERED = {Kind.ANSWERED, Kind.EMPTY}
MOST_CALLS = 1.1  # for each that is offered while it fails
OPENS_WITHIN = 5.0  # seconds
NORMAL_WITHIN = 30.0  # seconds after it is back
HEALTHY = 2.0  # seconds before it fails
LATENCY = 0.1  # seconds until it answers, well or not


@dataclass(slots=True)
class Offer:
    """A call that somebody wants to make, for a company and a run of its own so that no cache answers it."""

    run: WorkflowRun
    at: float = 0.0  # when it was made, on the machine's steady clock
    ended: float = 0.0
    kind: str = ""

    def collector(self, rules: Rules, egress: Egress, hop: Hop) -> Collector:
        return Collector(
            run=self.run.pk,
            lease_token=self.run.lease_token,
            company=self.run.company_id,
            ref=CompanyRef(name=self.run.company.name),
            origin=self.run.origin,
            not_before=None,
            max_ages={},
            rules=rules,
            egress=egress,
            hop=hop,
        )


@dataclass(slots=True)
class Outage:
    """What is offered at `rate` a second, and what became of it, while the provider is well, fails and is back."""

    house: House
    rate: float
    rules: Rules
    offers: Iterator[Offer]
    made: list[Offer] = field(default_factory=list)
    calls: int = 0  # that reached the provider while it failed
    failed_at: float = 0.0
    back_at: float = 0.0

    async def lasts(self, seconds: float) -> None:
        with Hop() as hop:
            async with Egress(user_agent=settings.USER_AGENT) as egress, asyncio.TaskGroup() as group:
                offering = group.create_task(self._offer(group, egress, hop))
                await asyncio.sleep(HEALTHY)
                before = await self._received()
                self.house.sandbox.fault("503", host=HOST)
                self.failed_at = time.monotonic()
                await asyncio.sleep(seconds)
                await asyncio.to_thread(self.house.sandbox.heal)
                self.back_at = time.monotonic()
                self.calls = await self._received() - before
                await offering

    async def _received(self) -> int:
        return len(await asyncio.to_thread(self.house.sandbox.calls, host=HOST))

    async def _offer(self, group: asyncio.TaskGroup, egress: Egress, hop: Hop) -> None:
        """Offer until all goes well again, or nobody is left to."""
        started = time.monotonic()
        for place, offer in enumerate(self.offers):
            await asyncio.sleep(started + place / self.rate - time.monotonic())
            if self.back_at and self.normal_at is not None:
                return
            offer.at = time.monotonic()
            self.made.append(offer)
            group.create_task(self._make(offer, egress, hop))

    async def _make(self, offer: Offer, egress: Egress, hop: Hop) -> None:
        (outcome,) = await offer.collector(self.rules, egress, hop).wave([SOURCE], wave=1, deadline=NORMAL_WITHIN)
        offer.kind, offer.ended = outcome.kind, time.monotonic()

    @property
    def while_down(self) -> list[Offer]:
        return [offer for offer in self.made if self.failed_at <= offer.at < self.back_at]

    @property
    def left_alone_at(self) -> float | None:
        """When it was first left alone."""
        return min((offer.ended for offer in self.while_down if offer.kind == Kind.REFUSED), default=None)

    @property
    def normal_at(self) -> float | None:
        """Since when all that was offered in a second is answered again; None while it is not."""
        since = [offer for offer in self.made if offer.at >= self.back_at and offer.kind]
        last = since[-int(self.rate) :]
        return last[0].at if len(last) == int(self.rate) and {offer.kind for offer in last} <= ANSWERED else None


def an_outage(house: House, *, seconds: float, rate: float) -> Verdict:
    """Offer `rate` calls a second to a provider that fails with 503 for so many `seconds`."""
    offers = [Offer(run) for run in _runs(int(rate * (HEALTHY + seconds + NORMAL_WITHIN)))]
    house.sandbox.latency(seconds=LATENCY, host=HOST)
    outage = Outage(house, rate, current().rules, iter(offers))
    asyncio.run(outage.lasts(seconds))
    offered = len(outage.while_down)
    left_alone = (outage.left_alone_at or outage.back_at) - outage.failed_at
    normal = (outage.normal_at or float("inf")) - outage.back_at
    found = []
    if outage.calls > MOST_CALLS * offered:
        found.append(f"{outage.calls} calls for {offered} that were offered")
    if left_alone > OPENS_WITHIN:
        found.append(f"it was left alone after {left_alone:.1f} s")
    if normal > NORMAL_WITHIN:
        found.append(f"it was used again {normal:.1f} s after it was back")
    worst = (
        f"{outage.calls} calls for {offered} offered in {seconds:g} s, left alone after {left_alone:.1f} s, "
        f"all well {normal:.1f} s after it was back"
    )
    return Verdict(id="M9", trials=len(outage.made), violations=tuple(found), worst=worst)


def _runs(count: int) -> list[WorkflowRun]:
    known = prospects()
    runs = []
    for place in range(count):
        company = Company.objects.create(name=known[place % len(known)].name, domain=f"c{place}.example")
        runs.append(market.run(company, lease_until=market.database_now() + timedelta(hours=1)))
        market.ask(runs[-1])
    return runs
