"""What an engine is just writing, told to whoever listens in this process: without a number, and without a promise.

A delta that is lost is no fault: the whole answer follows as a numbered event. So nothing of it is stored, and nothing
is done where nobody listens. Other processes' clients hear of the answer when it is whole.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import UUID

MOST = 64  # that wait for a slow reader; the oldest go


class Ear:
    """One client's, in the loop that made it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque(maxlen=MOST)
        self._come = asyncio.Event()

    async def heard(self) -> list[bytes]:
        """What has come, at least one."""
        await self._come.wait()
        self._come.clear()
        found = list(self._waiting)
        self._waiting.clear()
        return found

    def tell(self, delta: bytes) -> None:
        """From any thread. Raises `RuntimeError` if the loop is gone."""
        self._loop.call_soon_threadsafe(self._take, delta)

    def _take(self, delta: bytes) -> None:
        self._waiting.append(delta)
        self._come.set()


_ears: defaultdict[UUID, set[Ear]] = defaultdict(set)
_lock = Lock()


@contextmanager
def listening(session: UUID) -> Iterator[Ear]:
    """Hear what is being written in the session for as long as the context lasts."""
    ear = Ear()
    with _lock:
        _ears[session].add(ear)
    try:
        yield ear
    finally:
        _forget(session, ear)


def are_heard(session: UUID) -> bool:
    """Whether anybody listens here."""
    with _lock:
        return session in _ears


def publish(session: UUID, delta: bytes) -> None:
    """Tell everybody who listens here."""
    with _lock:
        ears = list(_ears.get(session, ()))
    for ear in ears:
        try:
            ear.tell(delta)
        except RuntimeError:  # its loop was closed before it could leave
            _forget(session, ear)


def _forget(session: UUID, ear: Ear) -> None:
    with _lock:
        _ears[session].discard(ear)
        if not _ears[session]:
            del _ears[session]
