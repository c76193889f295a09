"""Crossing from the event loop to the database: one whole transaction at a time, on a small pool of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")


def _on_thread(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()


def _close_connections(everyone: Barrier) -> None:
    connections.close_all()
    everyone.wait(timeout=10)


class Hop:
    """`await hop(function, …)` runs a plain function where the ORM may be used. Threads and connections end with it."""

    def __init__(self, threads: int = 4) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="db")

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        work = partial(_on_thread, partial(function, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        everyone = Barrier(self._threads)  # so that each thread closes its own connections, none twice
        for _ in range(self._threads):
            self._pool.submit(_close_connections, everyone)
        self._pool.shutdown()
