"""Tells waiting coroutines when their requests move: one query per tick for all of them, none when nobody waits.

A waiter is a coroutine and nothing else. One small thread does the reading, on one connection, for however many wait.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db import close_old_connections

from enrichment.models import ResearchRequest

TICK = 0.15  # seconds
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a request is: whether it still waits, and the number of its run's latest event."""

    waits: bool
    last_seq: int


def marks(ids: set[UUID]) -> dict[UUID, Mark]:
    """How far these requests are; a request that is gone is absent."""
    rows = ResearchRequest.objects.filter(pk__in=ids).values_list("pk", "status", "run__last_seq")
    return {pk: Mark(status == ResearchRequest.Status.ATTACHED, seq or 0) for pk, status, seq in rows}


class Watch:
    """Shared by all waiters of one event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="api-watch")
        self._asked: set[UUID] = set()
        self._reading: asyncio.Task[dict[UUID, Mark]] | None = None

    async def next_mark(self, request_id: UUID) -> Mark | None:
        """How far the request is after the next tick; None if it is gone. Raises `DatabaseError`."""
        self._asked.add(request_id)
        if self._reading is None or self._reading.done():  # done: it was cancelled with its loop
            self._reading = asyncio.create_task(self._read_after_tick())
        return (await asyncio.shield(self._reading)).get(request_id)

    async def run(self, work: Callable[[], T]) -> T:
        """`work`, which reads the database, on the watch's thread; leaves no stale connection behind."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _tidily, work)

    async def _read_after_tick(self) -> dict[UUID, Mark]:
        await asyncio.sleep(TICK)
        asked, self._asked, self._reading = self._asked, set(), None
        return await self.run(lambda: marks(asked))


def _tidily(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
