"""R17: what must be true of the tables at every moment, whatever happened before it.

Read with plain SQL and in nano-USD, for it is read a hundred thousand times.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from enrichment.models import WorkflowRun
from tests.reliability.drivers import Broken, Market

NANO = 10**9
ACTIVE = set(WorkflowRun.ACTIVE)
CALLS = "SELECT id, run_id, request_id, status, reserved, cost, budgets FROM enrichment_sourcecall"
DRAFTS = "SELECT id, run_id, request_id, status, reserved, cost, budgets FROM enrichment_enginecall"
RUNS = "SELECT id, status, cost, last_seq FROM enrichment_workflowrun"
REQUESTS = "SELECT id, status, run_id, report_id, cap, reserved, spent FROM enrichment_researchrequest"
PERIODS = (
    'SELECT p.id, p.reserved, p.spent, b."limit" FROM enrichment_budgetperiod p JOIN enrichment_budget b'
    " ON b.id = p.budget_id"
)
EVENTS = "SELECT run_id, seq, kind FROM enrichment_runevent ORDER BY run_id, seq"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger, of a source or of an engine; money in nano-USD."""

    pk: str
    run: str
    request: str
    status: str
    reserved: int
    cost: int
    budgets: tuple[int, ...]

    @property
    def held(self) -> int:
        return self.reserved if self.status == "intent" else 0

    @property
    def spent(self) -> int:
        return 0 if self.status == "intent" else self.cost


def hold(market: Market, ended: dict[str, str]) -> None:
    """Raise `Broken` where a promise is. `ended`: how runs ended that had ended before; kept up."""
    lines = [_line(row) for statement in (CALLS, DRAFTS) for row in _rows(statement)]
    runs, requests = _rows(RUNS), _rows(REQUESTS)
    _money_agrees(lines, runs, requests)
    _prices_agree(lines, market)
    _one_fetches()
    _ends_stay(runs, ended)
    _events_are_numbered(runs)
    _nobody_waits_for_the_dead(runs, requests)


def all_is_over() -> None:
    """Raise `Broken` where something is left to do or to pay."""
    left = [status for _, status, *_ in _rows(RUNS) if status in ACTIVE]
    held = [_line(row) for statement in (CALLS, DRAFTS) for row in _rows(statement)]
    under_way = [line for line in held if line.held]
    if left or under_way:
        raise Broken(f"runs that never end: {left}; calls that are never settled: {under_way}")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _line(row: tuple[Any, ...]) -> Line:
    pk, run, request, status, reserved, cost, periods = row
    given = json.loads(periods) if isinstance(periods, str) else periods
    return Line(hex_of(pk), hex_of(run), hex_of(request), status, reserved, cost or 0, tuple(given))


def hex_of(pk: Any) -> str:
    """A row's key as the database's driver gives it, on both databases."""
    return pk.hex if isinstance(pk, UUID) else str(pk)


def _money_agrees(lines: list[Line], runs: list[tuple[Any, ...]], requests: list[tuple[Any, ...]]) -> None:
    held: Counter[Any] = Counter()
    spent: Counter[Any] = Counter()
    for line in lines:
        for whose in (line.run, line.request, *line.budgets):
            held[whose] += line.held
            spent[whose] += line.spent
    for pk, _, _, _, cap, request_held, request_spent in requests:
        if (request_held, request_spent) != (held[hex_of(pk)], spent[hex_of(pk)]):
            raise Broken(f"a request holds {request_held} and spent {request_spent}, its lines say otherwise")
        if cap is not None and request_held + request_spent > cap:
            raise Broken(f"a cap of {cap} is passed: {request_held} held and {request_spent} spent")
    for pk, _, cost, _ in runs:
        if cost != spent[hex_of(pk)]:
            raise Broken(f"a run cost {cost}, its lines say {spent[hex_of(pk)]}")
    _budgets_agree(held, spent)


def _budgets_agree(held: Counter[Any], spent: Counter[Any]) -> None:
    for pk, period_held, period_spent, limit in _rows(PERIODS):
        if (period_held, period_spent) != (held[pk], spent[pk]):
            raise Broken(f"a budget holds {period_held} and spent {period_spent}, its lines say otherwise")
        if period_held + period_spent > limit:
            raise Broken(f"a budget of {limit} is passed: {period_held} held and {period_spent} spent")


def _prices_agree(lines: list[Line], market: Market) -> None:
    """Nothing is charged without a line; a line that was answered says the price, one in doubt no less than it."""
    known = {line.pk: line for line in lines}
    for pk, price in market.charged.items():
        line, charged = known.get(pk.hex), int(price * NANO)
        if line is None:
            raise Broken(f"{price} USD were charged, and no line says so")
        booked = line.held or line.spent
        if booked < charged or (line.status in ("ok", "empty") and booked != charged):
            raise Broken(f"{price} USD were charged, a line ({line.status}) says {booked} nano-USD")
    sent = {pk.hex for pk in market.charged}
    if any(line.status in ("ok", "empty") and line.pk not in sent for line in lines):
        raise Broken("a line says answered for a call that was never sent")


def _one_fetches() -> None:
    now = "CLOCK_TIMESTAMP()" if connection.vendor == "postgresql" else "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')"
    open_ones = f"FROM enrichment_sourcecall WHERE status = 'intent' AND lease_until > {now}"
    if _rows(f"SELECT cache_key {open_ones} GROUP BY cache_key HAVING COUNT(*) > 1"):
        raise Broken("two fetch the same answer at once")


def _ends_stay(runs: list[tuple[Any, ...]], ended: dict[str, str]) -> None:
    for pk, status, _, _ in runs:
        if ended.get(hex_of(pk), status) != status:
            raise Broken(f"a run that had ended as {ended[hex_of(pk)]} is {status} now")
        if status not in ACTIVE:
            ended[hex_of(pk)] = status


def _events_are_numbered(runs: list[tuple[Any, ...]]) -> None:
    told: defaultdict[Any, list[tuple[int, str]]] = defaultdict(list)
    for run, number, kind in _rows(EVENTS):
        told[run].append((number, kind))
    for pk, status, _, last in runs:
        if [number for number, _ in told[pk]] != list(range(1, last + 1)):
            raise Broken(f"a run's events are {told[pk]}, the last is {last}")
        if _is_over([kind for _, kind in told[pk]]) != (status not in ACTIVE):
            raise Broken(f"a run that is {status} told {told[pk]}")


def _is_over(kinds: list[str]) -> bool:
    """Whether the last that was told is the end. After an end nothing is told but that it is tried again."""
    is_over = False
    for kind in kinds:
        if is_over and kind != "retried":
            raise Broken(f"a run that had ended told “{kind}”")
        is_over = kind == "finished"
    return is_over


def _nobody_waits_for_the_dead(runs: list[tuple[Any, ...]], requests: list[tuple[Any, ...]]) -> None:
    active = {pk for pk, status, _, _ in runs if status in ACTIVE}
    for _, status, run, report, *_ in requests:
        if status == "attached" and run not in active:
            raise Broken("a request waits for a run that has ended")
        if status == "answered" and report is None:
            raise Broken("a request is answered without a report")
