"""How an answer reaches the client: whole, or spoiled by a fault."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import replace
from functools import cache
from typing import Any

from enrichment.sandbox.faults import Rule
from enrichment.sandbox.hostility import with_injections
from enrichment.sandbox.messages import Reply, Request

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Abort = Callable[[], None]
CHUNK = b" " * 65_536
DRIP = 0.5  # seconds between two bytes
LOGIN = b"<!doctype html><html><head><title>Log in</title></head><body><form><input name=user></form></body></html>"
METADATA = "http://169.254.169.254/latest/meta-data/"
BINARY = b'{"data": "\x00\x01\xff\xfe \\ud800 \xed\xa0\x80", "\x00": [NaN, Infinity, 1e9999]}'
DEPTH = 100_000


def spoiled(reply: Reply, request: Request, rule: Rule) -> Reply:
    """The reply with another content, for the faults that are a matter of content."""
    match rule.kind:
        case "truncated":
            return replace(reply, body=reply.body[: len(reply.body) // 2])
        case "wrong_type":
            return replace(reply, body=with_wrong_types(reply.body))
        case "html":
            return replace(reply, status=200, body=LOGIN, headers=(("content-type", "text/html"),))
        case "empty":
            return replace(reply, status=200, body=b"")
        case "deep":
            return replace(reply, body=b"[" * DEPTH + b"]" * DEPTH)
        case "binary":
            return replace(reply, body=BINARY)
        case "bomb":
            return replace(reply, body=gzip_bomb(), headers=(*reply.headers, ("content-encoding", "gzip")))
        case "hostile":
            return replace(reply, body=with_injections(reply.body))
        case "loop":
            return replace(
                reply, status=302, body=b"", headers=(("location", f"https://{request.host}{request.path}"),)
            )
        case "inward":
            return replace(reply, status=302, body=b"", headers=(("location", METADATA),))
    return reply


@cache
def gzip_bomb() -> bytes:
    """200 MB of zeros, as some 200 kB."""
    return gzip.compress(bytes(200_000_000), compresslevel=9)


def with_wrong_types(body: bytes) -> bytes:
    """JSON in which texts are numbers, numbers texts and lists objects; anything else becomes bytes that are no text."""
    try:
        content = json.loads(body)
    except ValueError:
        return b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    if isinstance(content, dict):  # the outermost object stays, or there would be no field left to be wrong
        return json.dumps({key: of_wrong_type(value) for key, value in content.items()}).encode()
    return json.dumps(of_wrong_type(content)).encode()


def of_wrong_type(value: Any) -> Any:
    """The value as another type than promised."""
    match value:
        case dict():
            return [of_wrong_type(item) for item in value.values()]
        case list():
            return {str(number): of_wrong_type(item) for number, item in enumerate(value)}
        case str():
            return len(value)
        case bool() | int() | float():
            return {"value": str(value)}
    return [None]


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
    """Half of the promised bytes, then the connection closes: the server closes it itself where it cannot be aborted."""
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
