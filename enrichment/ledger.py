"""The ledger: a call is reserved at its worst price before it is made and settled at its real price after it.

Every public function is one transaction, unless it says otherwise. Rows are locked in one order: run, request, budgets,
provider, fill. They are locked without their keys, or the check of a foreign key, which the database makes as another
transaction commits, would wait for them and turn that order round.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import F

from enrichment import budgets, cache, events, pace
from enrichment.events import News
from enrichment.killpoints import reach
from enrichment.models import CacheEntry, Company, LeaseLost, Provider, Source, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.fields import usd

CALL_LEASE = timedelta(seconds=90)
NOTHING = Decimal(0)
DIED = "The process died between the call and its answer."
Status = SourceCall.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A call that a run wants to make."""

    run: UUID
    lease_token: int
    wave: int
    company: int
    source: str
    provider: str
    worst_price: Decimal
    origin: str
    not_before: datetime | None = None

    @property
    def cache_type(self) -> str:
        return cache.response_type(self.source)

    @property
    def cache_key(self) -> str:
        return cache.response_key(self.source, self.company, self.origin)

    @property
    def fill_key(self) -> str:
        return cache.fill_key(self.cache_type, self.cache_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Go ahead: the money is held and the entry is ours to fill. `job` is a long job that is already under way."""

    call: UUID
    claim: cache.Claim
    attempt: int
    base_url: str
    trusted: bool
    secrets: dict[str, str]
    concurrency: int  # exchanges with the provider that may be under way at once
    is_metered: bool  # whether each exchange takes one of the provider's tokens
    job: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """The answer is there: nothing to buy."""

    entry: int
    is_empty: bool


class Why(StrEnum):
    """Why a call is not made."""

    BUDGET = "budget"  # the cap or a budget would be passed
    OFF = "off"  # switched off, or without a key
    PAUSED = "paused"  # breaker open, or the provider asked us to wait for long
    NOBODY = "nobody"  # no request wants the run any more
    IN_DOUBT = "in_doubt"  # the last attempt may have been paid, and asking again might pay twice


@dataclass(frozen=True, slots=True)
class Refused:
    """The call is not made by this run."""

    why: Why
    words: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The call may be made in so many seconds, or when `filling` has been filled by another run."""

    seconds: float
    filling: str = ""


Permit = Reserved | Present | Refused | Wait


@transaction.atomic
def reserve(intent: Intent) -> Permit:
    """Hold the worst price and the right to fill the entry, or say why not. Raises `LeaseLost`."""
    run = WorkflowRun.objects.fenced(intent.run, intent.lease_token)
    now = database_now()
    provider = Provider.objects.get(slug=intent.provider)
    left_behind = _left_behind(intent)
    if left_behind is not None and left_behind.job:
        return _poll_on(left_behind, intent, provider)
    if left_behind is not None:
        _doubt(left_behind, run, now)
    permit = _decide(intent, provider, left_behind, now)
    if not isinstance(permit, Reserved):
        _free(left_behind, now)
    return permit


def _decide(intent: Intent, provider: Provider, left_behind: SourceCall | None, now: datetime) -> Permit:
    entry = _present(intent, now)
    if entry is not None:
        return Present(entry.pk, entry.is_empty)
    if left_behind is not None and left_behind.reserved and provider.in_doubt != Provider.InDoubt.CALL_AGAIN:
        return Refused(Why.IN_DOUBT, "The last attempt may have been paid; asking again might pay twice.")
    return _buy(intent, provider, left_behind, now)


def _buy(intent: Intent, provider: Provider, left_behind: SourceCall | None, now: datetime) -> Permit:
    purse = budgets.open_purse(intent.run, provider=intent.provider, today=now.date())
    if purse is None:
        return Refused(Why.NOBODY, "Nobody wants this run any more.")
    refusal = purse.refusal(intent.worst_price)
    if refusal:
        return Refused(Why.BUDGET, refusal)
    route = provider.route(intent.origin) if provider.enabled else None
    if route is None or not Source.objects.filter(slug=intent.source, enabled=True).exists():
        return Refused(Why.OFF, f"{provider.label} is switched off or has no key.")
    state = pace.lock(provider)
    held_up = pace.hold(provider, state, now=now)
    if held_up is not None:
        return Refused(Why.PAUSED, held_up.words) if held_up.seconds is None else Wait(held_up.seconds)
    epoch = Company.objects.values_list("data_epoch", flat=True).get(pk=intent.company)
    _free(left_behind, now)
    claim = cache.claim(intent.fill_key, data_epoch=epoch)
    if claim is None:
        return Wait(1.0, filling=intent.fill_key)
    entry = _present(intent, now)
    if entry is not None:  # whoever held the fill has answered while we waited for its row
        cache.release(claim)
        return Present(entry.pk, entry.is_empty)
    pace.spend(provider, state, now=now)
    purse.hold(intent.worst_price)
    call = _write_intent(intent, provider, purse, now)
    reach("inside_intent")
    return Reserved(
        call=call.pk,
        claim=claim,
        attempt=call.attempt,
        base_url=route.base_url,
        trusted=route.trusted,
        secrets=route.secrets,
        concurrency=provider.concurrency,
        is_metered=bool(provider.requests_per_minute),
    )


def _write_intent(intent: Intent, provider: Provider, purse: budgets.Purse, now: datetime) -> SourceCall:
    earlier = SourceCall.objects.filter(run_id=intent.run, source=intent.source).count()
    return SourceCall.objects.create(
        run_id=intent.run,
        request=purse.payer,
        wave=intent.wave,
        company_id=intent.company,
        source=intent.source,
        provider=provider,
        cache_key=intent.cache_key,
        attempt=earlier + 1,
        origin=intent.origin,
        reserved=intent.worst_price,
        budgets=[period.pk for period in purse.periods],
        lease_until=now + CALL_LEASE,
        started=now,
    )


def _present(intent: Intent, now: datetime) -> CacheEntry | None:
    fresh = CacheEntry.objects.fresh(now).since(intent.not_before)
    return fresh.filter(type=intent.cache_type, key=intent.cache_key).defer("body").first()


# --- What a dead driver left behind ----------------------------------------------------------------------------------


def _left_behind(intent: Intent) -> SourceCall | None:
    """An unsettled call of this run to this source: its driver died, for a living one settles before it reserves."""
    calls = SourceCall.objects.filter(run_id=intent.run, source=intent.source, status=Status.INTENT)
    return calls.order_by("-started").first()


def _poll_on(call: SourceCall, intent: Intent, provider: Provider) -> Permit:
    route = provider.route(intent.origin)
    if route is None:
        return Refused(Why.OFF, f"{provider.label} has no key any more.")
    epoch = Company.objects.values_list("data_epoch", flat=True).get(pk=intent.company)
    claim = cache.claim(intent.fill_key, data_epoch=epoch) or cache.take_back(intent.fill_key)
    SourceCall.objects.filter(pk=call.pk).update(lease_until=database_now() + CALL_LEASE)
    return Reserved(
        call=call.pk,
        claim=claim,
        attempt=call.attempt,
        base_url=route.base_url,
        trusted=route.trusted,
        secrets=route.secrets,
        concurrency=provider.concurrency,
        is_metered=bool(provider.requests_per_minute),
        job=call.job,
    )


def settle_loose_ends(run: WorkflowRun) -> None:
    """Book as spent what calls still hold when nothing of the run is under way: it is over, or its time was up.

    In the transaction of the caller, who holds the run's row.
    """
    now = database_now()
    for call in SourceCall.objects.filter(run=run, status=Status.INTENT).order_by("started"):
        _doubt(call, run, now, words="The run went on without its answer.")
        _free(call, now)


def _doubt(call: SourceCall, run: WorkflowRun, now: datetime, *, words: str = DIED) -> None:
    """Book the worst price of a call whose answer nobody stored; a free call simply failed."""
    status = Status.IN_DOUBT if call.reserved else Status.FAILED
    _close(call, status=status, cost=call.reserved, words=words, now=now)
    if call.reserved:
        data = {"source": call.source, "status": "in_doubt", "cost": f"{call.reserved:f}", "detail": words}
        events.append(run.pk, [News("warning", data)], at=now)


def _free(call: SourceCall | None, now: datetime) -> None:
    """Let go of the fill of a dead driver's call; one whose lease ran out by itself may be another run's by now.

    The last lock of a reservation, like every lock on a fill: whoever waits for one holds a provider already.
    """
    if call is not None and call.lease_until > now:
        cache.let_go(cache.fill_key(cache.response_type(call.source), call.cache_key))


def _close(call: SourceCall, *, status: str, cost: Decimal, words: str, now: datetime) -> None:
    """Settle a call that brought no answer."""
    SourceCall.objects.filter(pk=call.pk).update(status=status, cost=cost, error=words[:300], answered=now)
    budgets.settle(request=call.request_id, periods=call.budgets, held=call.reserved, cost=cost)
    if cost and call.run_id:
        WorkflowRun.objects.filter(pk=call.run_id).update(cost=F("cost") + usd(cost))


# --- After a call ----------------------------------------------------------------------------------------------------


@transaction.atomic
def note_job(call: UUID, job: str) -> None:
    """Store the id of a long job before it is polled for the first time."""
    SourceCall.objects.filter(pk=call).update(job=job, lease_until=database_now() + CALL_LEASE)


@transaction.atomic
def stay(call: UUID, claim: cache.Claim, *, seconds: float) -> None:
    """Keep the call and its fill alive over a wait of so many seconds."""
    until = timedelta(seconds=seconds) + CALL_LEASE
    SourceCall.objects.filter(pk=call).update(lease_until=database_now() + until)
    cache.extend(claim, lease=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a call failed. `cost`: USD that it cost all the same; `in_doubt`: it may have been accepted and paid."""

    words: str
    cost: Decimal = NOTHING
    in_doubt: bool = False
    counts: bool = True  # against the provider, towards its breaker
    pause: float | None = None  # seconds that the provider must be left alone


@transaction.atomic
def record_failure(reserved: Reserved, intent: Intent, failure: Failure) -> None:
    """Settle a call that brought no answer, and note it against the provider. Runs for a stale driver too."""
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=intent.run)
    call, now = SourceCall.objects.select_related("provider").get(pk=reserved.call), database_now()
    if call.status != Status.INTENT:
        return
    doubtful = failure.in_doubt and bool(call.reserved)
    status, cost = (Status.IN_DOUBT, call.reserved) if doubtful else (Status.FAILED, failure.cost)
    _close(call, status=status, cost=cost, words=failure.words, now=now)
    if failure.counts:
        pace.failed(call.provider, words=failure.words, now=now)
    if failure.pause is not None:
        pace.pause(call.provider, seconds=failure.pause, words=failure.words, now=now)
    cache.release(reserved.claim)
    if is_led_by(run, intent.lease_token):
        data = {"source": call.source, "status": str(status), "cost": f"{cost:f}", "detail": failure.words}
        events.append(run.pk, [News("source_update", data)], at=now)


def book(
    call: SourceCall, *, status: str, cost: Decimal, records: int, entry: CacheEntry | None, now: datetime
) -> None:
    """Settle a call that was answered; what was booked while it was in doubt is replaced by the real price."""
    in_doubt = call.status == Status.IN_DOUBT
    held, booked = (NOTHING, call.cost) if in_doubt else (call.reserved, NOTHING)
    SourceCall.objects.filter(pk=call.pk).update(
        status=status, cost=cost, records=records, entry=entry, answered=now, error=""
    )
    budgets.settle(request=call.request_id, periods=call.budgets, held=held, cost=cost, booked=booked)
    if cost != booked and call.run_id:
        WorkflowRun.objects.filter(pk=call.run_id).update(cost=F("cost") + usd(cost - booked))
    if cost > call.reserved:
        pace.pause(
            call.provider, seconds=3600, words=f"Charged {cost:f} USD where {call.reserved:f} was the most.", now=now
        )


def is_led_by(run: WorkflowRun, lease_token: int) -> bool:
    """Whether that lease still rules the run; only then may its steps and events be written."""
    return run.lease_token == lease_token and run.status == WorkflowRun.Status.RUNNING


__all__ = [
    "Failure",
    "Intent",
    "LeaseLost",
    "Permit",
    "Present",
    "Refused",
    "Reserved",
    "Wait",
    "Why",
    "book",
    "is_led_by",
    "note_job",
    "record_failure",
    "reserve",
    "settle_loose_ends",
    "stay",
]
