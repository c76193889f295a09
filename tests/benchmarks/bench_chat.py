"""How long a conversation takes: from the choice of a company to its overview, from an event to the client's socket.

What happens in the research is written by this process, as a worker would; the server is another one, as `make run`
starts it, and tells it on in the conversation first.
"""

import asyncio
import json
import statistics
import time
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction
from websockets.asyncio.client import connect

from chat.choosing import follow
from chat.models import ChatSession
from enrichment import events
from enrichment.events import News
from enrichment.sandbox import world
from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import ApiKey, User
from salesintel.processes import any_free_port
from tests.benchmarks.stage import p95, program, staged, until_answers
from tests.driving import drive_on

Figure = tuple[str, str, str]  # what, measured, target

HOST = "127.0.0.1"
EVENTS = 200  # of which the time is taken
EVERY = 0.05  # seconds between two of them
CHOICES = 40
KNOWN = "acmecorp.com"  # what the overview tells is collected before


def run() -> list[Figure]:
    """Companies chosen over a socket, then a run that tells something every 50 ms."""
    port = any_free_port()
    web = ["-m", "uvicorn", "salesintel.asgi:application", "--port", str(port), "--log-level", "warning"]
    with staged(latency=0.0), program(*web):
        until_answers(f"http://{HOST}:{port}/health/ready")
        user = User.objects.create_user("talker", role="AE")
        _, key = ApiKey.issue(user=user, name="benchmark", scopes=["read", "enrich"])
        request_research(Ask(consumer="profile", company=KNOWN), user=user)
        drive_on()
        chosen = asyncio.run(_choices(port, key, [ChatSession.objects.create(user=user).pk for _ in range(CHOICES)]))
        heard = asyncio.run(_events(port, key, *_followed(user)))
    return [
        ("chat: choose a company → first overview on the socket, p95", _told(chosen), "≤ 300 ms"),
        ("chat: event stored → on the client's socket, p95", _told(heard), "≤ 50 ms"),
    ]


def _told(times: list[float]) -> str:
    return f"{p95(times) * 1000:.0f} ms (median {statistics.median(times) * 1000:.0f}, worst {max(times) * 1000:.0f})"


def _line(port: int, key: str, session: UUID) -> connect:
    return connect(f"ws://{HOST}:{port}/ws/chat/{session}/", additional_headers={"X-API-Key": key}, proxy=None)


async def _choices(port: int, key: str, sessions: list[UUID]) -> list[float]:
    """Seconds from the button to the overview, each in a conversation of its own."""
    times = []
    for session in sessions:
        async with _line(port, key, session) as socket:
            await asyncio.sleep(0.1)  # somebody has read the page
            payload = {"reference": KNOWN}
            begun = time.monotonic()
            await socket.send(json.dumps({"type": "action", "action": "select_customer", "payload": payload}))
            async with asyncio.timeout(30):
                while json.loads(await socket.recv())["data"].get("step") != "overview":
                    pass
            times.append(time.monotonic() - begun)
    return times


def _followed(user: User) -> tuple[UUID, UUID]:
    """(session, run) of a conversation whose research nobody drives."""
    company = world.companies()[3]
    ask = Ask(consumer="customer_intelligence", company=company.name, company_domain=company.domain, refresh=True)
    request = request_research(ask, user=user)
    session = ChatSession.objects.create(user=user, research=request, company=request.company)
    follow(session, request)
    assert request.run_id is not None
    return session.pk, request.run_id


async def _events(port: int, key: str, session: UUID, run: UUID) -> list[float]:
    """Seconds of each event on its way."""
    async with _line(port, key, session) as socket:
        arrivals = asyncio.create_task(_arrivals(socket))
        await asyncio.sleep(1)
        stored = await asyncio.to_thread(_happen, run)
        await asyncio.sleep(2)
    arrived = await arrivals
    assert len(arrived) == len(stored), f"{len(arrived)} of {len(stored)} events arrived"
    return [heard - at for heard, at in zip(arrived, stored, strict=True)]


async def _arrivals(socket: connect) -> list[float]:
    """When each event arrived, in their order."""
    return [time.monotonic() async for _ in socket]


def _happen(run: UUID) -> list[float]:
    """Let events happen in the run; when each was committed."""
    stored: list[float] = []
    try:
        for place in range(EVENTS):
            with transaction.atomic():
                events.append(run, [News("progress", {"step": place})], at=datetime.now(UTC))
            stored.append(time.monotonic())
            time.sleep(EVERY)
    finally:
        connection.close()
    return stored
