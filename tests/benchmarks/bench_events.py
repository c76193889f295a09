"""How long an event takes from its commit to the client's socket, and what a hundred followers cost.

The events are written by this process, as a worker would; the server is another one, as `make run` starts it.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import psutil
from django.db import connection, transaction
from websockets.asyncio.client import ClientConnection, connect

from enrichment import events
from enrichment.events import News
from enrichment.sandbox import world
from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import ApiKey, User
from salesintel.processes import any_free_port
from tests.benchmarks.stage import Stage, p95, program, staged, until_answers

Figure = tuple[str, str, str]  # what, measured, target

HOST = "127.0.0.1"
EVENTS = 200  # of which the time is taken
EVERY = 0.05  # seconds between two of them
FOLLOWERS = 100
PER_USER = 10
IDLE = 5.0  # seconds over which CPU is measured


def run() -> list[Figure]:
    """One follower alone, then a hundred."""
    port = any_free_port()
    web = ["-m", "uvicorn", "salesintel.asgi:application", "--port", str(port), "--log-level", "warning"]
    with staged(latency=0.0) as stage, program(*web) as process:
        until_answers(f"http://{HOST}:{port}/health/ready")
        server = psutil.Process(process.pid)
        alone = asyncio.run(_measured(port, server, _followed(stage, 1)))
        many = asyncio.run(_measured(port, server, _followed(stage, FOLLOWERS)))
        nobody = _cpu_over(server, IDLE)
    return [
        *_told(alone, "one follower"),
        *_told(many, f"{FOLLOWERS} followers"),
        (f"CPU of the web process, {FOLLOWERS} followers of runs that rest", f"{many[1]:.1f} % of a core", "≤ 5 %"),
        ("CPU of the web process when nobody follows any more", f"{nobody:.1f} % of a core", "0 %"),
    ]


def _told(measured: tuple[list[float], float], who: str) -> list[Figure]:
    times = measured[0]
    told = f"{p95(times) * 1000:.0f} ms (median {statistics.median(times) * 1000:.0f}, worst {max(times) * 1000:.0f})"
    return [(f"event stored → on the client's socket, p95, {who}", told, "≤ 50 ms")]


def _followed(stage: Stage, count: int) -> list[tuple[UUID, UUID, str]]:
    """(request, run, key) of `count` requests that nobody drives, of some users; some share a run."""
    found, companies = [], world.companies()
    for place in range(count):
        if place % PER_USER == 0:
            user = User.objects.create_user(f"follower{count}-{place}")
            _, key = ApiKey.issue(user=user, name="benchmark", scopes=["read"])
        company = companies[place % len(companies)]
        ask = Ask(consumer="profile", company=company.name, company_domain=company.domain, refresh=count == 1)
        request = request_research(ask, user=user)
        assert request.run_id is not None
        found.append((request.pk, request.run_id, key))
    return found


async def _measured(
    port: int, server: psutil.Process, followed: Sequence[tuple[UUID, UUID, str]]
) -> tuple[list[float], float]:
    """Seconds of each event on its way, and the server's CPU in per cent of a core while nothing happens."""
    sockets = [await _opened(port, request, key) for request, _, key in followed]
    heard = [asyncio.create_task(_arrivals(socket)) for socket in sockets]
    await asyncio.sleep(1)
    cpu = await asyncio.to_thread(_cpu_over, server, IDLE)
    stored = await asyncio.to_thread(_happen, list(dict.fromkeys(run for _, run, _ in followed)))
    await asyncio.sleep(2)
    for socket in sockets:
        await socket.close()
    times = []
    for (_, run, _), task in zip(followed, heard, strict=True):
        arrived = await task
        times += [arrived[seq] - at for (of, seq), at in stored.items() if of == run]
    return times, cpu


async def _opened(port: int, request: UUID, key: str) -> ClientConnection:
    url = f"ws://{HOST}:{port}/ws/runs/{request}/"
    return await connect(url, additional_headers={"X-API-Key": key}, proxy=None)


async def _arrivals(socket: ClientConnection) -> dict[int, float]:
    """When each event arrived: number → seconds."""
    return {json.loads(said)["seq"]: time.monotonic() async for said in socket}


def _happen(runs: Sequence[UUID]) -> dict[tuple[UUID, int], float]:
    """Let events happen in these runs in turn; when each was committed."""
    stored = {}
    try:
        for place in range(EVENTS):
            run = runs[place % len(runs)]
            with transaction.atomic():
                seq = events.append(run, [News("progress", {"step": place})], at=datetime.now(UTC))
            stored[run, seq] = time.monotonic()
            time.sleep(EVERY)
    finally:
        connection.close()
    return stored


def _cpu_over(server: psutil.Process, seconds: float) -> float:
    """Per cent of a core."""
    before = server.cpu_times()
    time.sleep(seconds)
    after = server.cpu_times()
    return 100 * (after.user + after.system - before.user - before.system) / seconds
