"""A real HTTP server on a free port of 127.0.0.1 that answers what a test tells it to, byte for byte if need be."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request. `path` holds the query; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent back. `cut`: break off after so many bytes of the body; `drip`: seconds before each of its bytes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: float = 0.0
    wait: float = 0.0

    def head(self) -> bytes:
        headers = {"Content-Length": str(len(self.body)), "Connection": "close"} | self.headers
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{name}: {value}" for name, value in headers.items() if value)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


Told = Callable[[Asked], Answer]


class LocalServer:
    """`async with LocalServer(told) as server`: requests are kept in `server.asked`."""

    def __init__(self, told: Told | None = None) -> None:
        self.told: Told = told or (lambda _: Answer())
        self.asked: list[Asked] = []
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._conversations:
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{{host}}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._converse(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append(Asked(method=method, path=path, headers=headers, body=body))
        answer = self.told(self.asked[-1])
        await asyncio.sleep(answer.wait)
        writer.write(answer.head())
        await _send_body(answer, writer.write, writer.drain)


async def _send_body(answer: Answer, write: Callable[[bytes], None], drain: Callable[[], Awaitable[None]]) -> None:
    body = answer.body if answer.cut is None else answer.body[: answer.cut]
    if not answer.drip:
        write(body)
        return await drain()
    for byte in body:
        await asyncio.sleep(answer.drip)
        write(bytes([byte]))
        await drain()
    return None
