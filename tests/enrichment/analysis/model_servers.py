"""Servers on loopback that speak as the vendors of models do, streams and faults included.

A `Dialect` spells the same happenings in one vendor's words, so that a test says what happens and runs in each.
"""

import asyncio
import base64
import json
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from enrichment.analysis.model import EngineError
from enrichment.analysis.models_engine import ModelEngine
from enrichment.analysis.prices import Prices
from enrichment.analysis.wires.anthropic import AnthropicWire
from enrichment.analysis.wires.bedrock import BedrockWire
from enrichment.analysis.wires.openai import OpenAIWire
from tests.enrichment.analysis.worlds import acme

Reply = Callable[["Server", asyncio.StreamWriter], Any]
PRICES = Prices(tokens_in=Decimal("0.10"), tokens_out=Decimal("0.50"), cached=Decimal("0.005"))
KEY = "test-key"
ONE_CALL = Decimal("0.0002")  # 1,000 tokens read at 0.10 and 200 written at 0.50 USD per million


@dataclass
class Server:
    """Answers the n-th request with the n-th reply, the last one again and again; keeps what it was asked."""

    replies: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    url: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            )
            self.requests.append(json.loads(await reader.readexactly(length)))
            self.heads.append(head.decode())
            await self.replies[min(len(self.requests), len(self.replies)) - 1](self, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the engine hung up first, as it should on a deadline, or the test is over
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
        fake.over.set()
        server.close()


# --- What servers of any kind do --------------------------------------------------------------------------------------


def respond(status: int, body: Any, headers: str = "", kind: str = "application/json") -> Reply:
    async def reply(server: Server, writer: asyncio.StreamWriter) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(raw)}\r\n"
        writer.write(f"{head}connection: close\r\n{headers}\r\n".encode() + raw)
        await writer.drain()

    return reply


