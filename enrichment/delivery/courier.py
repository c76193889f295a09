"""The courier: one event loop with one HTTP client that sends what is due, for at most a minute."""

import asyncio
import logging
import signal
import time
from dataclasses import dataclass, field

from django.conf import settings

from enrichment.delivery import outbox
from enrichment.delivery.outbox import Outcome, Parcel
from enrichment.egress import Egress, EgressError, Receiver, post_once
from enrichment.hop import Hop
from enrichment.killpoints import reach
from salesintel.processes import HURRY

logger = logging.getLogger(__name__)

AT_ONCE = 64
FOR = 40.0  # seconds that it takes on whatever is due
# And then, while slow receivers end, what is sent to quick ones: somebody has to, and another courier would take a
# worker from research. With what is under way at the end, a little over a minute at worst.
QUICK_FOR = FOR + outbox.DEADLINE
LOOK_EVERY = 0.2  # seconds between looks for what became due while something is under way
LINGER = 0.5  # seconds that it waits for what is about to be due, or for places that others have


def deliver() -> bool:
    """Send what is due until nothing is, or for `FOR` seconds; whether more is due then."""
    return asyncio.run(_deliver())


async def _deliver() -> bool:
    with Hop() as hop:
        async with Egress(user_agent=settings.USER_AGENT) as egress:
            courier = Courier(hop, egress)
            loop = asyncio.get_running_loop()
            for sign in (signal.SIGTERM, HURRY):
                loop.add_signal_handler(sign, courier.stop)
            try:
                return await courier.run()
            finally:
                for sign in (signal.SIGTERM, HURRY):
                    loop.remove_signal_handler(sign)


@dataclass(slots=True)
class Courier:
    """What is under way."""

    hop: Hop
    egress: Egress
    stopping: bool = False
    under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)
    idle_since: float | None = None

    def stop(self) -> None:
        """Take nothing more; what is under way is finished and recorded."""
        self.stopping = True

    async def run(self) -> bool:
        """Send; returns whether something is due that was not taken."""
        while not self.stopping and self._age() < QUICK_FOR and (self.under_way or self._age() < FOR):
            await self._take()
            if self.under_way:
                self.idle_since = None
            elif not await self._is_more_to_come():
                return False
            await self._wait(LOOK_EVERY)
        while self.under_way:
            await self._wait(outbox.DEADLINE)
        return not self.stopping and await self.hop(outbox.seconds_to_next) == 0

    def _age(self) -> float:
        return time.monotonic() - self.began

    async def _take(self) -> None:
        room = AT_ONCE - len(self.under_way)
        for parcel in await self.hop(outbox.take, room, quick_alone=self._age() >= FOR) if room > 0 else ():
            self.under_way.add(asyncio.create_task(self._carry(parcel)))

    async def _is_more_to_come(self) -> bool:
        """Not where it has had nothing to do for a while: whoever has all places takes what waits for them."""
        now = time.monotonic()
        if self.idle_since is None:
            self.idle_since = now
        seconds = await self.hop(outbox.seconds_to_next)
        if seconds is None or now + seconds - self.idle_since > LINGER:
            return False
        await asyncio.sleep(max(seconds, 0.02))
        return True

    async def _wait(self, seconds: float) -> None:
        if not self.under_way:
            return
        await asyncio.wait(self.under_way, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in [task for task in self.under_way if task.done()]:
            self.under_way.remove(task)
            if error := task.exception():  # its lease runs out, and it is sent again
                logger.error("a delivery could not be recorded", exc_info=error)

    async def _carry(self, parcel: Parcel) -> None:
        outcome = await self._sent(parcel)
        reach("after_post")
        await self.hop(outbox.record, parcel, outcome)

    async def _sent(self, parcel: Parcel) -> Outcome:
        began = time.monotonic()
        try:
            receiver = Receiver.of(parcel.url, allowed=settings.WEBHOOK_ORIGINS)
            reply = await post_once(
                self.egress,
                receiver,
                content=parcel.body,
                headers=parcel.headers,
                deadline=outbox.DEADLINE,
                most=outbox.KEPT,
            )
        except EgressError as error:
            return Outcome(seconds=time.monotonic() - began, error=str(error))
        return Outcome(
            status=reply.status,
            seconds=time.monotonic() - began,
            answer=reply.beginning.decode("utf-8", "replace").replace("\x00", "\ufffd"),
            retry_after=reply.headers.get("retry-after", ""),
        )
