"""A server on loopback that speaks the Messages format as far as an engine can tell, faults included."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Reply = Callable[["Server", asyncio.StreamWriter], Any]


@dataclass
class Server:
    """Answers the n-th request with the n-th reply, the last one again and again; keeps what it was asked."""

    replies: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            )
            asked = json.loads(await reader.readexactly(length))
            self.requests.append(asked)
            await self.replies[min(len(self.requests), len(self.replies)) - 1](self, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the engine hung up first, as it should on a deadline
        finally:
            writer.close()


@asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[Server]:
    fake = Server(list(replies))
    server = await asyncio.start_server(fake.handle, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.close()


def respond(status: int, body: Any, headers: str = "") -> Reply:
    async def reply(server: Server, writer: asyncio.StreamWriter) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(raw)}\r\n"
        writer.write(f"{head}connection: close\r\n{headers}\r\n".encode() + raw)
        await writer.drain()

    return reply


def message(text: str, stop_reason: str | None = "end_turn", **usage: int) -> Reply:
    counted = {"input_tokens": 1_000, "output_tokens": 200, "cache_read_input_tokens": 0, **usage}
    return respond(
        200,
        {
            "id": "msg_01",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-5-5",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "EqQB"},
                {"type": "text", "text": text},
            ],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"cache_creation_input_tokens": 0, **counted},
        },
    )


def error(status: int, kind: str, headers: str = "") -> Reply:
    return respond(status, {"type": "error", "error": {"type": kind, "message": "no"}, "request_id": "req_01"}, headers)


async def silence(server: Server, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def trickle(server: Server, writer: asyncio.StreamWriter) -> None:
    """Sends a byte every tenth of a second: no single read ever waits long."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(300):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def hang_up(server: Server, writer: asyncio.StreamWriter) -> None:
    """Closes the connection without a word."""


async def flood(server: Server, writer: asyncio.StreamWriter) -> None:
    """Sends more than any message has, without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
    for _ in range(10_000):
        writer.write(b" " * 100_000)
        await writer.drain()


async def cut_off(server: Server, writer: asyncio.StreamWriter) -> None:
    """Promises more than it sends."""
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"content": []')
    await writer.drain()