def cut_off(raw: bytes, kind: str) -> Reply:
    """Promises more than it sends."""

    async def reply(server: Server, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: 9999\r\n\r\n".encode() + raw)
        await writer.drain()

    return reply


async def silence(server: Server, writer: asyncio.StreamWriter) -> None:
    await server.over.wait()


async def trickle(server: Server, writer: asyncio.StreamWriter) -> None:
    """Sends a byte every fifth of a second: no single read ever waits long, and no frame of any format is whole."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 1000\r\n\r\n")
    while not server.over.is_set():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.2)


async def hang_up(server: Server, writer: asyncio.StreamWriter) -> None:
    """Closes the connection without a word."""


async def flood(server: Server, writer: asyncio.StreamWriter) -> None:
    """Sends more than any answer has, without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    for _ in range(10_000):
        writer.write(b" " * 100_000)
        await writer.drain()


# --- What each of them says -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dialect:
    """One vendor's way to say what a test wants said."""

    name: str
    content_type: str = "text/event-stream"
    overloaded: int = 529

    def engine(self, url: str, **changes: Any) -> ModelEngine:
        settings: dict[str, Any] = {"prices": PRICES, "deadline": 20.0, "backoff": 0.01}
        effort = changes.pop("effort", "")
        return ModelEngine(slug=self.name, wire=self.wire(url, effort=effort), **{**settings, **changes})

    def wire(self, url: str, *, effort: str = "") -> Any:
        return AnthropicWire(model="claude-haiku-5-5", api_key=KEY, base_url=url, effort=effort)

    def system_in(self, asked: dict[str, Any]) -> str:
        return str(asked["system"][0]["text"])

    def turns_in(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        return list(asked["messages"])

    def schema_in(self, asked: dict[str, Any]) -> Any:
        return asked.get("output_config", {}).get("format", {}).get("schema")

    def events(self, text: str, stop: str = "end_turn", *, cached: int = 0, written: int = 0) -> list[dict[str, Any]]:
        """A whole message of 1,000 tokens read and 200 written, a thought and a ping before its text."""
        half = len(text) // 2
        used = {"input_tokens": 1_000, "cache_creation_input_tokens": written, "cache_read_input_tokens": cached}
        head = {"id": "msg_01", "type": "message", "role": "assistant", "model": "m", "content": []}
        return [
            {
                "type": "message_start",
                "message": {**head, "stop_reason": None, "stop_sequence": None, "usage": {**used, "output_tokens": 1}},
            },
            {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
            {"type": "ping"},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": '{"no": 1}'}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "EqQB"}},
            {"type": "content_block_stop", "index": 0},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": text[:half]}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": text[half:]}},
            {"type": "content_block_stop", "index": 1},
            {
                "type": "message_delta",
                "delta": {"stop_reason": stop, "stop_sequence": None},
                "usage": {"output_tokens": 200},
            },
            {"type": "message_stop"},
        ]

    def spelt(self, events: Iterable[dict[str, Any]]) -> bytes:
        return b"".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode() for one in events)

    def says(self, text: str, stop: str = "end_turn", **used: int) -> Reply:
        return respond(200, self.spelt(self.events(text, stop, **used)), kind=self.content_type)

    def refuses(self) -> Reply:
        return self.says("", "refusal")

    def truncates(self, text: str) -> Reply:
        return self.says(text, "max_tokens")

    def breaks_off(self) -> Reply:
        """In mid-answer, after what was read is told."""
        return cut_off(self.spelt(self.events("{}")[:8]), self.content_type)

    def stops_short(self) -> Reply:
        """Whole as HTTP, without the last event."""
        return respond(200, self.spelt(self.events("{}")[:-1]), kind=self.content_type)

    def is_overloaded_inside(self) -> Reply:
        """An error within a 200, after the message has begun."""
        return respond(200, self.spelt([*self.events("{}")[:8], self.error_event()]), kind=self.content_type)

    def error_event(self) -> dict[str, Any]:
        return {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    def fails(self, status: int, kind: str = "", headers: str = "") -> Reply:
        body = {"type": "error", "error": {"type": kind, "message": "said so"}, "request_id": "req_01"}
        return respond(status, body, headers)

    def knows_no_model(self) -> tuple[Reply, str]:
        return self.fails(404, "not_found_error"), "answered 404 (not_found_error)"

    def has_sold_out(self) -> tuple[Reply, str]:
        """A spend limit: nothing more is sold for now."""
        return self.fails(429, "rate_limit_error"), "answered 429 (rate_limit_error)"


class Bedrock(Dialect):
    """The same events, each in a frame of AWS's."""

    def wire(self, url: str, *, effort: str = "") -> Any:
        return BedrockWire(
            model="anthropic.claude-haiku-5-5",
            region="eu-central-1",
            access_key="AKIATEST",
            secret_key=KEY,
            base_url=url,
            effort=effort,
        )

    def spelt(self, events: Iterable[dict[str, Any]]) -> bytes:
        return b"".join(self._frame(one) for one in events)

    def _frame(self, event: dict[str, Any]) -> bytes:
        if event["type"] == "error":
            return framed(
                {":message-type": "exception", ":exception-type": "serviceUnavailableException"}, {"message": "no"}
            )
        chunk = {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}
        return framed({":message-type": "event", ":event-type": "chunk", ":content-type": "application/json"}, chunk)

    def fails(self, status: int, kind: str = "", headers: str = "") -> Reply:
        return respond(status, {"message": "said so"}, f"x-amzn-errortype: {kind}:http://internal\r\n{headers}")

    def knows_no_model(self) -> tuple[Reply, str]:
        return self.fails(404, "ResourceNotFoundException"), "answered 404 (ResourceNotFoundException)"

    def has_sold_out(self) -> tuple[Reply, str]:
        return self.fails(402, "BillingException"), "answered 402 (BillingException)"


def framed(headers: dict[str, str], payload: dict[str, Any]) -> bytes:
    """One message of AWS's event stream: lengths, headers, payload, and a checksum of each."""
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in headers.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 12 + len(head) + len(body) + 4, len(head))
    raw = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + body
    return raw + struct.pack("!I", zlib.crc32(raw))


