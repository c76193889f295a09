"""The six example questions of the documents while the research runs: is each answered, from where, at which price.

Over a WebSocket, with the caps as they are seeded and the providers at the latencies that they have. Server and worker
are processes of their own, as `make run` starts them. Three conversations: while the research runs, of what is known by
then, and of a company whose research is stopped, so that each question needs a query of its own.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect

from chat import seed
from chat.models import ChatSession, ChatTurn
from enrichment.models import Company
from enrichment.sandbox import world
from salesintel.accounts.models import ApiKey, User
from salesintel.processes import any_free_port
from tests.benchmarks.stage import p95, program, staged, until_answers

Figure = tuple[str, str, str]  # what, measured, target

HOST = "127.0.0.1"
SIX = (
    "What's their technology stack?",
    "Any news about them?",
    "Are they hiring?",
    "Who should I talk to?",
    "Who are their competitors?",
    "What do they do?",
)
KNOWN, STOPPED = "acmecorp.com", 5  # the company of the first two; the place in the world of the third one's
LONGEST = 60.0  # seconds until the last answer


@dataclass
class Dialogue:
    """What became of a conversation's questions; seconds from the last question to each answer."""

    label: str
    places: Counter[str] = field(default_factory=Counter)
    silent: int = 0  # neither answered nor told a price
    seconds: list[float] = field(default_factory=list)


def run() -> list[Figure]:
    """Three conversations, one after the other."""
    with staged(latency=None) as stage:
        seed.seed()  # the intents
        port = any_free_port()
        web = ["-m", "uvicorn", "salesintel.asgi:application", "--port", str(port), "--log-level", "warning"]
        with program(*web), program("manage.py", "qcluster"):
            until_answers(f"http://{HOST}:{port}/health/ready")
            talks = [_held(port, stage.user, *each) for each in _conversations()]
    return [figure for talk in talks for figure in _figures(talk)]


def _conversations() -> list[tuple[str, str, bool]]:
    other = world.companies()[STOPPED].domain
    return [("while it runs", KNOWN, False), ("once known", KNOWN, False), ("research stopped", other, True)]


def _held(port: int, user: User, label: str, company: str, is_stopped: bool) -> Dialogue:
    session = ChatSession.objects.create(user=user, vendor=Company.objects.filter(domain="okta.com").first())
    _, key = ApiKey.issue(user=user, name=label, scopes=["read", "enrich"])
    talk = Dialogue(label)
    asyncio.run(asyncio.wait_for(_talk(port, key, session.pk, company, talk, is_stopped=is_stopped), LONGEST + 30))
    rows = ChatTurn.objects.filter(session=session, client_id__startswith="six-")
    talk.silent += sum(row.state in (ChatTurn.State.FAILED, ChatTurn.State.WAITING) for row in rows)
    return talk


async def _talk(port: int, key: str, session: UUID, company: str, talk: Dialogue, *, is_stopped: bool) -> None:
    where = f"ws://{HOST}:{port}/ws/chat/{session}/"
    async with connect(where, additional_headers={"X-API-Key": key}, proxy=None) as socket:
        await _say(socket, type="action", action="select_customer", payload={"reference": company})
        await _until(socket, lambda data: data.get("step") == "overview")
        if is_stopped:
            await _say(socket, type="question", question="stop")
            await _until(socket, lambda data: "stopped" in str(data.get("content")))
        for place, words in enumerate(SIX):
            await _say(socket, type="question", question=words, clientId=f"six-{place}")
        begun = time.monotonic()
        open_ones: set[str] = set()
        is_over = is_stopped or talk.label == "once known"  # the next conversation is to find it known
        answered: set[str] = set()
        while len(answered) < len(SIX) and time.monotonic() - begun < LONGEST:
            data = json.loads(await asyncio.wait_for(socket.recv(), LONGEST))["data"]
            message = data.get("message") or {}
            if message.get("type") == "user":
                open_ones.add(message["turnId"])
            elif data.get("step") == "answer" and message.get("turnId") in open_ones - answered:
                answered.add(message["turnId"])
                _note(talk, data, time.monotonic() - begun)
            is_over = is_over or _is_conclusion(data)
        if not is_over:
            await _until(socket, _is_conclusion)


def _is_conclusion(data: dict[str, Any]) -> bool:
    return data.get("step") == "complete" and "message" in data


def _note(talk: Dialogue, data: dict[str, Any], seconds: float) -> None:
    metadata = data["message"]["metadata"]
    prices = [each["label"] for each in data["actions"] if each["action"] == "confirm_query"]
    place = "price told" if prices else str(metadata.get("found") or "")
    talk.places[place or "refused"] += 1
    talk.silent += not place
    talk.seconds.append(seconds)


async def _say(socket: ClientConnection, **said: Any) -> None:
    await socket.send(json.dumps(said))


async def _until(socket: ClientConnection, is_it: Any) -> None:
    async with asyncio.timeout(60):
        while not is_it(json.loads(await socket.recv())["data"]):
            pass


def _figures(talk: Dialogue) -> Iterator[Figure]:
    told = ", ".join(f"{place} {count}" for place, count in sorted(talk.places.items()))
    yield f"dialogue, {talk.label}: six questions, answered from", told or "nowhere", "reported"
    yield f"  {talk.label}: refused without a price, or not answered", str(talk.silent), "0"
    if talk.seconds:
        yield f"  {talk.label}: last question → answer, p95", f"{p95(talk.seconds):.1f} s", "reported"
