"""The driver: one event loop and one HTTP client that push due runs from step to step for about a minute."""

import asyncio
import logging
import signal
import time

from django.conf import settings

from enrichment.egress import Egress
from enrichment.hop import Hop
from enrichment.killpoints import reach
from enrichment.models import LeaseLost
from enrichment.workflow import leases, tasks
from enrichment.workflow.advance import advance
from enrichment.workflow.leases import Lease
from enrichment.workflow.tools import Tools
from salesintel.processes import HURRY

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds between looks for due runs while others are being driven
LINGER = 3.0  # seconds that a driver without work waits for a run that is about to be due
GRACE = 15.0  # seconds that calls under way get to end when the driver is to stop
RETRY_AFTER = 2.0


def drive() -> None:
    """Drive due runs until none is left, or for `DRIVE_FOR` seconds; then ring for the rest."""
    with asyncio.Runner() as runner:
        is_more_to_do = runner.run(_drive())
    if is_more_to_do:
        tasks.ring("next")


async def _drive() -> bool:
    user_agent = f"SalesIntelligence/0.1 (+{settings.CONTACT})"
    with Hop() as hop:
        async with Egress(user_agent=user_agent) as egress:
            tools = Tools(hop, egress)
            loop = asyncio.get_running_loop()
            for sign in (signal.SIGTERM, HURRY):
                loop.add_signal_handler(sign, _stop, tools)
            try:
                return await Driver(tools).run()
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
        self.until = time.monotonic() + settings.DRIVE_FOR.total_seconds()
        self.renewed = time.monotonic()

    async def run(self) -> bool:
        """Drive; returns whether work is left."""
        while await self._has_work():
            await self._renew()
            await self._wait()
        await self._end()
        waiting = await self.tools.hop(leases.seconds_to_next)
        return waiting is not None and waiting <= LINGER

    async def _has_work(self) -> bool:
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

    async def _leased(self) -> list[Lease]:
        room = settings.RUNS_PER_DRIVER - len(self.under_way)
        if room <= 0 or any(lease.alone for lease in self.under_way.values()):
            return []
        return await self.tools.hop(leases.take, room, busy=bool(self.under_way))

    async def _wait(self) -> None:
        if not self.under_way:
            return
        done, _ = await asyncio.wait(self.under_way, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await self._ended(task)

    async def _ended(self, task: "asyncio.Task[None]") -> None:
        lease, error = self.under_way.pop(task), task.exception()
        if error is None:
            return
        if isinstance(error, LeaseLost):
            logger.warning("run %s has another driver now", lease.run)
            return
        logger.error("run %s failed", lease.run, exc_info=error)
        await self.tools.hop(leases.hand_back, lease, seconds=RETRY_AFTER, died=True)

    async def _renew(self) -> None:
        if time.monotonic() - self.renewed > settings.RUN_LEASE.total_seconds() / 3:
            self.renewed = time.monotonic()
            await self.tools.hop(leases.renew, list(self.under_way.values()))

    async def _end(self) -> None:
        """Let steps that are under way end; whoever takes longer is cut, and its lease runs out."""
        cut = time.monotonic() + GRACE
        while self.under_way and time.monotonic() < cut:
            await self._renew()
            await self._wait()
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
