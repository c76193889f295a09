"""Processes that work on a trial's database: forked in milliseconds from one that has loaded the product.

Real processes with connections, loops and deaths of their own. A program started anew would take a second of CPU each,
which two hundred deaths do not have.
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.conftest import database_url
from tests.reliability.work import Orders

PATIENCE = 120.0  # seconds; the machine may be busy with something else
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.reliability.work"])


@dataclass(slots=True)
class Crew:
    """Everybody who works for one trial; all of them are dead when it ends."""

    orders: Orders
    members: list[ForkServerProcess] = field(default_factory=list)

    @classmethod
    @contextmanager
    def hired(cls, sandbox: str) -> "Iterator[Crew]":
        crew = cls(Orders(sandbox=sandbox))
        try:
            yield crew
        finally:
            crew.dismiss(*crew.members)

    def start(self, work: Callable[..., None], *arguments: Any, **orders: Any) -> ForkServerProcess:
        """Start a process that does `work` (a function of `tests.reliability.work`) under changed orders."""
        member = _forks.Process(target=work, args=(replace(self.orders, **orders), *arguments), daemon=True)
        with environment():
            member.start()
        self.members.append(member)
        return member

    def together(self, work: Callable[..., None], *arguments: Any, count: int, **orders: Any) -> None:
        """Let `count` processes do the same at the same moment, and wait for the last. Raises `AssertionError`."""
        barrier = self.barrier(count)
        members = [self.start(work, *arguments, barrier, **orders) for _ in range(count)]
        until_ended(members)
        codes = [member.exitcode for member in members]
        assert codes == [0] * count, codes

    @staticmethod
    def barrier(count: int) -> Barrier:
        """Where `count` processes wait for each other."""
        return _forks.Barrier(count)

    def dismiss(self, *members: ForkServerProcess) -> None:
        """Kill them; who is dead already stays so."""
        for member in members:
            member.kill()
            member.join(PATIENCE)
            member.close()
            self.members.remove(member)


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """The product's settings on the trial's database, for programs that are started meanwhile: also as a mapping."""
    changed = {"DJANGO_SETTINGS_MODULE": "salesintel.settings", "DATABASE_URL": database_url()}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield dict(os.environ)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def until_ended(members: Sequence[ForkServerProcess], *, within: float = PATIENCE) -> dict[int, float]:
    """When each ended: pid → `time.time()`. Raises `TimeoutError`."""
    ended: dict[int, float] = {}
    until = time.monotonic() + within
    waiting = list(members)
    while waiting:
        wait([member.sentinel for member in waiting], timeout=max(until - time.monotonic(), 0))
        for member in [member for member in waiting if not member.is_alive()]:
            waiting.remove(member)
            ended[int(member.pid or 0)] = time.time()
        if waiting and time.monotonic() > until:
            raise TimeoutError(f"{len(waiting)} of {len(members)} processes did not end within {within:g} s.")
    return ended


def until(condition: Callable[[], bool], what: str, *, within: float = PATIENCE) -> float:
    """Look until the condition holds; returns the seconds that it took. Raises `TimeoutError`."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > within:
            raise TimeoutError(f"{what}: not within {within:g} s.")
        time.sleep(0.02)
    return time.monotonic() - begun
