"""The analysis step: engines by priority, money held before and settled after, the report stored with its evidence."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F

from enrichment import budgets, ledger, rules
from enrichment.analysis.engines import checked
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EngineError, Grounded, Task, Usage
from enrichment.killpoints import reach
from enrichment.models import AnalysisEngine, EngineCall, Report, StepRun, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up, usd
from enrichment.workflow import finish, store, vendor
from enrichment.workflow.briefing import digest_of, task_for
from enrichment.workflow.engines import engine_from
from enrichment.workflow.leases import Lease
from enrichment.workflow.steps import park
from enrichment.workflow.tools import Tools

RECHECK = 5.0  # seconds after which a run looks again whether its vendor's run has ended
Status = EngineCall.Status


@dataclass(frozen=True, slots=True)
class Job:
    """An analysis to write: its task, the engines to try in order, and the vendor's report that it uses."""

    task: Task
    engines: tuple[AnalysisEngine, ...]
    vendor_report: Report | None
    basis: str  # what the task was made from


async def analyse(lease: Lease, ordinal: int, tools: Tools) -> None:
    """Write and store the run's report; parks while the vendor's run is under way. Raises `LeaseLost`."""
    job = await tools.hop(prepare, lease, ordinal)
    if job is None:
        return
    grounded, failures = await _written(job, lease, tools)
    if grounded is None:
        await tools.hop(give_up, lease, failures)
        return
    reach("after_analysis")
    await tools.hop(store.store, lease, ordinal, job.task, grounded, failures, job.vendor_report, job.basis)
    reach("after_store")


@transaction.atomic
def prepare(lease: Lease, ordinal: int) -> Job | None:
    """What to write; None when the run was parked to wait for the vendor's."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    if not run.requests.attached().exists():
        finish.cancelled(run)
        return None
    if vendor.is_awaited(run.vendor_run_id) and run.vendor_run is not None:
        park(run, run.steps.get(ordinal=ordinal), seconds=RECHECK, waiting_for=run.vendor_run.fill_key)
        return None
    known, at = rules.load(run.rule_set_id), database_now()
    finish.doubt_engines(run, at)
    vendor_report = vendor.report_for(run, known, at=at)
    task = task_for(run, known, vendor=vendor.context_of(vendor_report), at=at)
    ready = tuple(row for row in AnalysisEngine.objects.filter(enabled=True) if row.is_ready)
    StepRun.objects.filter(run=run, ordinal=ordinal).update(started=at)
    return Job(task, ready, vendor_report, store.basis(run, known, vendor_report, at))


async def _written(job: Job, lease: Lease, tools: Tools) -> tuple[Grounded | None, list[str]]:
    """The first engine's grounded draft, None if no engine gave one; and why better engines failed, in words."""
    failures: list[str] = []
    for row in job.engines:
        key = digest_of(job.task, engine=row.slug, model=row.model)
        kept = await tools.hop(store.kept_analysis, lease, key)
        if kept is not None:
            return kept, failures
        call = await tools.hop(hold, lease, row, job.task)
        if isinstance(call, str):
            failures.append(call)
            continue
        try:
            draft = checked(await engine_from(row).draft(job.task), job.task)
            reach("after_draft")
        except EngineError as error:
            failures.append(f"{row.slug}: {error}")
            await tools.hop(settle, call, error.usage, words=str(error))
            continue
        grounded = await tools.hop(ground, draft, job.task)
        await tools.hop(record, lease, call, key, grounded, draft.usage)
        return grounded, failures
    return None, failures


@transaction.atomic
def give_up(lease: Lease, failures: list[str]) -> None:
    """End a run that no engine could write a report for; what it collected is kept."""
    run = WorkflowRun.objects.fenced(lease.run, lease.token)
    reasons = "; ".join(failures) or "none is switched on"
    finish.fail(run, f"No analysis engine wrote the report: {reasons}. Enable “builtin” in the admin.")


def worst_price(row: AnalysisEngine, task: Task) -> Decimal | None:
    """USD that one analysis may cost at most; None where a price is unknown."""
    price = engine_from(row).worst_cost(task)
    return None if price is None else rounded_up(price)


def hold(lease: Lease, row: AnalysisEngine, task: Task) -> UUID | str:
    """Reserve the engine's worst price and write the intent; or why it is not asked, in words."""
    return _hold(lease, row, worst_price(row, task))  # which takes a while: no row is locked meanwhile


@transaction.atomic
def _hold(lease: Lease, row: AnalysisEngine, price: Decimal | None) -> UUID | str:
    WorkflowRun.objects.fenced(lease.run, lease.token)
    now = database_now()
    purse = budgets.open_purse(lease.run, provider=None, today=now.date())
    if purse is None:
        return "Nobody wants this run any more."
    if price is None and purse.payer.cap is not None:
        return f"{row.slug}: its price is unknown, so it does not run under a cap."
    refusal = purse.refusal(price or Decimal(0))
    if refusal:
        return f"{row.slug}: {refusal}"
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


@transaction.atomic
def record(lease: Lease, pk: UUID, key: str, grounded: Grounded, usage: Usage) -> None:
    """Book what an engine used and keep what it wrote in one commit, for a paid draft is not asked for again.

    `key` is the digest of its task. A stale driver's answer is booked too, and not kept.
    """
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=lease.run)
    settle(pk, usage, words="")
    if ledger.is_led_by(run, lease.token):
        store.keep_analysis(EngineCall.objects.get(pk=pk), run, key, grounded)


@transaction.atomic
def settle(pk: UUID, usage: Usage, *, words: str) -> None:
    """Book what an engine used; what was booked while the call was in doubt is replaced by the real price."""
    # Runs are locked before requests.
    WorkflowRun.objects.select_for_update(no_key=True).filter(engine_calls=pk).first()
    call = EngineCall.objects.select_for_update(no_key=True).get(pk=pk)
    if call.status not in (Status.INTENT, Status.IN_DOUBT):
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
        error=words[:300],
        answered=database_now(),
    )
    spent = cost or nothing
    budgets.settle(request=call.request_id, periods=call.budgets, held=held, cost=spent, booked=booked)
    if spent != booked:
        WorkflowRun.objects.filter(engine_calls=call).update(cost=F("cost") + usd(spent - booked))
