"""Where answers are written: one thread of the process with a loop of its own, on which engines are listened to.

A question is handed over and its asker goes on; whoever has time may wait for it. A process that dies leaves its
questions to others, who see that nobody has been alive on them for a while.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, wait
from functools import partial
from uuid import UUID

from salesintel.logs import told

logger = logging.getLogger(__name__)

Written = Callable[[asyncio.Event], Awaitable[None]]  # given what halts it

MOST_AT_ONCE = 8  # answers of this process; others wait their turn


class Desk:
    """The answers that this process is writing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._under_way: dict[UUID, tuple[Future[None], asyncio.Event]] = {}

    def begin(self, name: UUID, write: Written) -> None:
        """Write it; on the caller's behalf, but not on their time."""
        halt = asyncio.Event()
        with self._lock:
            loop = self._loop = self._loop or _started()
            future = asyncio.run_coroutine_threadsafe(self._in_turn(write, halt), loop)
            self._under_way[name] = (future, halt)
        future.add_done_callback(partial(self._over, name))

    async def _in_turn(self, write: Written, halt: asyncio.Event) -> None:
        async with self._turns:
            await write(halt)

    def _over(self, name: UUID, future: "Future[None]") -> None:
        with self._lock:
            self._under_way.pop(name, None)
        if (error := future.exception()) is not None:
            logger.error("an engine's answer to turn %s failed: %s", name, told(error))

    def halt(self, name: UUID) -> None:
        """End it, where it is written here."""
        with self._lock:
            found, loop = self._under_way.get(name), self._loop
        if found is not None and loop is not None:
            loop.call_soon_threadsafe(found[1].set)

    def wait(self, *names: UUID, seconds: float) -> None:
        """Until these are written, all of them where none is named, or the time is up."""
        with self._lock:
            chosen = [future for name, (future, _) in self._under_way.items() if name in names or not names]
        wait(chosen, timeout=seconds)


def _started() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="desk", daemon=True).start()
    return loop


DESK = Desk()
