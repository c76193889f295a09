"""How far requests are and what happened in their runs: one look for all who follow, one reading for who are level.

A follower is a coroutine and nothing else; the threads that read are few (salesintel/tailer.py, salesintel/reading.py).
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from rest_framework.renderers import JSONRenderer

from enrichment.models import ResearchRequest, RunEvent
from enrichment.workflow.answers import event_told
from salesintel.reading import read
from salesintel.tailer import Follower, Tailer

PAGE = 500  # events


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a request is: whether it still waits, its run, and the number of that run's latest event."""

    waits: bool
    run: UUID | None
    last_seq: int

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({str(self.run)} if self.run else ())


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is sent."""

    seq: int
    kind: str
    json: bytes


def marks(ids: set[UUID]) -> dict[UUID, Mark]:
    """How far these requests are; a request that is gone is absent."""
    rows = ResearchRequest.objects.filter(pk__in=ids).values_list("pk", "status", "run", "run__last_seq")
    return {pk: Mark(status == ResearchRequest.Status.ATTACHED, run, seq or 0) for pk, status, run, seq in rows}


def events(run: UUID, after: int, until: int) -> list[Told]:
    """The run's events with numbers above `after`, at most `until`, in order."""
    rows = RunEvent.objects.filter(run_id=run, seq__gt=after, seq__lte=until).order_by("seq")[:PAGE]
    return [Told(row.seq, row.kind, JSONRenderer().render(event_told(row))) for row in rows]


class Watch:
    """Shared by everybody in the process who waits for a request."""

    def __init__(self) -> None:
        self._tailer = Tailer(marks)
        self._readings: dict[tuple[UUID, int, int], asyncio.Task[list[Told]]] = {}

    def following(self, request_id: UUID) -> AbstractContextManager[Follower[UUID, Mark]]:
        """Gives a follower whose mark moves with the request."""
        return self._tailer.following(request_id)

    async def happenings(self, request_id: UUID, *, after: int, quiet: float) -> AsyncGenerator[Sequence[Told], None]:
        """What happened above `after` and happens, page by page, until the request has its answer and all is told.

        Every event once, in order; an empty page after `quiet` seconds of silence. A page is read when it is asked for,
        so a slow reader costs no memory. Raises `DatabaseError`.
        """
        with self.following(request_id) as follower:
            while True:
                try:
                    async with asyncio.timeout(quiet):
                        mark = await follower.moved()
                except TimeoutError:
                    yield ()
                    continue
                while mark is not None and mark.run is not None and after < mark.last_seq:
                    page = await self._read(mark.run, after, mark.last_seq)
                    after = page[-1].seq if page else mark.last_seq  # none: the history was cleared up to there
                    yield page
                if mark is None or not mark.waits:
                    return

    async def _read(self, run: UUID, after: int, until: int) -> list[Told]:
        """The page, read once for all who want it at this moment."""
        wanted = (run, after, until)
        reading = self._readings.get(wanted)
        if reading is None:
            reading = self._readings[wanted] = asyncio.create_task(read(lambda: events(run, after, until)))
            reading.add_done_callback(lambda _: self._readings.pop(wanted, None))
        return await asyncio.shield(reading)


WATCH = Watch()
