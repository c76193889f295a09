"""What a database that was restored may not know: answers that were paid and are not there, sums that do not agree.

A backup is a moment. Calls that were out at that moment have been answered and charged since, and whoever drove on from
the restored rows as if nothing had been sent would pay again for what the ledger shows paid. `check` tells what it
finds; `settle` also puts it right. Run either while no worker is at work.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from enrichment import doubts
from enrichment.doubts import Way
from enrichment.models import BudgetPeriod, EngineCall, ResearchRequest, SourceCall, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now

NOTHING = Decimal(0)
LOST = "Its answer was paid, and the restored database has not got it."
CORRECTED = "set to what the lines say"
OUT = "It was under way when the database was copied."
Status = SourceCall.Status

# What becomes of a call that was out, by what its provider allows.
REMEDIES = {
    Way.POLL: "kept: its job is polled on, free",
    Way.LOOK_UP: "kept: the provider is asked for its job, free",
    Way.SAME_KEY: "kept: it is sent again with its key",
    Way.BUY: "kept: asking again costs nothing more",
    Way.LEAVE: "in doubt: it counts as spent and is not asked again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not agree. `usd`: what is at stake; `remedy`: what --fix does about it."""

    kind: str  # under way, answer missing, request, run, budget
    subject: str
    usd: Decimal
    words: str
    remedy: str
    is_wrong: bool = True  # False: it takes care of itself


def check() -> list[Finding]:
    """What does not agree; changes nothing."""
    return [*_calls_out(fix=False), *_answers_missing(fix=False), *_sums(fix=False)]


def settle() -> list[Finding]:
    """Mark what is uncertain as in doubt and correct the sums; returns what was found."""
    return [*_calls_out(fix=True), *_answers_missing(fix=True), *_sums(fix=True)]


# --- Calls ------------------------------------------------------------------------------------------------------------


def _calls_out(*, fix: bool) -> Iterator[Finding]:
    """Calls of which the ledger does not know the end, and that no living driver has."""
    now = database_now()
    is_driven = Q(run__status=WorkflowRun.Status.RUNNING, run__lease_until__gt=DatabaseNow())
    rows = SourceCall.objects.filter(status=Status.INTENT).exclude(is_driven).select_related("provider", "run")
    for call in list(rows.order_by("started")):
        is_wanted = call.run is not None and call.run.is_active
        way = doubts.way_on(call, call.provider, now) if is_wanted else Way.LEAVE
        if fix and way is Way.LEAVE:
            _doubt(call.pk, OUT)
        yield _finding("under way", call, OUT, REMEDIES[way], is_wrong=way is Way.LEAVE)


def _answers_missing(*, fix: bool) -> Iterator[Finding]:
    """Calls that were answered, whose answer is not there, and which their run would make again."""
    answered = SourceCall.objects.filter(status__in=[Status.OK, Status.EMPTY], entry=None)
    rows = answered.filter(run__status__in=WorkflowRun.ACTIVE).select_related("provider", "run")
    for call in list(rows.order_by("started")):
        if call.run is None or call.source in _told(call.run):
            continue  # the run goes on without asking it again
        if fix:
            _doubt(call.pk, LOST)
        remedy = "in doubt: its job is polled again, free" if call.job else REMEDIES[Way.LEAVE]
        yield _finding("answer missing", call, LOST, remedy)


def _told(run: WorkflowRun) -> set[str]:
    """Sources whose end the run's steps have."""
    steps = run.steps.filter(name="collect").exclude(status="set_aside")  # those of an attempt that was given up
    results: Iterable[dict[str, Any]] = steps.values_list("result", flat=True)
    return {outcome["source"] for result in results for outcome in result.get("outcomes", [])}


@transaction.atomic
def _doubt(call_id: UUID, words: str) -> None:
    """Book the call as spent and in doubt, whatever the ledger said of it before."""
    run_id = SourceCall.objects.values_list("run", flat=True).get(pk=call_id)
    run = WorkflowRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    call = SourceCall.objects.select_for_update(no_key=True).get(pk=call_id)
    now = database_now()
    if call.status == Status.INTENT and run is not None and run.is_active:
        doubts.doubt(call, run, now, words=words)
        return
    cost = call.reserved if call.status == Status.INTENT else call.cost
    status = Status.IN_DOUBT if cost else Status.FAILED
    doubts.close(call, status=status, cost=cost, words=words, now=call.answered or now)


