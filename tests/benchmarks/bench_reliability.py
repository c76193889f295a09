"""What the trials of reliability find, each in its short form, and what one worker process drives at once."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.core.management import call_command

from tests.reliability import bells, crowd, deaths, doors, fences, flights, lines, money, plant, poison, rows
from tests.reliability.audit import Verdict
from tests.reliability.house import House, opened

Figure = tuple[str, str, str]  # what, measured, target
T = TypeVar("T")

TRIALS: tuple[tuple[str, Callable[[House], Verdict]], ...] = (
    ("a driver killed at a boundary of a run (R1)", partial(deaths.at_boundaries, count=14)),
    ("any process of the running set killed", partial(plant.any_of_them_killed, count=3)),
    ("runs whose bells got lost (R13)", partial(plant.lost_bells, count=4)),
    ("identical requests at once (M1)", partial(flights.identical_requests, count=500)),
    ("who fetches is killed while others wait (M2)", partial(flights.dead_leaders, count=4)),
    ("a driver that stood still for three leases (R9)", partial(fences.late_drivers, count=5)),
    ("a step that kills its worker (R6)", partial(poison.a_step_that_kills, count=1)),
    ("one bell heard by ten at once (R8)", partial(bells.many_for_one, count=2)),
    ("more bells than runs (R7)", partial(bells.more_than_runs, count=40)),
    ("an ask that is rolled back (R11)", partial(bells.rolled_back, count=50)),
    ("runs that share a budget of five calls (M6)", partial(money.exact_budget, count=16)),
    ("transactions of eight processes (R19)", partial(rows.never_locked, count=50)),
    ("sockets cut at random moments (W1)", partial(lines.cut_at_random, count=40)),
    ("readers that stop reading (W2)", partial(lines.readers_that_stop, count=3000)),
    ("pages of other origins (W5)", partial(doors.hostile_origins, count=24)),
    ("rights taken while sockets are open (W6)", partial(doors.rights_taken, count=6)),
)


def run() -> list[Figure]:
    """Every trial in a house of its own; ends with every table empty."""
    return [*together(), *(_figure(name, _in_a_house(trial)) for name, trial in TRIALS)]


def together() -> list[Figure]:
    """Thirty runs in one process, providers of one second."""
    found = _in_a_house(partial(crowd.driven_together, count=30, latency=1.0))
    return [
        (f"time of {found.runs} runs at once / of one, providers of 1 s", f"{found.ratio:.2f}", "≤ 1.5"),
        (f"{found.runs} runs at once, one worker process", f"{found.together:.1f} s", f"one: {found.alone:.1f} s"),
    ]


def _in_a_house(trial: Callable[[House], T]) -> T:
    try:
        with opened() as house:
            return trial(house)
    finally:
        call_command("flush", interactive=False, verbosity=0)


def _figure(name: str, verdict: Verdict) -> Figure:
    return f"{name}: violations in {verdict.trials}", f"{len(verdict.violations)}", f"0; worst: {verdict.worst}"
