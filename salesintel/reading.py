"""How coroutines of the web process read the database: on a few threads that last, however many they are."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")


class Threads:
    """A few threads of their own for one kind of work with the database; each has a connection while it works."""

    def __init__(self, count: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def __call__(self, work: Callable[[], T]) -> T:
        """`work`, which is done soon; leaves no stale connection behind."""
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(self._threads, context.run, _tidily, work)


read = Threads(2, "reading")  # two, so that who asks for a whole answer does not hold up who waits for an event


def _tidily(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