def _finding(kind: str, call: SourceCall, words: str, remedy: str, *, is_wrong: bool = True) -> Finding:
    usd = call.reserved if call.status == Status.INTENT else call.cost
    return Finding(
        kind=kind, subject=f"{call.source} {call.pk}", usd=usd, words=words, remedy=remedy, is_wrong=is_wrong
    )


# --- Sums -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Sum:
    """What the ledger's lines hold and have spent for one payer, in USD."""

    held: Decimal = NOTHING
    spent: Decimal = NOTHING

    def add(self, line: "Line") -> None:
        self.held += line.held
        self.spent += line.spent


@dataclass(frozen=True, slots=True)
class Line:
    """One line of either ledger."""

    request: UUID | None
    run: UUID | None
    budgets: list[int]
    held: Decimal
    spent: Decimal


def _lines(rows: QuerySet[Any]) -> Iterator[Line]:
    fields = ("request", "run", "budgets", "status", "reserved", "cost")
    for request, run, budgets, status, reserved, cost in rows.values_list(*fields).iterator():
        held = reserved if status == Status.INTENT else NOTHING
        yield Line(request, run, budgets, held, cost or NOTHING)


@transaction.atomic
def _sums(*, fix: bool) -> list[Finding]:
    """Requests, runs and budgets whose sums are not those of their lines."""
    requests: dict[UUID, Sum] = {}
    runs: dict[UUID, Sum] = {}
    periods: dict[int, Sum] = {}
    for rows in (SourceCall.objects.all(), EngineCall.objects.all()):
        for line in _lines(rows):
            if line.request:
                requests.setdefault(line.request, Sum()).add(line)
            if line.run:
                runs.setdefault(line.run, Sum()).add(line)
            for period in line.budgets:
                periods.setdefault(period, Sum()).add(line)
    return [
        *_payers("request", ResearchRequest.objects.all(), requests, fix=fix),
        *_runs(runs, fix=fix),
        *_payers("budget", BudgetPeriod.objects.all(), periods, fix=fix),
    ]


def _payers(kind: str, rows: QuerySet[Any], sums: dict[Any, Sum], *, fix: bool) -> Iterator[Finding]:
    for pk, reserved, spent in list(rows.values_list("pk", "reserved", "spent")):
        right = sums.get(pk, Sum())
        if (reserved, spent) == (right.held, right.spent):
            continue
        if fix:
            rows.filter(pk=pk).update(reserved=right.held, spent=right.spent)
        words = f"holds {reserved:f}, spent {spent:f}; its lines say {right.held:f} and {right.spent:f}"
        yield Finding(kind=kind, subject=str(pk), usd=right.spent - spent, words=words, remedy=CORRECTED)


def _runs(sums: dict[UUID, Sum], *, fix: bool) -> Iterator[Finding]:
    for pk, cost in list(WorkflowRun.objects.values_list("pk", "cost")):
        right = sums.get(pk, Sum()).spent
        if cost != right:
            if fix:
                WorkflowRun.objects.filter(pk=pk).update(cost=right)
            words = f"cost {cost:f}; its lines say {right:f}"
            yield Finding(kind="run", subject=str(pk), usd=right - cost, words=words, remedy=CORRECTED)


def as_table(findings: Iterable[Finding]) -> str:
    """The findings as text, one a line, with the USD at stake and what --fix does."""
    rows = [("what", "which", "USD", "remedy")]
    rows += [(finding.kind, finding.subject, f"{finding.usd:f}", finding.remedy) for finding in findings]
    first, second, third = (max(len(row[place]) for row in rows) for place in range(3))
    return "\n".join(
        f"{what:<{first}}  {which:<{second}}  {usd:>{third}}  {remedy}" for what, which, usd, remedy in rows
    )
