"""Whose delivery is sent next: people take turns, and the endpoints of each do. Pure.

Places on the way are few, and a receiver that answers late holds one for long. So nobody has more than `PER_USER` of
them, and receivers that are slow, that fail or that nobody knows yet have `FOR_SLOW` together: whoever answers quickly
always finds a place.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from enrichment.delivery import schedule

FOR_SLOW = 32  # by all couriers together, to receivers that are not known to be quick
PER_USER = 16
PER_ENDPOINT = 4
PER_SLOW = 2  # to an endpoint that is not known to be quick
SLOW = timedelta(seconds=2)


def is_quick(answers_in: float | None, failures: int) -> bool:
    """Whether a receiver is known to answer quickly. `answers_in`: seconds, lately; None where it was never asked."""
    return answers_in is not None and answers_in < SLOW.total_seconds() and failures < schedule.BREAKS_AT


def most_at_once(answers_in: float | None, failures: int) -> int:
    """How many deliveries may be under way to one endpoint; what fails is tried with one."""
    if failures >= schedule.BREAKS_AT:
        return 1
    return PER_ENDPOINT if is_quick(answers_in, failures) else PER_SLOW


def lately(answers_in: float | None, seconds: float) -> float:
    """In how many seconds it answers, after it took so many: half of that, half of what was known."""
    return seconds if answers_in is None else (answers_in + seconds) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One endpoint, what waits for it and what is under way there."""

    endpoint: UUID
    user: int
    answers_in: float | None
    failures: int  # in a row
    first: datetime  # when the first of it was due
    waiting: int
    under_way: int
    late: bool  # something has been under way there for longer than `SLOW`

    @property
    def is_quick(self) -> bool:
        return not self.late and is_quick(self.answers_in, self.failures)


@dataclass(slots=True)
class Places:
    """The places that are taken, by whom."""

    by_endpoint: Counter[UUID]
    by_user: Counter[int]
    slow: int

    @classmethod
    def of(cls, standings: Iterable[Standing]) -> "Places":
        """Those of what is under way."""
        taken = cls(Counter(), Counter(), 0)
        for each in standings:
            taken.take(each, each.under_way)
        return taken

    def take(self, each: Standing, count: int = 1) -> None:
        self.by_endpoint[each.endpoint] += count
        self.by_user[each.user] += count
        self.slow += 0 if each.is_quick else count

    def is_one_for(self, each: Standing) -> bool:
        if self.by_user[each.user] >= PER_USER or not (each.is_quick or self.slow < FOR_SLOW):
            return False
        return self.by_endpoint[each.endpoint] < most_at_once(each.answers_in, each.failures)

    def turn(self, each: Standing) -> tuple[int, bool, int, datetime, UUID]:
        """Who comes first: whose owner has least on the way; of theirs the quick ones, then those with least."""
        return self.by_user[each.user], not each.is_quick, self.by_endpoint[each.endpoint], each.first, each.endpoint


def shared_out(standings: Collection[Standing], room: int, *, quick_alone: bool = False) -> list[tuple[Standing, int]]:
    """Who gets how many of `room` places, in the order in which their turns came."""
    places, given = Places.of(standings), Counter[Standing]()
    turns = [(places.turn(each), each) for each in standings if each.waiting and (each.is_quick or not quick_alone)]
    heapq.heapify(turns)
    while turns and room:
        turn, each = heapq.heappop(turns)
        if places.turn(each) != turn:  # its owner got a place meanwhile
            heapq.heappush(turns, (places.turn(each), each))
        elif places.is_one_for(each):
            places.take(each)
            given[each] += 1
            room -= 1
            if given[each] < each.waiting:
                heapq.heappush(turns, (places.turn(each), each))
    return list(given.items())
