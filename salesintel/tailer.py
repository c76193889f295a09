"""Tells coroutines when what they follow has moved: one thread of the web process looks for all of them.

The thread is there while somebody follows, and a little longer. It waits for the database's pulse, then looks once for
everybody; once a second it looks without a pulse. A follower is given the newest mark and nothing else, so one that is
slow costs no memory: what it missed it reads from the tables.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from django.db import Error, connection

from salesintel.pulse import NOTHING, Topics, pulse

log = logging.getLogger(__name__)

RECHECK = 1.0  # seconds after which it looks without having been told
REST = 9.0  # times the work of a look it rests: a tenth of a core in the long run, however much is written
CREDIT = 0.5  # seconds of rest that it may take afterwards, so that what comes now and then is told at once
LINGER = 5.0  # seconds that the thread stays when nobody follows any more
NEW = object()  # in place of a mark: nobody has looked yet


class Mark(Protocol):
    """How far something is. Two equal marks mean that nothing has moved.

    `topics`: what is told about where it may have moved (`salesintel.pulse.tell`).
    """

    @property
    def topics(self) -> frozenset[str]: ...


K = TypeVar("K", bound=Hashable)
M = TypeVar("M", bound=Mark)


class Follower(Generic[K, M]):
    """One coroutine that follows `key`."""

    def __init__(self, key: K) -> None:
        self.key = key
        self.seen: object = NEW  # by the thread
        self.topics: Topics | None = None  # None: nobody has looked yet, so anything may be news
        self._loop = asyncio.get_running_loop()
        self._moved = asyncio.Event()
        self._mark: M | None = None

    async def moved(self) -> M | None:
        """The newest mark as soon as it is another than the last one given; None if there is no such thing (left)."""
        await self._moved.wait()
        self._moved.clear()
        return self._mark

    def give(self, mark: M | None) -> None:
        """From the thread. Raises `RuntimeError` if the follower's loop is gone."""
        self.seen, self.topics = mark, mark.topics if mark else NOTHING
        self._loop.call_soon_threadsafe(self._take, mark)

    def concerns(self, told: Topics) -> bool:
        """Whether what was written about may be what it follows."""
        return self.topics is None or not self.topics.isdisjoint(told)

    def _take(self, mark: M | None) -> None:
        self._mark = mark
        self._moved.set()


class Tailer(Generic[K, M]):
    """`look` says how far things are, for all keys in one query; what is gone is absent."""

    def __init__(self, look: Callable[[set[K]], Mapping[K, M]]) -> None:
        self._look = look
        self._followers: set[Follower[K, M]] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def following(self, key: K) -> Iterator[Follower[K, M]]:
        """Follow `key` in the running loop for as long as the context lasts."""
        follower: Follower[K, M] = Follower(key)
        with self._changed:
            self._followers.add(follower)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._tail, name="tailer", daemon=True)
                self._thread.start()
        try:
            yield follower
        finally:
            with self._changed:
                self._followers.discard(follower)

    # --- On the thread ------------------------------------------------------------------------------------------------

    def _tail(self) -> None:
        while self._is_wanted():
            try:
                self._watch()
            except Error as error:
                log.warning("The tailer looks again in a moment: %s", type(error).__name__)
                time.sleep(RECHECK)
            except Exception:
                log.exception("The tailer looks again in a moment.")
                time.sleep(RECHECK)
            finally:
                connection.close()

    def _is_wanted(self) -> bool:
        """Whether somebody follows, or does so soon; if not, the thread is given up.

        Who comes in the moment in which the wait ends is looked for after it: they saw a thread, and start none.
        """
        with self._changed:
            if self._thread is not threading.current_thread():
                return False
            if not self._followers:
                self._changed.wait(LINGER)
            if not self._followers:
                self._thread = None
            return self._thread is not None

    def _watch(self) -> None:
        """Look whenever there may be something to see, until nobody follows. Raises `Error`."""
        beat, due, looked, rested = pulse(), True, 0.0, 0.0
        while self._is_wanted():
            told = beat.wait()
            due = due or told is None or any(follower.concerns(told) for follower in self._all())
            now = time.monotonic()
            if now >= rested and (due or now - looked >= RECHECK):
                used = time.thread_time()  # not the time on the wall, which is longer on a busy machine
                self._look_for(self._all())
                due, looked = False, now
                rested = max(rested, now - CREDIT) + (1 + REST) * (time.thread_time() - used)

    def _all(self) -> list[Follower[K, M]]:
        with self._changed:
            return list(self._followers)

    def _look_for(self, followers: list[Follower[K, M]]) -> None:
        found = self._look({follower.key for follower in followers})
        for follower in followers:
            mark = found.get(follower.key)
            if mark != follower.seen:
                self._give(follower, mark)

    def _give(self, follower: Follower[K, M], mark: M | None) -> None:
        try:
            follower.give(mark)
        except RuntimeError:  # its loop was closed before it could leave
            with self._changed:
                self._followers.discard(follower)
