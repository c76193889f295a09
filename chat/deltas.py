"""What an engine is just writing, told to whoever listens in this process: without a number, and without a promise.

Whoever begins to listen in the midst of an answer is told it from its beginning. A delta that is lost is no fault: the
whole answer follows as a numbered event, so nothing of it is stored. Other processes' clients hear of it then.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
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

    def begin(self, said: Iterable[bytes]) -> None:
        """With what was said before."""
        for delta in said:
            self._take(delta)

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


class Growing:
    """An answer that is being written here."""

    def __init__(self, session: UUID) -> None:
        self._session = session
        self.said: list[bytes] = []

    def tell(self, delta: Callable[[int], bytes]) -> None:
        """Tell everybody who listens the next piece, which is made of its number, the first one's being 0."""
        with _lock:
            said = delta(len(self.said))
            self.said.append(said)
            ears = list(_ears.get(self._session, ()))
        for ear in ears:
            try:
                ear.tell(said)
            except RuntimeError:  # its loop was closed before it could leave
                _forget(self._session, ear)


_ears: defaultdict[UUID, set[Ear]] = defaultdict(set)
_growing: defaultdict[UUID, list[Growing]] = defaultdict(list)
_lock = Lock()


@contextmanager
def listening(session: UUID) -> Iterator[Ear]:
    """Hear what is being written in the session, from its beginning, for as long as the context lasts."""
    ear = Ear()
    with _lock:
        _ears[session].add(ear)
        ear.begin(delta for answer in _growing.get(session, ()) for delta in answer.said)
    try:
        yield ear
    finally:
        _forget(session, ear)


@contextmanager
def growing(session: UUID) -> Iterator[Growing]:
    """An answer in the session, which is told for as long as the context lasts."""
    answer = Growing(session)
    with _lock:
        _growing[session].append(answer)
    try:
        yield answer
    finally:
        with _lock:
            _growing[session].remove(answer)
            if not _growing[session]:
                del _growing[session]


def _forget(session: UUID, ear: Ear) -> None:
    with _lock:
        _ears[session].discard(ear)
        if not _ears[session]:
            del _ears[session]
