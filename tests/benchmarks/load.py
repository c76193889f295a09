"""A client that costs next to nothing: HTTP/1.1 over kept connections, on one event loop."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """One request as its bytes."""

    raw: bytes

    @classmethod
    def to(cls, url: str, *, key: str, body: Any = None) -> Self:
        """A GET, or a POST of `body` as JSON."""
        parts = urlsplit(url)
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{'GET' if body is None else 'POST'} {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return cls(head.encode() + content)


@dataclass(slots=True)
class Client:
    """One connection to a server that tells the length of its answers."""

    host: str
    port: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(self, call: Call) -> tuple[int, bytes]:
        """The answer's status and body."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(call.raw)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        return int(head.split(" ", 2)[1]), await self.reader.readexactly(length)

    async def wanted(self, call: Call) -> bytes:
        """The answer's body. Raises `RuntimeError` for any status but 200."""
        status, body = await self.send(call)
        if status != 200:
            raise RuntimeError(f"{status}: {body[:500]!r}")
        return body

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def answer_of(host: str, port: int, call: Call) -> bytes:
    """The body of the answer. Raises `RuntimeError` for any status but 200."""
    return asyncio.run(_answer(Client(host, port), call))


async def _answer(client: Client, call: Call) -> bytes:
    try:
        return await client.wanted(call)
    finally:
        client.close()


def timed(host: str, port: int, calls: Sequence[Call], *, rounds: int) -> list[list[float]]:
    """Send the calls in turn, `rounds` times each; returns the seconds of each. Raises `RuntimeError` as above."""

    async def work() -> list[list[float]]:
        client, times = Client(host, port), [[] for _ in calls]
        try:
            for _ in range(rounds):
                for call, seconds in zip(calls, times, strict=True):
                    begun = time.perf_counter()
                    await client.wanted(call)
                    seconds.append(time.perf_counter() - begun)
        finally:
            client.close()
        return times

    return asyncio.run(work())


@dataclass(slots=True)
class Load:
    """What came back: seconds of each answer, and how many came with which status."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def per_minute(self) -> float:
        """Good answers per minute."""
        return self.statuses[200] * 60 / self.seconds


def loaded(host: str, port: int, calls: Sequence[Call], *, clients: int, seconds: float) -> Load:
    """Send the calls in turn over `clients` connections at once, each as fast as it is answered."""
    load = Load()

    async def one(place: int, until: float) -> None:
        client, turn = Client(host, port), place
        while time.perf_counter() < until:
            begun = time.perf_counter()
            status, _ = await client.send(calls[turn % len(calls)])
            load.times.append(time.perf_counter() - begun)
            load.statuses[status] += 1
            turn += 1
        client.close()

    async def work() -> None:
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for place in range(clients):
                group.create_task(one(place, begun + seconds))
        load.seconds = time.perf_counter() - begun

    asyncio.run(work())
    return load
