"""The analysis step: engines by priority, money held before and settled after, the report stored with its evidence."""

import asyncio
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from enrichment import rules
from enrichment.analysis.answers import ANSWERS
from enrichment.analysis.engines import checked
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EngineError, Grounded, Task, Trouble, Usage
from enrichment.deadline import within
from enrichment.killpoints import reach
from enrichment.models import (
    OWN_ANALYSIS,
    AnalysisEngine,
    Report,
    StepDeadline,
    StepRun,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.rules import live
from enrichment.workflow import finish, given, second_reading, store, vendor
from enrichment.workflow.briefing import digest_of, task_for
from enrichment.workflow.clock import seconds_left
from enrichment.workflow.engine_ledger import fail, hold, record, worst_price
from enrichment.workflow.engines import engine_from
from enrichment.workflow.leases import Lease
from enrichment.workflow.steps import is_over_or_rests, park
from enrichment.workflow.tools import Tools

LAST_RESORT = 10.0  # seconds of the analysis that are kept for the built-in engine, at most a fifth of it
FAIR_TIME = 15.0  # seconds after which an engine that is cut off counts as one that does not answer
TIME_WAS_UP = "the time was up"
RECHECK = 5.0  # seconds after which a run looks again whether its vendor's run has ended


@dataclass(frozen=True, slots=True)
class Job:
    """An analysis to write: its task, the engines to try in order, and the vendor's report that it uses."""

    task: Task
    engines: tuple[AnalysisEngine, ...]
    vendor_report: Report | None
    basis: str  # what the task was made from
    seconds: float  # that the analysis may take
    seconds_for_better: float  # that engines other than the built-in one may take of it
    second_prompt: str = ""  # the admin's words for a second reading

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
    second = known.prompts.get(second_reading.PURPOSE)
    basis = store.basis(run, known, vendor_report, at)
    return Job(task, ready, vendor_report, basis, seconds, better, second.text if second else "")


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
        seconds = job.seconds_left(row, clock() - begun)
        again = second_reading.Reading(
            job.task, draft, grounded, writer=row, call=call, key=key, prompt=job.second_prompt
        )
        return await second_reading.read_again(again, job.engines, lease, tools, seconds=seconds), failures
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
