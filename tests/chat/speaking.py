"""A vendor's server in a thread, which speaks an answer piece by piece; and a company of which two things are known."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from enrichment.models import AnalysisEngine, Company
from tests import factories
from tests.enrichment.analysis.model_servers import Dialect, Reply, Server, serving

RAISED, HIRES = "Acme Corp raises $50M to open an office in Berlin", "IAM Architect"
QUESTION = "What hangs on Berlin for them?"  # which no intent covers


def know(company: Company) -> list[str]:
    """Two findings on the company; the ids of their evidence: the money raised, the open post."""
    raised = factories.evidence(company, title=RAISED, text="Acme Corp raised $50M to open an office in Berlin.")
    post = factories.evidence(
        company,
        entry=raised.entry,
        title=HIRES,
        kind="job",
        text="Acme Corp is looking for an IAM Architect in Berlin.",
    )
    news = {"headline": RAISED, "date": "2026-10-20", "publisher": "Fintech Ledger", "url": "https://news.example/1"}
    claims = [factories.claim(news, evidence=[raised.pk])]
    factories.fact(company, "recent_activities", [news], claims=claims)
    job = {"title": HIRES, "location": "Berlin"}
    factories.fact(company, "hiring_trends", [job], claims=[factories.claim(job, evidence=[post.pk])])
    return [f"e{raised.pk}", f"e{post.pk}"]


def engine_at(url: str, **changes: Any) -> AnalysisEngine:
    """The seeded Claude, at this address and with prices."""
    row = AnalysisEngine.objects.get(slug="anthropic")
    prices = {"price_in": Decimal("0.10"), "price_out": Decimal("0.50")}
    given = {"base_url": url, "credentials": {"api_key": "test-key"}, "enabled": True, **prices, **changes}
    for name, value in given.items():
        setattr(row, name, value)
    row.save()
    return row


@contextmanager
def models(*replies: Reply) -> Iterator[Server]:
    """A server that gives these replies, in a thread of its own."""
    ready = threading.Event()
    found: list[tuple[Server, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        over = asyncio.Event()
        async with serving(*replies) as server:
            found.append((server, asyncio.get_running_loop(), over))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    server, loop, over = found[0]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(30)


def frames(dialect: Dialect, pieces: Sequence[str]) -> list[bytes]:
    """A whole answer of these pieces of text, in the vendor's words: what comes before them, each, what comes after."""
    told = dialect.events("xy")  # which is sent as x and y
    first, second = (place for place, event in enumerate(told) if any(f'"{x}"' in json.dumps(event) for x in "xy"))
    shape = json.dumps(told[first])
    spelt = [json.loads(shape.replace('"x"', json.dumps(piece))) for piece in pieces]
    done = b"data: [DONE]\n\n"
    parts = [dialect.spelt(each) for each in (told[:first], *([each] for each in spelt), told[second + 1 :])]
    return [*(part.replace(done, b"") for part in parts[:-1]), parts[-1]]


def speaks(dialect: Dialect, *pieces: str, gate: threading.Event | None = None, after: int = 1) -> Reply:
    """Says the pieces one by one; waits at the `gate` when `after` of them are said."""

    async def reply(_server: Server, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 X\r\ncontent-type: {dialect.content_type}\r\nconnection: close\r\n\r\n".encode())
        for place, frame in enumerate(frames(dialect, pieces)):
            if gate is not None and place == after + 1:
                await asyncio.to_thread(gate.wait, 20)
            writer.write(frame)
            await writer.drain()

    return reply


def cut(dialect: Dialect, frames_said: Sequence[bytes]) -> Reply:
    """Says this much and hangs up, as if more was to come."""

    async def reply(_server: Server, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 X\r\ncontent-type: {dialect.content_type}\r\ncontent-length: 99999\r\n\r\n"
        writer.write(head.encode() + b"".join(frames_said))
        await writer.drain()

    return reply
