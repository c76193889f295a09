"""The analysis step: engines by priority, money held before and settled after, the report stored with its evidence."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F

from enrichment import budgets, rules, settling, spending
from enrichment.analysis.answers import ANSWERS
from enrichment.analysis.engines import checked
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EngineError, Grounded, Task, Trouble, Usage
from enrichment.deadline import within
from enrichment.killpoints import reach
from enrichment.models import (
    OWN_ANALYSIS,
    AnalysisEngine,
    EngineCall,
    Report,
    StepDeadline,
    StepRun,
    UsageMark,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up, usd
from enrichment.rules import live
from enrichment.workflow import engine_state, finish, given, store, vendor
from enrichment.workflow.briefing import digest_of, task_for
from enrichment.workflow.clock import seconds_left
from enrichment.workflow.engine_state import Hold
from enrichment.workflow.engines import engine_from
from enrichment.workflow.leases import Lease
from enrichment.workflow.steps import is_over_or_rests, park
from enrichment.workflow.tools import Tools

LAST_RESORT = 10.0  # seconds of the analysis that are kept for the built-in engine, at most a fifth of it
FAIR_TIME = 15.0  # seconds after which an engine that is cut off counts as one that does not answer
TIME_WAS_UP = "the time was up"
RECHECK = 5.0  # seconds after which a run looks again whether its vendor's run has ended
Status = EngineCall.Status


@dataclass(frozen=True, slots=True)
class Job:
    """An analysis to write: its task, the engines to try in order, and the vendor's report that it uses."""

    task: Task
    engines: tuple[AnalysisEngine, ...]
    vendor_report: Report | None
    basis: str  # what the task was made from
    seconds: float  # that the analysis may take
    seconds_for_better: float  # that engines other than the built-in one may take of it

    def seconds_left(self, row: AnalysisEngine, elapsed: float) -> float:
        """Seconds that the engine may take now. The built-in one, which needs a fraction of one, always has one."""
        if row.kind == AnalysisEngine.Kind.BUILTIN:
            return max(self.seconds - elapsed, 1.0)
        return self.seconds_for_better - elapsed


async def analyse(lease: Lease, ordinal: int, tools: Tools) -> None:
    """Write and store the run's report; parks while the vendor's run is under way. Raises `LeaseLost`."""
    job = await tools.hop(prepare, lease, ordinal)
    if job is None:
        return
    grounded, failures = await _written(job, lease, tools)
    if grounded is None:
        await tools.hop(give_up, lease, ordinal, failures)
        return
    reach("after_analysis")
    await tools.hop(store.store, lease, ordinal, job.task, grounded, failures, job.vendor_report, job.basis)
    reach("after_store")


