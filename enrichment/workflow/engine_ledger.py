"""The ledger of engines' calls: money held before each, booked after it, and what is known of the engine by then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from enrichment import budgets, settling, spending
from enrichment.analysis.model import EngineError, Grounded, Task, Usage
from enrichment.models import AnalysisEngine, EngineCall, ResearchRequest, UsageMark, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up, usd
from enrichment.workflow import engine_state, store
from enrichment.workflow.engine_state import Hold
from enrichment.workflow.engines import engine_from
from enrichment.workflow.leases import Lease
from salesintel.accounts.models import User

Status = EngineCall.Status
NOT_WANTED = "nobody wants it any more"
DIED = "its writer died"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is written for a person, of no request; by `work` it is known again. Caps are USD, one of a day (UTC)."""

    user: int
    consumer: str
    work: UUID
    cap: Decimal
    day_cap: Decimal


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
    return _held(purse, row, price, run=lease.run, asks=asks)


@transaction.atomic
def hold_reply(payer: UUID, row: AnalysisEngine, price: Decimal | None, is_wanted: Callable[[], bool]) -> UUID | Hold:
    """The same for an answer to a question, which is of no run. `is_wanted` is asked when the payer is locked."""
    purse = budgets.purse_of(payer, now=database_now())
    if purse is None or not is_wanted():
        return Hold(NOT_WANTED)
    return _held(purse, row, price, run=None, asks=True)


def _held(
    purse: budgets.Purse,
    row: AnalysisEngine,
    price: Decimal | None,
    *,
    run: UUID | None,
    asks: bool,
    errand: Errand | None = None,
) -> UUID | Hold:
    now = purse.at
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
        run_id=run,
        request=purse.payer,
        user_id=errand.user if errand else None,
        consumer=errand.consumer if errand else "",
        work=errand.work if errand else None,
        engine=row.slug,
        model=row.model,
        reserved=price or Decimal(0),
        budgets=[period.pk for period in purse.periods],
        started=now,
    )
    return call.pk


@transaction.atomic
def hold_errand(
    errand: Errand, row: AnalysisEngine, price: Decimal | None, is_wanted: Callable[[], bool]
) -> UUID | Hold:
    """The same for what is of no request. The person's row is locked: two of their errands see each other's money."""
    User.objects.select_for_update(no_key=True).only("pk").filter(pk=errand.user).first()
    now = database_now()
    if not is_wanted():
        return Hold(NOT_WANTED)
    if _may_be_charged(errand.work):
        return Hold("it may have been charged before, and is not asked for a second time")
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    left = errand.day_cap - committed(errand.user, consumer=errand.consumer, since=day)
    if price and price > left:
        return Hold(f"It may cost {price:f} USD, more than is left of the {errand.day_cap:f} USD that a day may cost.")
    purse = budgets.own_purse(errand.user, consumer=errand.consumer, cap=errand.cap, now=now)
    return _held(purse, row, price, run=None, asks=True, errand=errand)


def committed(user: int, *, consumer: str, since: datetime) -> Decimal:
    """USD that a person's errands cost since then, or hold."""
    calls = EngineCall.objects.filter(user=user, request=None, consumer=consumer, started__gte=since)
    held = Sum("reserved", filter=Q(status=Status.INTENT))
    found = calls.aggregate(cost=Coalesce(Sum("cost"), usd(0)), held=Coalesce(held, usd(0)))
    total: Decimal = found["cost"] + found["held"]
    return total


def _may_be_charged(work: UUID) -> bool:
    return EngineCall.objects.filter(work=work).exclude(status=Status.FAILED, cost=0).exists()


@transaction.atomic
def doubt_errand(work: UUID, *, before: datetime) -> bool:
    """A call for it that began before then counts as spent, for its writer is dead; whether one is under way still."""
    calls = EngineCall.objects.filter(work=work, status=Status.INTENT)
    for call in calls.filter(started__lt=before):
        settle(call.pk, Usage(cost=None), words=DIED)
    return calls.filter(started__gte=before).exists()


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
def book_reply(pk: UUID, usage: Usage) -> None:
    """Book what an answer to a question used; what it said is kept, or not, by whoever asked."""
    settle(pk, usage, words="")
    engine_state.answered(EngineCall.objects.values_list("engine", flat=True).get(pk=pk), now=database_now())


@transaction.atomic
def doubt_replies(payer: UUID) -> None:
    """Answers that the request pays for and whose writer died count as spent."""
    ResearchRequest.objects.select_for_update(no_key=True).filter(pk=payer).first()
    for call in EngineCall.objects.filter(request=payer, run=None, status=Status.INTENT):
        settle(call.pk, Usage(cost=None), words=DIED)


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
