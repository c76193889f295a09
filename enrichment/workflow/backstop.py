"""The last resort against a step that will not end: its process dies, and the run's next driver counts that death.

A deadline ends whatever waits. It cannot end what never gives the loop back, a transaction that hangs on its thread
with rows locked, or a task that is left behind and refuses to be cancelled when the loop is to close. A thread of its
own watches for these.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

logger = logging.getLogger(__name__)

EVERY = 0.25  # seconds between looks
GRACE = 3.5  # seconds over its deadline after which a step will not end by itself
DEAF = 20.0  # seconds without the loop's answer; longer than a lease, so that its runs are others' anyway
STUCK = 70  # exit code, as sysexits has it for a fault of our own


@dataclass(slots=True)
class _Guarded:
    what: str
    until: float


@dataclass(slots=True)
class Backstop:
    """Watches one driver, from its first moment until its loop is closed.

    Its clock stands still while the process is stopped: who is woken after an hour has overrun nothing.
    """

    _clock: float = 0.0
    _heard: float = 0.0
    _is_asked: bool = False
    _guarded: dict[int, _Guarded] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, name="backstop", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def listen_to(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on the loop must answer; from any thread."""
        self._loop, self._heard = loop, self._clock

    @contextmanager
    def guard(self, seconds: float | None, what: str) -> Iterator[None]:
        """Whatever is done inside must be over in so many seconds; None for no limit."""
        if seconds is None:
            yield
            return
        guarded = _Guarded(what, self._clock + seconds + GRACE)
        self._guarded[id(guarded)] = guarded
        try:
            yield
        finally:
            self._guarded.pop(id(guarded), None)

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._over.wait(EVERY):
            now = time.monotonic()
            self._clock += min(now - last, 2 * EVERY)
            last = now
            self._ask_loop()
            late = self._late()
            if late:
                # Not `sys.exit`: the main thread is just what does not listen.
                logger.critical("ending this process: %s", late)
                os._exit(STUCK)

    def _ask_loop(self) -> None:
        if self._loop is None or self._is_asked:
            return
        self._is_asked = True
        try:
            self._loop.call_soon_threadsafe(self._answer)
        except RuntimeError:  # it is closed: its driver is over
            self._loop = None

    def _answer(self) -> None:
        self._is_asked, self._heard = False, self._clock

    def _late(self) -> str:
        """What will not end, in words; empty if all is well."""
        overrun = next((each.what for each in list(self._guarded.values()) if self._clock > each.until), None)
        if overrun is not None:
            return f"{overrun} is {GRACE:g} s over its deadline"
        if self._loop is not None and self._clock - self._heard > DEAF:
            return f"a step has not let go of the loop for {DEAF:g} s"
        return ""
