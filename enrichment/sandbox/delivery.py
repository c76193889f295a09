"""How an answer reaches the client: whole, slowly, without end, in part or not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from enrichment.sandbox.faults import Rule
from enrichment.sandbox.messages import Reply

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Abort = Callable[[], None]
CHUNK = b" " * 65_536
BREAKING = frozenset({"reset", "cut"})  # faults after which the client does not have the whole answer
DRIP = 0.5  # seconds between two bytes


async def deliver(reply: Reply, send: Send, *, rule: Rule | None = None, abort: Abort | None = None) -> None:
    """Send the reply in the way of the fault; without one, whole."""
    match rule.kind if rule else "":
        case "hang":
            await asyncio.Event().wait()
        case "reset" if abort is not None:
            abort()
        case "reset" | "cut":
            await broken_off(reply, send, abort)
        case "drip":
            await streamed(reply, send, drops(reply.body))
        case "huge" if rule is not None:
            await streamed(reply, send, filler(reply.body, rule.size))
        case _:
            await whole(reply, send)


def head(reply: Reply, *, length: int | None = None) -> dict[str, Any]:
    headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in reply.headers]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


async def whole(reply: Reply, send: Send) -> None:
    await send(head(reply, length=len(reply.body)))
    await send({"type": "http.response.body", "body": reply.body})


async def broken_off(reply: Reply, send: Send, abort: Abort | None) -> None:
    """Half of the promised bytes, then the connection closes. Without `abort` the server closes it, as bytes lack."""
    await send(head(reply, length=len(reply.body) + 1))
    await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    if abort is not None:
        await asyncio.sleep(0.05)  # let the bytes leave: an abort throws away what is still in the buffer
        abort()


async def streamed(reply: Reply, send: Send, chunks: AsyncIterator[bytes]) -> None:
    await send(head(reply))
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def drops(body: bytes) -> AsyncIterator[bytes]:
    for byte in body:
        yield bytes([byte])
        await asyncio.sleep(DRIP)


async def filler(body: bytes, size: int) -> AsyncIterator[bytes]:
    """The answer, and then blanks up to `size` bytes."""
    yield body[:size]
    for _ in range(len(body), size, len(CHUNK)):
        yield CHUNK
        await asyncio.sleep(0)