@transaction.atomic
def prepare(lease: Lease, ordinal: int) -> Job | None:
    """What to write; None when the run was parked to wait for the vendor's."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    if is_over_or_rests(run, run.steps.get(ordinal=ordinal)):
        return None
    known, at = rules.load(run.rule_set_id), database_now()
    left = seconds_left(run, known, at)
    if vendor.is_awaited(run.vendor_run_id) and run.vendor_run is not None and left > 0:
        seconds = min(RECHECK, left)
        park(run, run.steps.get(ordinal=ordinal), seconds=seconds, waiting_for=run.vendor_run.fill_key)
        transaction.on_commit(partial(vendor.wake_if_over, run.vendor_run))  # it may have ended since we looked
        return None
    finish.doubt_engines(run, at)
    vendor_report = vendor.report_for(run, known, at=at)
    made_for = given.task_for if run.consumer == OWN_ANALYSIS else task_for
    task = made_for(run, known, vendor=vendor.context_of(vendor_report), at=at)
    # Switches are live; the run's rules may bar engines, to try one alone.
    may = AnalysisEngine.objects.filter(enabled=True).exclude(slug__in=known.barred_engines)
    ready = tuple(row for row in may if row.is_ready)
    StepRun.objects.filter(run=run, ordinal=ordinal).update(started=at)
    limit = live.deadlines().get(StepDeadline.Step.ANALYSE)
    seconds = limit.total_seconds() if limit else max(left, LAST_RESORT)
    better = min(seconds - min(LAST_RESORT, seconds / 5), left)
    return Job(task, ready, vendor_report, store.basis(run, known, vendor_report, at), seconds, better)


async def _written(job: Job, lease: Lease, tools: Tools) -> tuple[Grounded | None, list[str]]:
    """The first engine's grounded draft, None if no engine gave one; and why better engines failed, in words."""
    failures: list[str] = []
    clock = asyncio.get_running_loop().time
    begun = clock()
    for row in job.engines:
        left = job.seconds_left(row, clock() - begun)
        key = digest_of(job.task, engine=row.slug, model=row.model)
        kept = await tools.hop(store.kept_analysis, lease, key)
        if kept is not None:
            return kept, failures
        if left <= 0:
            failures.append(f"{row.slug}: {TIME_WAS_UP}")
            continue
        call = await _held(job, row, lease, tools, patience=left / 2)
        if isinstance(call, str):
            failures.append(call)
            continue
        try:
            with tools.backstop.guard(left, f"{row.slug} for run {lease.run}"):
                draft = checked(await within(left, engine_from(row).draft(job.task)), job.task)
            reach("after_draft")
        except TimeoutError:
            failures.append(f"{row.slug}: {TIME_WAS_UP}")
            await tools.hop(fail, call, EngineError(TIME_WAS_UP, usage=Usage(cost=None), trouble=_blame(row, left)))
            continue
        except EngineError as error:
            failures.append(f"{row.slug}: {error}")
            await tools.hop(fail, call, error)
            continue
        grounded = await tools.hop(ground, draft, job.task)
        await tools.hop(record, lease, call, key, grounded, draft.usage)
        return grounded, failures
    return None, failures


async def _held(job: Job, row: AnalysisEngine, lease: Lease, tools: Tools, *, patience: float) -> UUID | str:
    """The ledger's line for one analysis by the engine, its price held; or why it is not asked, in words.

    Where the engine has its hands full it is waited for, `patience` seconds at most.
    """
    price = await tools.hop(worst_price, row, job.task)  # which takes a while: no row is locked meanwhile
    asks = job.task.purpose in ANSWERS
    clock = asyncio.get_running_loop().time
    begun = clock()
    while True:
        found = await tools.hop(hold, lease, row, price, asks=asks)
        if isinstance(found, UUID):
            return found
        if found.seconds is None or clock() - begun + found.seconds > patience:
            return found.words
        await asyncio.sleep(found.seconds)


def _blame(row: AnalysisEngine, seconds: float) -> Trouble:
    """Whether an engine that was cut off after so many seconds had time enough to be blamed for it."""
    return Trouble.OUTAGE if seconds >= min(row.timeout.total_seconds(), FAIR_TIME) else Trouble.UNKNOWN


