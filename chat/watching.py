"""How far sessions are, for whoever follows them: one look for all, and what their runs told is told on.

As enrichment/api/watch.py is for requests: a follower is a coroutine and nothing else, and reads from the tables.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import F, Q
from rest_framework.renderers import JSONRenderer

from chat import deltas
from chat.following import catch_up
from chat.models import ChatEvent, ChatFollow, ChatSession
from chat.saying import event_told, events_after
from enrichment.models import ResearchRequest
from salesintel.reading import Threads, read
from salesintel.tailer import Tailer

PAGE = 200  # events that are sent at once

work = Threads(2, "chat")  # of this process: what a session's followers have written


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a session is: its last event, how far its runs are, and whether those have told more than it has."""

    session: UUID
    last_seq: int
    runs: tuple[tuple[str, int, str], ...]  # run, its last event, its request's status
    is_behind: bool

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({str(self.session), *(run for run, _, _ in self.runs)})


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as it is sent; `seq` is 0 for one without a number."""

    seq: int
    kind: str
    json: bytes


def marks(ids: set[UUID]) -> dict[UUID, Mark]:
    """How far these sessions are; one that is gone is absent."""
    followed: dict[UUID, list[tuple[str, int, str, bool]]] = defaultdict(list)
    behind = ~Q(request__status=ResearchRequest.Status.ATTACHED) | Q(request__run__last_seq__gt=F("run_seq"))
    rows = ChatFollow.objects.filter(session__in=ids, is_over=False).annotate(behind=behind).order_by("pk")
    fields = ("session", "request__run", "request__run__last_seq", "request__status", "behind")
    for session, run, seq, status, is_behind in rows.values_list(*fields):
        followed[session].append((str(run or ""), seq or 0, status, bool(is_behind)))
    return {
        pk: Mark(
            session=pk,
            last_seq=last,
            runs=tuple((run, seq, status) for run, seq, status, _ in followed[pk]),
            is_behind=any(is_behind for *_, is_behind in followed[pk]),
        )
        for pk, last in ChatSession.objects.filter(pk__in=ids, deleted=None).values_list("pk", "last_seq")
    }


_tailer: Tailer[UUID, Mark] = Tailer(marks)


async def happenings(
    session_id: UUID, *, after: int, quiet: float | None = None
) -> AsyncGenerator[Sequence[Sent], None]:
    """What happened in the session above `after` and happens, page by page, until it is gone.

    Every event once, in order; between them, without a number, the sentences of an answer that is being written here.
    An empty page after `quiet` seconds of silence. A page is read when it is asked for, so a slow reader costs no
    memory. Raises `DatabaseError`.
    """
    with _tailer.following(session_id) as follower, deltas.listening(session_id) as ear:
        moves, hears = asyncio.ensure_future(follower.moved()), asyncio.ensure_future(ear.heard())
        try:
            while True:
                done, _ = await asyncio.wait({moves, hears}, timeout=quiet, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    yield ()
                if hears in done:
                    yield [Sent(0, ChatEvent.Type.QUESTION_RESPONSE, delta) for delta in hears.result()]
                    hears = asyncio.ensure_future(ear.heard())
                if moves not in done:
                    continue
                mark, moves = moves.result(), asyncio.ensure_future(follower.moved())
                if mark is None:
                    return
                if mark.is_behind:
                    await work(partial(catch_up, session_id))
                while page := await read(partial(page_after, session_id, after)):
                    after = page[-1].seq
                    yield page
        finally:
            moves.cancel()
            hears.cancel()


def page_after(session_id: UUID, after: int) -> list[Sent]:
    """The session's next events, rendered."""
    rows = events_after(session_id, after, limit=PAGE)
    return [Sent(row.seq, row.type, JSONRenderer().render(event_told(row))) for row in rows]
