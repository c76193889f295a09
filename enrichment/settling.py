"""What becomes of a call that was made: it goes on, it is booked at its real price, or it brought nothing.

Every public function is one transaction, unless it says otherwise, and takes its locks in the ledger's order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from enrichment import cache, doubts, events, pace, spending
from enrichment.events import News
from enrichment.models import CacheEntry, Notice, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.permits import CALL_LEASE, Intent, Reserved

NOTHING = Decimal(0)
Status = SourceCall.Status


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
    needs_person: bool = False  # a key that is not accepted, or nothing left to spend: waiting does not help
    is_final: bool = False  # what is in doubt is not followed up any more


@transaction.atomic
def record_failure(reserved: Reserved, intent: Intent, failure: Failure) -> bool:
    """Settle a call that brought no answer, and note it against the provider. Runs for a stale driver too.

    True: the call stays open, for the provider can say how it ended; reserve again to follow it up.
    """
    run = WorkflowRun.objects.locked(intent.run)
    call, now = SourceCall.objects.with_provider(reserved.call), database_now()
    if call.status != Status.INTENT and not (call.status == Status.IN_DOUBT and reserved.is_repeated):
        return False
    doubtful = failure.in_doubt and bool(call.reserved)
    is_open = doubtful and not failure.is_final and doubts.may_follow_up(call)
    if is_open:
        doubts.keep_open(call, words=failure.words, lease=CALL_LEASE)
    else:
        status, cost = (Status.IN_DOUBT, call.reserved) if doubtful else (Status.FAILED, failure.cost)
        doubts.close(call, status=status, cost=cost, words=failure.words, now=now, waited=reserved.waited)
        if is_led_by(run, intent.lease_token):
            data = {"source": call.source, "status": str(status), "cost": f"{cost:f}", "detail": failure.words}
            events.append(run.pk, [News("source_update", data)], at=now)
    if failure.counts:
        pace.failed(call.provider, words=failure.words, now=now)
    if failure.pause is not None:
        pace.pause(call.provider, seconds=failure.pause, words=failure.words, now=now)
    if failure.needs_person:
        key = f"provider:{call.provider_id}:{now:%Y-%m-%d}"  # once a day
        spending.tell(Notice.Kind.PROVIDER, key=key, text=failure.words, now=now)
    if not is_open:
        cache.release(reserved.claim)
    return is_open


def book(
    call: SourceCall,
    *,
    status: str,
    cost: Decimal,
    records: int,
    entry: CacheEntry | None,
    now: datetime,
    waited: float | None = None,
) -> None:
    """Settle a call that was answered; what was booked while it was in doubt is replaced by the real price."""
    SourceCall.objects.filter(pk=call.pk).update(
        status=status,
        cost=cost,
        records=records,
        entry=entry,
        answered=now,
        waited=waited,
        error="",
        verdict="",
        decided=None,
    )
    doubts.rebook(call, cost=cost)
    doubts.settle_repeated(call, now)
    if cost > call.reserved:
        words = f"Charged {cost:f} USD where {call.reserved:f} was the most."
        pace.pause(call.provider, seconds=3600, words=words, now=now, reason="overcharged")


def is_led_by(run: WorkflowRun, lease_token: int) -> bool:
    """Whether that lease still rules the run; only then may its steps and events be written."""
    return run.lease_token == lease_token and run.status == WorkflowRun.Status.RUNNING


def settle_loose_ends(run: WorkflowRun) -> None:
    """Book as spent what calls still hold when nothing of the run is under way: it is over, or its time was up.

    In the transaction of the caller, who holds the run's row.
    """
    now = database_now()
    for call in SourceCall.objects.filter(run=run, status=Status.INTENT).order_by("started"):
        doubts.doubt(call, run, now, words="The run went on without its answer.")
        free(call)


def free(call: SourceCall | None) -> None:
    """Let go of the fill of a dead driver's call, unless its lease ran out and it is another call's by now.

    The last lock of a reservation, like every lock on a fill: whoever waits for one holds a provider already.
    """
    if call is not None:
        cache.let_go(cache.fill_key(cache.response_type(call.source), call.cache_key), holder=call.pk)
