"""The driver: one event loop and one HTTP client that push due runs from step to step for about a minute."""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error

from enrichment.egress import Egress, Har
from enrichment.hop import Hop, is_outage
from enrichment.killpoints import reach
from enrichment.models import LeaseLost, StepDeadline
from enrichment.rules import live
from enrichment.workflow import leases, steps, tasks
from enrichment.workflow.advance import advance
from enrichment.workflow.backstop import Backstop
from enrichment.workflow.leases import Lease
from enrichment.workflow.tools import Tools
from salesintel.processes import HURRY

T = TypeVar("T")

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds between looks for due runs while others are being driven
LINGER = 3.0  # seconds that a driver without work waits for a run that is about to be due
GRACE = 15.0  # seconds that calls under way get to end when the driver is to stop
RETRY_AFTER = 2.0
BULK_SHARE = 0.75  # of the runs that a driver has room for may be bulk work, so that people never wait for a place
OUTAGE_LOOK = 0.5  # seconds between looks whether the database is back


def drive(record: Har | None = None) -> None:
    """Drive due runs until none is left, or for `DRIVE_FOR` seconds; then ring for the rest.

    `record` is where the exchanges with providers are written down.
    """
    with Backstop() as backstop:
        runner = asyncio.Runner()
        try:
            is_more_to_do = runner.run(_drive(backstop, record))
        finally:
            with backstop.guard(0, "the end of a driver"):  # which waits for whoever will not be cancelled
                runner.close()
    if is_more_to_do:
        tasks.ring("next")


async def _drive(backstop: Backstop, record: Har | None) -> bool:
    limits: dict[str, timedelta] = {}

    def watched(work: Callable[..., Any]) -> AbstractContextManager[None]:
        limit = limits.get(StepDeadline.Step.CACHE_CHECK if work is steps.resume else StepDeadline.Step.STORE)
        return backstop.guard(limit.total_seconds() if limit else None, f"{work.__name__}, a transaction,")

    with Hop(watched=watched) as hop:
        async with Egress(user_agent=settings.USER_AGENT, record=record) as egress:
            tools = Tools(hop, egress, backstop)
            driver = Driver(tools)
            loop = asyncio.get_running_loop()
            backstop.listen_to(loop)
            for sign in (signal.SIGTERM, HURRY):
                loop.add_signal_handler(sign, _stop, tools)
            try:
                limits.update(await driver.through_outages(partial(hop, live.deadlines)))
                return await driver.run()
            finally:
                for sign in (signal.SIGTERM, HURRY):
                    loop.remove_signal_handler(sign)


def _stop(tools: Tools) -> None:
    tools.stopping = True


class Driver:
    """The loop itself: leases, one task a run, heartbeats."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.under_way: dict[asyncio.Task[None], Lease] = {}
        self.cut_off: list[Lease] = []  # by an outage; to be handed back when the database answers again
        self.until = time.monotonic() + settings.DRIVE_FOR.total_seconds()
        self.renewed = time.monotonic()

    async def run(self) -> bool:
        """Drive; returns whether work is left."""
        while await self.through_outages(self._has_work):
            await self.through_outages(self._renew)
            await self._wait()
        await self._end()
        await self.through_outages(self._hand_back_the_cut_off)
        waiting = await self.through_outages(partial(self.tools.hop, leases.seconds_to_next))
        return waiting is not None and waiting <= LINGER

    async def through_outages(self, look: Callable[[], Awaitable[T]]) -> T:
        """What `look` finds; asked again while the database is away, as long as the driver may go on."""
        while True:
            try:
                return await look()
            except Error as error:
                if not is_outage(error) or self.tools.stopping or time.monotonic() > self.until:
                    raise
                logger.warning("the database is away (%s)", type(error).__name__)
            await asyncio.sleep(OUTAGE_LOOK)

    async def _has_work(self) -> bool:
        await self._hand_back_the_cut_off()
        if self.tools.stopping or time.monotonic() > self.until:
            self.tools.stopping = True
            return False
        for lease in await self._leased():
            reach("after_lease")
            self.under_way[asyncio.create_task(advance(lease, self.tools))] = lease
        if self.under_way:
            return True
        waiting = await self.tools.hop(leases.seconds_to_next)
        if waiting is None or waiting > LINGER:
            return False
        await asyncio.sleep(min(waiting, LOOK_EVERY))
        return True

    async def _hand_back_the_cut_off(self) -> None:
        while self.cut_off:
            await self.tools.hop(leases.hand_back, self.cut_off[-1])
            self.cut_off.pop()

    async def _leased(self) -> list[Lease]:
        room = settings.RUNS_PER_DRIVER - len(self.under_way)
        if room <= 0 or any(lease.alone for lease in self.under_way.values()):
            return []
        bulk = int(settings.RUNS_PER_DRIVER * BULK_SHARE) - sum(lease.is_bulk for lease in self.under_way.values())
        return await self.tools.hop(leases.take, room, busy=bool(self.under_way), bulk=max(bulk, 0))

    async def _wait(self) -> None:
        if not self.under_way:
            return
        looking = asyncio.create_task(self.tools.look.wait())
        await asyncio.wait({*self.under_way, looking}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        looking.cancel()
        self.tools.look.clear()
        for task in [task for task in self.under_way if task.done()]:
            await self._ended(task)

    async def _ended(self, task: "asyncio.Task[None]") -> None:
        lease, error = self.under_way.pop(task), task.exception()
        if error is None:
            return
        if isinstance(error, LeaseLost):
            logger.warning("run %s has another driver now", lease.run)
            return
        if is_outage(error):
            self.cut_off.append(lease)
            return
        logger.error("run %s failed", lease.run, exc_info=error)
        await self.through_outages(partial(self.tools.hop, leases.hand_back, lease, seconds=RETRY_AFTER, died=True))

    async def _renew(self) -> None:
        if time.monotonic() - self.renewed > settings.RUN_LEASE.total_seconds() / 3:
            await self.tools.hop(leases.renew, list(self.under_way.values()))
            self.renewed = time.monotonic()

    async def _end(self) -> None:
        """Let steps that are under way end; whoever takes longer is cut, and its lease runs out."""
        cut = time.monotonic() + GRACE
        while self.under_way and time.monotonic() < cut:
            await self.through_outages(self._renew)
            await self._wait()
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
