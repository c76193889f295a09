"""W1 and W2: sockets that are cut, and readers that stop reading. Every event reaches them, once and in order."""

import asyncio
import json
import random
import socket as sockets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psutil
from django.db import connection, transaction
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from enrichment import events
from enrichment.api.sockets import Following
from enrichment.events import News
from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.workflow import finish
from salesintel.accounts.models import ApiKey
from salesintel.processes import any_free_port
from tests.reliability import crew
from tests.reliability.audit import Verdict
from tests.reliability.house import House, prospects
from tests.serving import Server

FOLLOWERS = 5  # at once
PATIENCE = 120.0  # seconds
LOST = (OSError, ConnectionClosed, InvalidMessage, TimeoutError)  # what a client meets when its server is gone
BULKY = "x" * 4000  # characters of an event that a slow reader must not pile up
READERS = 8
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """How one request is followed: at a server in a process of its own, with a key."""

    server: Server
    key: str
    request: ResearchRequest

    @property
    def run(self) -> UUID:
        assert self.request.run_id is not None
        return self.request.run_id

    def connect(self, after: int, **more: object) -> connect:
        url = f"{self.server.url.replace('http', 'ws')}/ws/runs/{self.request.pk}/?after={after}"
        headers = {"X-API-Key": self.key}
        return connect(url, additional_headers=headers, proxy=None, open_timeout=PATIENCE, **more)

    def last(self) -> int:
        """The number of the latest event."""
        return WorkflowRun.objects.values_list("last_seq", flat=True).get(pk=self.run)

    def is_end(self, event: dict[str, Any]) -> bool:
        """Whether nothing comes after it; a run's socket is closed instead."""
        return False

    def happen(self, count: int, data: str = "") -> None:
        with transaction.atomic():
            events.append(self.run, [News("progress", {"data": data})] * count, at=datetime.now(UTC))

    def end(self) -> int:
        """End the run; the number of its last event."""
        with transaction.atomic():
            finish.fail(WorkflowRun.objects.get(pk=self.run), "The trial is over.")
        return WorkflowRun.objects.get(pk=self.run).last_seq


@contextmanager
def line(house: House) -> Iterator[Line]:
    """A run that nobody drives, and the server where it is followed."""
    request = house.ask(prospects()[0], consumer="news")
    _, key = ApiKey.issue(user=house.user, name="trial", scopes=["read"])
    with crew.environment() as environment:
        server = Server(any_free_port(), environment)
        server.start()
    try:
        yield Line(server, key, request)
    finally:
        server.stop()


# --- W1 ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Told:
    """What one follower heard, over all its connections, and how often it was cut off."""

    cuts_left: int
    numbers: list[int] = field(default_factory=list)
    cuts: int = 0
    lost: int = 0  # connections that went with the server


