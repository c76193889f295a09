"""Minutes of random kills: every process of the set, while hundreds of runs go through. And what that costs."""

import random
import signal
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

import psutil
from django.db import InterfaceError, OperationalError, connection

from enrichment.models import ResearchRequest, SourceCall, WorkflowRun
from tests.reliability import audit
from tests.reliability.audit import Verdict
from tests.reliability.crew import PATIENCE, until
from tests.reliability.house import House, prospects
from tests.reliability.plant import RECOVERY, Plant, running

T = TypeVar("T")
BETWEEN = (2.0, 8.0)  # seconds from the moment that workers are there (again) to the next kill
CONSUMERS = ("news", "people", "firm")


@dataclass(slots=True)
class Tally:
    """What was killed, and how the runs ended."""

    kills: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def verdict(self, name: str, house: House, seconds: float) -> Verdict:
        ends = Counter(ResearchRequest.objects.values_list("status", flat=True))
        kills = ", ".join(f"{number} × {kind}" for kind, number in sorted(self.kills.items()))
        worst = (
            f"{kills} in {seconds:.0f} s; requests {dict(ends)}; {_doubts(sum(self.kills.values()))}; {_sums(house)}"
        )
        return Verdict(id=name, trials=ResearchRequest.objects.count(), violations=tuple(self.found), worst=worst)


def random_kills(house: House, count: int, *, seconds: float) -> Verdict:
    """Let `count` runs go through in so many seconds, while any process may die at any moment."""
    house.start_over()
    house.sandbox.latency(seconds=0.5)
    tally, chance = Tally(), random.Random(count)
    with running() as plant:
        begun = time.monotonic()
        asks = deque((begun + seconds * place / count, place) for place in range(count))
        next_kill = begun
        while asks or time.monotonic() < begun + seconds:
            if asks and time.monotonic() >= asks[0][0]:
                _ask(house, asks.popleft()[1])
            if not plant.processes().get("worker"):  # a set that is killed while it starts does nothing at all
                next_kill = max(next_kill, time.monotonic() + chance.uniform(*BETWEEN))
            elif time.monotonic() >= next_kill:
                _kill_any(plant, tally, chance)
                next_kill = time.monotonic() + chance.uniform(*BETWEEN)
            time.sleep(0.1)
        until_all_end()
    tally.found += wrong_after_storm(house)
    return tally.verdict("random kills", house, time.monotonic() - begun)


def until_all_end() -> None:
    """Wait as long as runs end, one after the other. Raises `TimeoutError` where none does any more."""
    active = WorkflowRun.objects.active()
    while left := patiently(active.count):
        until(lambda left=left: patiently(active.count) < left, f"one of {left} runs ends", within=RECOVERY)


def patiently(work: Callable[[], T]) -> T:
    """Do it once the database is there."""
    last_try = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError):
            if time.monotonic() > last_try:
                raise
            connection.close()
            time.sleep(0.1)


def _ask(house: House, place: int) -> None:
    """Something that nobody asked before, for which a source must be paid."""
    companies = prospects()
    round_, which = divmod(place, len(companies))
    consumer = CONSUMERS[(round_ + which) % len(CONSUMERS)]
    house.ask(companies[which], consumer=consumer, refresh=round_ >= len(CONSUMERS))


def _kill_any(plant: Plant, tally: Tally, chance: random.Random) -> None:
    """One process of the set, each kind as often as the others; who drives stands for the workers, now and then."""
    kinds = {**plant.processes(), "driver": plant.driver()}
    kind = chance.choice([kind for kind, members in kinds.items() if members] or [""])
    if kind:
        with suppress(psutil.NoSuchProcess):
            chance.choice(kinds[kind]).send_signal(signal.SIGKILL)
            tally.kills[kind] += 1


# --- What is left of it -----------------------------------------------------------------------------------------------


def wrong_after_storm(house: House) -> list[str]:
    """Everything that is wrong; a run that was set aside after three deaths has ended, too."""
    failed = list(ResearchRequest.objects.filter(run__status=WorkflowRun.Status.FAILED))
    return [*audit.violations(house, failed=failed), *_unaccounted(house)]


def _unaccounted(house: House) -> list[str]:
    """The providers charged what the ledger says, to the cent, but for lines in doubt: each of them all or nothing."""
    doubtful = [call.cost for call in SourceCall.objects.filter(status=SourceCall.Status.IN_DOUBT)]
    charged_in_doubt = {Decimal(0)}
    for cost in doubtful:
        charged_in_doubt |= {total + cost for total in charged_in_doubt}
    # A search that is repeated within the hour is free, and the ledger may book its price.
    repeats = sum(not Decimal(call["charged_usd"]) for call in house.sandbox.calls(kind="serp_news"))
    missing = {house.charged() + audit.SEARCH * free - _settled() for free in range(repeats + 1)}
    return [] if missing & charged_in_doubt else [f"{_sums(house)}, which lines in doubt of {doubtful} do not explain"]


def _settled() -> Decimal:
    """USD of all lines that are not in doubt."""
    calls = SourceCall.objects.exclude(status=SourceCall.Status.IN_DOUBT)
    return sum((call.cost for call in calls), Decimal(0))


def _doubts(kills: int) -> str:
    doubtful = SourceCall.objects.filter(status=SourceCall.Status.IN_DOUBT).count()
    paid = SourceCall.objects.filter(reserved__gt=0).count()
    a_kill, a_call = doubtful / max(kills, 1), doubtful / max(paid, 1)
    return f"{doubtful} calls in doubt ({a_kill:.2f} a kill, {a_call:.3f} of {paid} paid calls)"


def _sums(house: House) -> str:
    """The ledger's total beside the providers', in USD."""
    doubtful = sum((call.cost for call in SourceCall.objects.filter(status=SourceCall.Status.IN_DOUBT)), Decimal(0))
    return f"ledger {_settled():.2f} USD and {doubtful:.2f} in doubt, providers {house.charged():.2f}"