class OpenAI(Dialect):
    """Chat completions."""

    def wire(self, url: str, *, effort: str = "") -> Any:
        return OpenAIWire(model="gpt-x", api_key=KEY, base_url=f"{url}/v1", effort=effort)

    def system_in(self, asked: dict[str, Any]) -> str:
        assert asked["messages"][0]["role"] == "system"
        return str(asked["messages"][0]["content"])

    def turns_in(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        return list(asked["messages"][1:])

    def schema_in(self, asked: dict[str, Any]) -> Any:
        return asked.get("response_format", {}).get("json_schema", {}).get("schema")

    def events(self, text: str, stop: str = "end_turn", *, cached: int = 0, written: int = 0) -> list[dict[str, Any]]:
        reason = {"end_turn": "stop", "max_tokens": "length"}.get(stop, stop)
        half = len(text) // 2
        used = {
            "prompt_tokens": 1_000 + cached,
            "completion_tokens": 200,
            "total_tokens": 1_200 + cached,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        deltas: list[dict[str, Any]] = [
            {"role": "assistant", "content": ""},
            {"content": text[:half]},
            {"content": text[half:]},
        ]
        return [
            *(self._chunk([{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas),
            self._chunk([{"index": 0, "delta": {}, "finish_reason": reason}]),
            self._chunk([], usage=used),
        ]

    def _chunk(self, choices: list[Any], **more: Any) -> dict[str, Any]:
        return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}

    def spelt(self, events: Iterable[dict[str, Any]]) -> bytes:
        return b"".join(f"data: {json.dumps(one)}\n\n".encode() for one in events) + b"data: [DONE]\n\n"

    def refuses(self) -> Reply:
        said = [{"index": 0, "delta": {"refusal": "I cannot help with that."}, "finish_reason": None}]
        events = self.events("")
        return respond(200, self.spelt([self._chunk(said), *events[3:]]), kind=self.content_type)

    def breaks_off(self) -> Reply:
        raw = self.spelt(self.events("{}")[:2]).replace(b"data: [DONE]\n\n", b"")
        return cut_off(raw, self.content_type)

    def stops_short(self) -> Reply:
        return respond(200, self.spelt(self.events("{}")[:2]), kind=self.content_type)

    def is_overloaded_inside(self) -> Reply:
        raw = self.spelt([*self.events("{}")[:2], self.error_event()])
        return respond(200, raw, kind=self.content_type)

    def error_event(self) -> dict[str, Any]:
        return {"error": {"message": "overloaded", "type": "server_error", "code": None, "param": None}}

    def fails(self, status: int, kind: str = "", headers: str = "") -> Reply:
        return respond(status, {"error": {"message": "said so", "type": "t", "param": None, "code": kind}}, headers)

    def knows_no_model(self) -> tuple[Reply, str]:
        return self.fails(404, "model_not_found"), "answered 404 (model_not_found)"

    def has_sold_out(self) -> tuple[Reply, str]:
        return self.fails(429, "insufficient_quota"), "answered 429 (insufficient_quota)"


def preload() -> None:
    """Make each library's first call, which on a busy machine takes longer than a test waits."""
    asyncio.run(_first_calls())


async def _first_calls() -> None:
    for dialect in DIALECTS:
        async with serving(dialect.refuses()) as server:
            with suppress(EngineError):
                await dialect.engine(server.url, deadline=60.0).draft(acme())


ANTHROPIC = Dialect("anthropic")
BEDROCK = Bedrock("bedrock", "application/vnd.amazon.eventstream", 503)
OPENAI = OpenAI("openai", overloaded=503)
DIALECTS = (ANTHROPIC, BEDROCK, OPENAI)
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=[dialect.name for dialect in DIALECTS])


def answer(**changes: Any) -> str:
    """An answer about Acme Corp: entries are numbered as the prompt numbers them."""
    said: dict[str, Any] = {
        "insights": [{"about": "n0", "text": "European expansion usually asks for identity that scales."}],
        "persona_fits": [
            {"about": "c0", "text": "Probably runs the infrastructure that every identity project touches."}
        ],
        "actions": [{"about": "o1", "text": "Write to the new CISO before the first review."}],
        "observations": [{"text": "Azure AD is in use for identity.", "evidence": ["e6"]}],
        "products": [
            {
                "product": "Workforce Identity Cloud",
                "reason": "The MFA rollout has been a struggle: Workforce Identity Cloud is made for that.",
                "outcome": "A rollout of MFA without a struggle.",
                "evidence": ["e7"],
            }
        ],
        "positioning_advantage": {"text": "Okta works beside Azure AD instead of replacing it.", "evidence": ["e6"]},
        "objection_handling": [{"text": "Azure AD is there already → Okta adds to it.", "evidence": ["e6"]}],
        "talking_points": [{"text": "How will you onboard people in Berlin?", "evidence": ["e1"]}],
    }
    return json.dumps(said | changes)
