"""The thread that looks for everybody who follows something."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from django.db import OperationalError, connection

from salesintel import tailer
from salesintel.accounts.models import User
from salesintel.pulse import NOTHING, Topics, tell
from salesintel.tailer import Tailer

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True)
class Mark:
    users: int
    topics: frozenset[str] = frozenset({"users"})


def look(keys: set[str]) -> Mapping[str, Mark]:
    return {key: Mark(User.objects.count()) for key in keys}


def register() -> None:
    try:
        User.objects.create_user(f"user{time.monotonic_ns()}")
        tell("users")
    finally:
        connection.close()


async def moved_within(follower: tailer.Follower[str, Mark], seconds: float) -> Mark | None:
    async with asyncio.timeout(seconds):
        return await follower.moved()


async def in_a_thread(work: Callable[[], None]) -> None:
    """Write on another connection than this thread's, whose own writes SQLite does not count for it."""
    await asyncio.to_thread(work)


class Silence:
    def wait(self) -> Topics | None:
        time.sleep(0.01)
        return NOTHING


def test_a_pulse_brings_a_follower_the_newest_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tailer, "RECHECK", 3600.0)

    async def follow() -> list[Mark | None]:
        with Tailer(look).following("all") as follower:
            first = await moved_within(follower, 20)
            await in_a_thread(register)
            return [first, await moved_within(follower, 20)]

    assert asyncio.run(follow()) == [Mark(0), Mark(1)]


def test_a_pulse_that_is_lost_makes_a_mark_late_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tailer, "pulse", Silence)

    async def follow() -> Mark | None:
        with Tailer(look).following("all") as follower:
            await moved_within(follower, 20)
            await in_a_thread(register)
            return await moved_within(follower, 20)

    assert asyncio.run(follow()) == Mark(1)


def test_a_database_that_was_gone_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def shaky(keys: set[str]) -> Mapping[str, Mark]:
        looks.append(len(keys))
        if len(looks) == 1:
            raise OperationalError("It restarts.")
        return look(keys)

    async def follow() -> Mark | None:
        with Tailer(shaky).following("all") as follower:
            return await moved_within(follower, 20)

    assert asyncio.run(follow()) == Mark(0)


def test_nobody_looks_when_nobody_follows_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tailer, "LINGER", 0.1)
    shared: Tailer[str, Mark] = Tailer(look)

    async def follow() -> None:
        with shared.following("all") as follower:
            await moved_within(follower, 20)

    asyncio.run(follow())
    until = time.monotonic() + 20
    while shared._thread is not None and time.monotonic() < until:
        time.sleep(0.05)

    assert shared._thread is None


def test_who_comes_just_as_the_thread_gives_up_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tailer, "pulse", Silence)
    monkeypatch.setattr(tailer, "LINGER", 0.05)
    following: Tailer[str, Mark] = Tailer(look)
    waited = following._changed.wait
    came: list[tailer.Follower[str, Mark]] = []

    async def scenario() -> Mark | None:
        def wait(timeout: float | None = None) -> bool:
            """The time is up; before the thread has the lock again, somebody comes."""
            told = waited(timeout)
            if not came:
                came.append(late)
                following._followers.add(late)
            return told

        late: tailer.Follower[str, Mark] = tailer.Follower("late")
        monkeypatch.setattr(following._changed, "wait", wait)
        with following.following("early") as early:
            await moved_within(early, 5)
        return await moved_within(late, 5)

    assert asyncio.run(scenario()) is not None
    following._followers.clear()