def cut_at_random(
    house: House,
    count: int,
    *,
    numbered: bool = True,
    opened: Callable[[House], AbstractContextManager[Line]] = line,
) -> Verdict:
    """Cut sockets `count` times while events happen, and restart the server once in 100 cuts.

    Without `numbered` a follower comes back as one would who is only pushed what is new.
    """
    with opened(house) as followed:
        told = [Told(count // FOLLOWERS + (place < count % FOLLOWERS)) for place in range(FOLLOWERS)]
        over, restarts = threading.Event(), count // 100
        writer = threading.Thread(target=_happen_until, args=(followed, told, over, restarts))
        writer.start()
        asyncio.run(_follow_all(followed, told, over, numbered=numbered))
        writer.join()
        last = followed.last()
    found = [words for each in told for words in _misheard(each.numbers, last)]
    cuts, lost = sum(each.cuts for each in told), sum(each.lost for each in told)
    worst = f"{last} events to {FOLLOWERS} followers, {cuts} cuts, {lost} connections lost with {restarts} restarts"
    return Verdict(id="W1", trials=cuts, violations=tuple(found), worst=worst)


def _happen_until(followed: Line, told: list[Told], over: threading.Event, restarts: int) -> None:
    """Let one to three events happen every few milliseconds until all was cut; then end the run."""
    dice, due = random.Random(1), [100 * (place + 1) - 50 for place in range(restarts)]
    try:
        while any(each.cuts_left for each in told) and not over.is_set():
            followed.happen(dice.randint(1, 3))
            time.sleep(dice.uniform(0, 0.03))
            if due and sum(each.cuts for each in told) >= due[0]:
                due.pop(0)
                followed.server.stop()
                followed.server.start()
        followed.end()
    finally:
        connection.close()


async def _follow_all(followed: Line, told: list[Told], over: threading.Event, *, numbered: bool) -> None:
    try:
        async with asyncio.timeout(10 * PATIENCE), asyncio.TaskGroup() as group:
            for place, each in enumerate(told):
                group.create_task(_follow(followed, each, random.Random(place), numbered=numbered))
    finally:
        over.set()


async def _follow(followed: Line, told: Told, dice: random.Random, *, numbered: bool) -> None:
    while True:
        after = (told.numbers or [0])[-1] if numbered else await asyncio.to_thread(_newest, followed)
        try:
            async with followed.connect(after) as socket:
                if await _hear(socket, told, dice, followed):
                    return
        except LOST:
            told.lost += 1
            await asyncio.sleep(dice.uniform(0.05, 0.2))


async def _hear(socket: ClientConnection, told: Told, dice: random.Random, followed: Line) -> bool:
    """Listen to the end, or until the line is cut; whether it was the end."""
    try:
        async with asyncio.timeout(dice.uniform(0, 0.15) if told.cuts_left else PATIENCE):
            async for said in socket:
                event = json.loads(said)
                told.numbers.append(event["seq"])
                if followed.is_end(event):
                    return True
    except TimeoutError:
        socket.transport.abort()
        told.cuts_left, told.cuts = told.cuts_left - 1, told.cuts + 1
        return False
    return socket.close_code == 1000


def _newest(followed: Line) -> int:
    try:
        return followed.last()
    finally:
        connection.close()


def _misheard(numbers: list[int], last: int) -> Iterator[str]:
    if missing := set(range(1, last + 1)) - set(numbers):
        yield f"{len(missing)} events never told, the first {min(missing)}"
    if len(numbers) != len(set(numbers)):
        yield f"{len(numbers) - len(set(numbers))} events told twice"
    if numbers != sorted(numbers):
        yield "events told out of order"


# --- W2 ---------------------------------------------------------------------------------------------------------------


def readers_that_stop(house: House, count: int) -> Verdict:
    """Readers that take nothing while `count` events of 4 kB happen, and then read on."""
    with line(house) as followed:
        grown, numbers, last = asyncio.run(_stop_and_go(followed, count))
    found = [words for each in numbers for words in _misheard(each, last)]
    piled = READERS * count * len(BULKY) / MEGABYTE
    if grown > max(piled / 3, 32):
        found.append(f"the server grew by {grown:.0f} MB")
    worst = f"the server grew by {grown:.0f} MB while {READERS} readers left {piled:.0f} MB unread"
    return Verdict(id="W2", trials=READERS, violations=tuple(found), worst=worst)


async def _stop_and_go(followed: Line, count: int) -> tuple[float, list[list[int]], int]:
    """MB that the server grew by, what each reader heard in the end, and the last event's number."""
    assert followed.server.process is not None
    server = psutil.Process(followed.server.process.pid)
    readers = [await _narrow(followed) for _ in range(READERS)]
    await asyncio.to_thread(followed.happen, 1)
    for reader in readers:
        await reader.recv()  # each is served before it stops
    before = server.memory_info().rss
    await asyncio.to_thread(_bulk, followed, count)
    await asyncio.sleep(3)
    grown = (server.memory_info().rss - before) / MEGABYTE
    last = await asyncio.to_thread(_ended, followed)
    heard = [[1, *[json.loads(said)["seq"] async for said in reader]] for reader in readers]
    return grown, heard, last


async def _narrow(followed: Line) -> ClientConnection:
    """A connection whose buffers on our side hold next to nothing."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    host, port = followed.server.url.removeprefix("http://").split(":")
    await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
    return await followed.connect(0, sock=raw, max_queue=1, compression=None, ping_interval=None)


def _bulk(followed: Line, count: int) -> None:
    try:
        for _ in range(count // 50):
            followed.happen(50, BULKY)
    finally:
        connection.close()


def _ended(followed: Line) -> int:
    try:
        return followed.end()
    finally:
        connection.close()


def piled_up(house: House, count: int, *, waits: bool) -> int:
    """How many of `count` events are taken out of the tables for a reader that takes none.

    With `waits`, whoever tells them waits until they are taken, as a socket does; without, it leaves them in a queue.
    """
    request = house.ask(prospects()[0], consumer="news")
    assert request.run_id is not None
    with transaction.atomic():
        events.append(request.run_id, [News("progress")] * count, at=datetime.now(UTC))
    taken: list[str] = []

    async def say(text: str) -> None:
        taken.append(text)
        if waits:
            await asyncio.Event().wait()

    async def tell() -> None:
        try:
            async with asyncio.timeout(3):
                await Following(request.pk, 0)(say)
        except TimeoutError:
            return

    asyncio.run(tell())
    return len(taken)
