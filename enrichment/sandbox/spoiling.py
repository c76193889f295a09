"""Faults of content: the answer arrives whole and is not what was promised."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from enrichment.sandbox.faults import Rule
from enrichment.sandbox.hostility import with_injections
from enrichment.sandbox.messages import Reply, Request

LOGIN = b"<!doctype html><html><head><title>Log in</title></head><body><form><input name=user></form></body></html>"
METADATA = "http://169.254.169.254/latest/meta-data/"
BINARY = b'{"data": "\x00\x01\xff\xfe \\ud800 \xed\xa0\x80", "\x00": [NaN, Infinity, 1e9999]}'
DEPTH = 100_000
BOMB = 50_000_000  # bytes after decompression


def spoiled(reply: Reply, request: Request, rule: Rule) -> Reply:
    """The reply with another content; the same one for a fault that is none of content."""
    change = CHANGES.get(rule.kind)
    return change(reply, request) if change else reply


def truncated(reply: Reply, _request: Request) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def html(reply: Reply, _request: Request) -> Reply:
    return replace(reply, status=200, body=LOGIN, headers=(("content-type", "text/html"),))


def empty(reply: Reply, _request: Request) -> Reply:
    return replace(reply, status=200, body=b"")


def deep(reply: Reply, _request: Request) -> Reply:
    return replace(reply, body=b"[" * DEPTH + b"]" * DEPTH)


def binary(reply: Reply, _request: Request) -> Reply:
    return replace(reply, body=BINARY)


def bomb(reply: Reply, _request: Request) -> Reply:
    return replace(reply, body=gzip_bomb(), headers=(*reply.headers, ("content-encoding", "gzip")))


def hostile(reply: Reply, _request: Request) -> Reply:
    return replace(reply, body=with_injections(reply.body))


def loop(reply: Reply, request: Request) -> Reply:
    return replace(reply, status=302, body=b"", headers=(("location", f"https://{request.host}{request.path}"),))


def inward(reply: Reply, _request: Request) -> Reply:
    return replace(reply, status=302, body=b"", headers=(("location", METADATA),))


def wrong_type(reply: Reply, _request: Request) -> Reply:
    return replace(reply, body=with_wrong_types(reply.body))


CHANGES: dict[str, Callable[[Reply, Request], Reply]] = {
    "truncated": truncated,
    "wrong_type": wrong_type,
    "html": html,
    "empty": empty,
    "deep": deep,
    "binary": binary,
    "bomb": bomb,
    "hostile": hostile,
    "loop": loop,
    "inward": inward,
}


@cache
def gzip_bomb() -> bytes:
    """Zeros that are small on the wire and large in memory."""
    return gzip.compress(bytes(BOMB), compresslevel=9)


def with_wrong_types(body: bytes) -> bytes:
    """JSON in which texts are numbers, numbers texts and lists objects. Anything else becomes other bytes."""
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
