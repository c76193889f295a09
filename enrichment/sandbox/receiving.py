"""Requests as they arrive, made into what the provider would have seen."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from enrichment.sandbox.messages import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
LONGEST_BODY = 1_000_000  # bytes


async def request_of(scope: Scope, receive: Receive) -> Request:
    """The request as the provider would have seen it: host and path without the sandbox's prefix."""
    host, _, path = scope["path"].lstrip("/").partition("/")
    return Request(
        method=scope["method"],
        host=ascii_host(host),
        path=f"/{path}",
        query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=await body_of(receive),
    )


def ascii_host(host: str) -> str:
    """Lower case, without port and final dot, in ASCII."""
    bare = host.partition(":")[0].rstrip(".").lower()
    try:
        return bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare


async def body_of(receive: Receive) -> bytes:
    """The request's body; what goes beyond a megabyte is left out."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        part: bytes = message.get("body", b"")
        body = (body + part)[:LONGEST_BODY]
        if not message.get("more_body"):
            return body
