"""How coroutines of the web process read the database: on a few threads that last, however many they are."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")

THREADS = 2  # so that who asks for a whole answer does not hold up who waits for an event
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")


async def read(work: Callable[[], T]) -> T:
    """`work`, which reads the database and is done soon; leaves no stale connection behind."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _tidily, work)


def _tidily(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
