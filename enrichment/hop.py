"""Crossing from the event loop to the database: one whole transaction at a time, on a small pool of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from functools import partial
from threading import Barrier
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from django.db import Error, OperationalError, close_old_connections, connection, connections

P = ParamSpec("P")
T = TypeVar("T")


# SQLSTATE classes of a server that shuts down, starts, or takes no more connections; a broken connection has none.
_GONE = ("08", "53", "57P")


def is_outage(error: BaseException | None) -> bool:
    """Whether the database server went away, which is no fault of the work that it cut off. Never so on SQLite."""
    if not isinstance(error, Error):
        return False
    state = getattr(error.__cause__, "sqlstate", "")
    return state is None or state.startswith(_GONE)


def is_away(error: BaseException) -> bool:
    """Whether the database may be away, for who only has to try again: an outage, or a statement it cannot run now."""
    return isinstance(error, OperationalError) or is_outage(error)


Watched = Callable[[Callable[..., Any]], AbstractContextManager[None]]


def _unwatched(_work: Callable[..., Any]) -> AbstractContextManager[None]:
    return nullcontext()


def _on_thread(work: partial[T], watched: Watched) -> T:
    with watched(work.func):
        close_old_connections()
        return work()


def _close_connections(everyone: Barrier) -> None:
    connections.close_all()
    everyone.wait(timeout=10)


class Hop:
    """`await hop(function, …)` runs a plain function where the ORM may be used. Threads and connections end with it.

    `watched` makes what each function runs in, on its thread.
    """

    def __init__(self, threads: int | None = None, *, watched: Watched = _unwatched) -> None:
        # SQLite has one writer, and who waits for it sleeps up to 100 ms too long: of 24 runs at once on four threads,
        # reservations spent 47 of 53 s asleep. One thread takes its turns without asking.
        self._threads = threads or (1 if connection.vendor == "sqlite" else 4)
        self._watched = watched
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="db")

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        work = partial(_on_thread, partial(function, *args, **kwargs), self._watched)
        # With who is recorded as doing it, and what the log says of whoever asks.
        return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, work)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        everyone = Barrier(self._threads)  # so that each thread closes its own connections, none twice
        for _ in range(self._threads):
            self._pool.submit(_close_connections, everyone)
        self._pool.shutdown()