@transaction.atomic
def give_up(lease: Lease, ordinal: int, failures: list[str]) -> None:
    """End a run that no engine could write a report for; what it collected is kept."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    if is_over_or_rests(run, run.steps.get(ordinal=ordinal)):
        return
    reasons = "; ".join(failures) or "none is switched on"
    finish.fail(run, f"No analysis engine wrote the report: {reasons}. Enable “builtin” in the admin.")


def worst_price(row: AnalysisEngine, task: Task) -> Decimal | None:
    """USD that one analysis may cost at most; None where a price is unknown."""
    price = engine_from(row).worst_cost(task)
    return None if price is None else rounded_up(price)


@transaction.atomic
def hold(lease: Lease, row: AnalysisEngine, price: Decimal | None, *, asks: bool = True) -> UUID | Hold:
    """Reserve the engine's worst price and write the intent; or why it is not asked.

    `asks`: whether it asks a model; what it leaves to the built-in engine no pause forbids.
    """
    WorkflowRun.objects.fenced(lease.run, lease.token)
    now = database_now()
    purse = budgets.open_purse(lease.run, provider=None, now=now)
    if purse is None:
        return Hold("Nobody wants this run any more.")
    if price is None and purse.is_capped:
        return Hold(f"{row.slug}: its price is unknown, so it does not run under a cap or a budget.")
    refusal = purse.refusal(price or Decimal(0)) or _stopped(row, price, now)
    if refusal:
        return Hold(f"{row.slug}: {refusal}")
    if asks and row.kind != AnalysisEngine.Kind.BUILTIN:
        state = engine_state.lock(row)
        if (later := engine_state.hold(row, state, price=price, now=now)) is not None:
            return Hold(f"{row.slug}: {later.words}", later.seconds)
        engine_state.begin(row, state, now=now)
    purse.hold(price or Decimal(0))
    call = EngineCall.objects.create(
        run_id=lease.run,
        request=purse.payer,
        engine=row.slug,
        model=row.model,
        reserved=price or Decimal(0),
        budgets=[period.pk for period in purse.periods],
        started=now,
    )
    return call.pk


def _stopped(row: AnalysisEngine, price: Decimal | None, now: datetime) -> str:
    """Why the engine must not be asked while all paid calls are stopped; one without a known price may cost."""
    if price is not None and not price:
        return ""
    AnalysisEngine.objects.select_for_update(no_key=True).filter(pk=row.pk).values_list("pk").first()
    return spending.stops(now).of(None)


@transaction.atomic
def record(lease: Lease, pk: UUID, key: str, grounded: Grounded, usage: Usage) -> None:
    """Book what an engine used and keep what it wrote in one commit, for a paid draft is not asked for again.

    `key` is the digest of its task. A stale driver's answer is booked too, and not kept.
    """
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=lease.run)
    settle(pk, usage, words="")
    call = EngineCall.objects.get(pk=pk)
    if grounded.engine == call.engine:  # and did not leave the writing to the built-in one
        engine_state.answered(call.engine, now=database_now())
    if settling.is_led_by(run, lease.token):
        store.keep_analysis(call, run, key, grounded)


@transaction.atomic
def fail(pk: UUID, error: EngineError) -> None:
    """Book what a failed engine used, and what its failure says about asking it again."""
    settle(pk, error.usage, words=str(error))
    engine = EngineCall.objects.values_list("engine", flat=True).get(pk=pk)
    engine_state.failed(
        engine,
        error.trouble,
        words=str(error),
        detail=error.detail,
        retry_after=error.retry_after,
        now=database_now(),
    )


def _doubtful(usage: Usage) -> str:
    """What to know of an answer's price: a call before it may have been charged, and is booked as if it was."""
    return f"{usage.doubtful:f} USD of it are for a call that was cut off." if usage.doubtful else ""


@transaction.atomic
def settle(pk: UUID, usage: Usage, *, words: str) -> None:
    """Book what an engine used; what was booked while the call was in doubt is replaced by the real price."""
    # Runs are locked before requests.
    WorkflowRun.objects.select_for_update(no_key=True).filter(engine_calls=pk).first()
    call = EngineCall.objects.select_for_update(no_key=True).get(pk=pk)
    if call.status not in (Status.INTENT, Status.IN_DOUBT) and not call.verdict:  # a person may have been told wrong
        return
    nothing = Decimal(0)
    held, booked = (call.reserved, nothing) if call.status == Status.INTENT else (nothing, call.cost or nothing)
    # Cut off, it may have been charged, and nobody said how much: that counts as spent.
    doubtful = usage.cost is None and bool(call.reserved)
    known = None if usage.cost is None else rounded_up(usage.cost)
    cost = call.reserved if doubtful else known
    EngineCall.objects.filter(pk=pk).update(
        status=Status.IN_DOUBT if doubtful else Status.FAILED if words else Status.OK,
        cost=cost,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        tokens_cached=usage.tokens_cached,
        tokens_cache_written=usage.tokens_cache_written,
        error=(words or _doubtful(usage))[:300],
        answered=database_now(),
        verdict="",
        decided=None,
    )
    spent = cost or nothing
    UsageMark.objects.leave([call.started])
    budgets.settle(request=call.request_id, periods=call.budgets, held=held, cost=spent, booked=booked)
    if spent != booked:
        WorkflowRun.objects.filter(engine_calls=call).update(cost=F("cost") + usd(spent - booked))
    if held and spent > held:  # no prompt of ours can cost that: its count or its price is wrong
        engine_state.overcharged(call.engine, cost=spent, held=held, now=database_now())
