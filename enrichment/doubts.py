"""Calls in doubt: they may have been charged, and their answer was never stored.

Such a call counts as spent until an answer, the provider or a person says otherwise, and it stops nobody: the run goes
on by what the provider allows. Functions run in the caller's transaction unless they say otherwise.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, TextField, UUIDField

from enrichment import budgets, events
from enrichment.events import News
from enrichment.models import EngineCall, Provider, SourceCall, UsageMark, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.models.fields import usd
from enrichment.sources.base import LookUpSource, registry
from salesintel.prepared import Gap, Prepared

MOST_FOLLOW_UPS = 3  # times that one call is looked up or sent again with its key
NOTHING = Decimal(0)
DIED = "The process died between the call and its answer."
REPEATED = "It was asked again, which costs nothing more."
Status, Verdict, InDoubt = SourceCall.Status, SourceCall.Verdict, Provider.InDoubt


class Way(StrEnum):
    """How a run goes on after a call of its own of which nobody knows how it ended."""

    POLL = "poll"  # the provider's id of the job is known: it is bought already
    LOOK_UP = "look_up"  # the provider can be asked whether it has the job
    SAME_KEY = "same_key"  # the provider answers the same key once
    BUY = "buy"  # nothing was paid, or asking again costs nothing more
    LEAVE = "leave"  # it counts as spent


def left_behind(run: UUID, source: str) -> SourceCall | None:
    """The run's last unsettled call to the source: its driver died, for a living one settles before it reserves."""
    return _UNSETTLED.first(run=run, source=source)


def _unsettled() -> "QuerySet[SourceCall]":
    calls = SourceCall.objects.unsettled().filter(run=Gap("run", UUIDField()), source=Gap("source", TextField()))
    return calls.order_by("-started")[:1]


_UNSETTLED = Prepared(_unsettled)


def way_on(call: SourceCall, provider: Provider, now: datetime) -> Way:
    """What the provider allows after that call."""
    if call.job:
        return Way.POLL
    if not call.reserved:
        return Way.BUY
    if _is_followed_up(call, provider):
        return Way.LOOK_UP if provider.in_doubt == InDoubt.LOOK_UP else Way.SAME_KEY
    if provider.in_doubt == InDoubt.CALL_AGAIN and _is_free_again(call, provider, now):
        return Way.BUY
    return Way.LEAVE


def is_possible(way: str, source: str) -> bool:
    """Whether the source's adapter can do what the policy `way` says; unknown sources can do nothing special."""
    adapter = registry.sources.get(source)
    match way:
        case InDoubt.LOOK_UP:
            return isinstance(adapter, LookUpSource)
        case InDoubt.RETRY_WITH_KEY:
            return bool(getattr(adapter, "sends_key", False))
    return True


def _is_followed_up(call: SourceCall, provider: Provider) -> bool:
    """Whether it can be found out how this very call ended."""
    follows = provider.in_doubt in (InDoubt.LOOK_UP, InDoubt.RETRY_WITH_KEY)
    return follows and is_possible(provider.in_doubt, call.source) and call.attempt <= MOST_FOLLOW_UPS


def _is_free_again(call: SourceCall, provider: Provider, now: datetime) -> bool:
    """Whether the same call still costs nothing more, counted from the first one that may have been paid."""
    if provider.repeat_free_for is None:
        return True
    doubtful = SourceCall.objects.unsettled().filter(run=call.run_id, source=call.source)
    first = doubtful.order_by("started").values_list("started", flat=True).first()
    return now - (first or call.started) < provider.repeat_free_for


def may_follow_up(call: SourceCall) -> bool:
    """Whether a call whose answer did not come is kept open, to be looked up or sent again with its key."""
    return not call.job and bool(call.reserved) and _is_followed_up(call, call.provider)


def keep_open(call: SourceCall, *, words: str, lease: timedelta) -> None:
    """Note that an attempt at the call brought no certainty; its money stays held."""
    SourceCall.objects.filter(pk=call.pk).update(
        attempt=F("attempt") + 1, error=words[:300], lease_until=DatabaseNow() + lease
    )


def take_over(call: SourceCall, *, lease: timedelta) -> None:
    """The call has a living driver again."""
    SourceCall.objects.filter(pk=call.pk).update(lease_until=DatabaseNow() + lease)


# --- Booking ----------------------------------------------------------------------------------------------------------


def doubt(call: SourceCall, run: WorkflowRun, now: datetime, *, words: str = DIED) -> None:
    """Book the worst price of a call whose answer nobody stored; a free call simply failed."""
    status = Status.IN_DOUBT if call.reserved else Status.FAILED
    close(call, status=status, cost=call.reserved, words=words, now=now)
    if call.reserved:
        data = {"source": call.source, "status": "in_doubt", "cost": f"{call.reserved:f}", "detail": words}
        events.append(run.pk, [News("warning", data)], at=now)


def close(
    call: SourceCall, *, status: str, cost: Decimal, words: str, now: datetime, waited: float | None = None
) -> None:
    """Settle a call that brought no answer, or settle it anew."""
    lasted = {"waited": waited} if waited is not None else {}
    SourceCall.objects.filter(pk=call.pk).update(status=status, cost=cost, error=words[:300], answered=now, **lasted)
    rebook(call, cost=cost)


def rebook(call: SourceCall, *, cost: Decimal) -> None:
    """Let `cost` take the place of what the call, as it was read, holds or has booked."""
    is_held = call.status == Status.INTENT
    held, booked = (call.reserved, NOTHING) if is_held else (NOTHING, call.cost)
    UsageMark.objects.leave([call.started])
    budgets.settle(request=call.request_id, periods=call.budgets, held=held, cost=cost, booked=booked)
    if cost != booked and call.run_id:
        WorkflowRun.objects.filter(pk=call.run_id).update(cost=F("cost") + usd(cost - booked))


def is_open(call: SourceCall) -> bool:
    """Whether an answer may still settle it: it is booked whatever was believed of the call before.

    A call that failed, or had never begun by all that the provider knew, may have a driver that is only late.
    """
    return call.status not in (Status.OK, Status.EMPTY) or bool(call.verdict)


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(call_id: UUID, verdict: SourceCall.Verdict) -> bool:
    """End the doubt about a call, and correct what was booked for it. One transaction.

    False where the call is in doubt no more. A run that is still under way is told, and may ask again where it shall.
    """
    run_id = SourceCall.objects.values_list("run", flat=True).get(pk=call_id)
    run = WorkflowRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    call = SourceCall.objects.select_for_update(no_key=True).get(pk=call_id)
    if call.status != Status.IN_DOUBT:
        return False
    now = database_now()
    cost = settle_by(call, verdict, words=call.error, now=now)
    if run is not None and run.is_active:
        data = {"source": call.source, "status": verdict, "cost": f"{cost:f}", "detail": Verdict(verdict).label}
        events.append(run.pk, [News("warning", data)], at=now)
    return True


@transaction.atomic
def decide_analysis(call_id: UUID, verdict: EngineCall.Verdict) -> bool:
    """The same for an analysis whose answer was lost. One transaction; False where it is in doubt no more."""
    run_id = EngineCall.objects.values_list("run", flat=True).get(pk=call_id)
    WorkflowRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    call = EngineCall.objects.select_for_update(no_key=True).get(pk=call_id)
    if call.status != EngineCall.Status.IN_DOUBT:
        return False
    booked = call.cost or NOTHING
    cost = booked if verdict == EngineCall.Verdict.CHARGED else NOTHING
    failed = {"status": EngineCall.Status.FAILED, "cost": cost, "verdict": verdict, "decided": database_now()}
    EngineCall.objects.filter(pk=call_id).update(**failed)
    UsageMark.objects.leave([call.started])
    budgets.settle(request=call.request_id, periods=call.budgets, held=NOTHING, cost=cost, booked=booked)
    WorkflowRun.objects.filter(pk=run_id).update(cost=F("cost") + usd(cost - booked))
    return True


def settle_by(call: SourceCall, verdict: SourceCall.Verdict, *, words: str, now: datetime) -> Decimal:
    """Close the call by a verdict; the USD that stay booked for it."""
    is_free = verdict in (Verdict.NOT_CHARGED, Verdict.REPEATED)
    cost: Decimal = NOTHING if is_free else call.cost
    SourceCall.objects.filter(pk=call.pk).update(verdict=verdict, decided=now)
    close(call, status=Status.FAILED, cost=cost, words=words, now=call.answered or now)
    return cost


def settle_repeated(call: SourceCall, now: datetime) -> None:
    """`call` was answered: earlier ones that it repeated for nothing were charged once at most, with this one."""
    if call.provider.in_doubt != InDoubt.CALL_AGAIN or call.run_id is None:
        return
    for earlier in SourceCall.objects.in_doubt().filter(run=call.run_id, source=call.source).exclude(pk=call.pk):
        if earlier.started <= call.started:
            settle_by(earlier, Verdict.REPEATED, words=REPEATED, now=now)


def to_be_asked_again(run: UUID) -> set[str]:
    """Sources whose call was in doubt, and that a person wants asked again; not those that were since."""
    calls: QuerySet[SourceCall] = SourceCall.objects.filter(run_id=run).order_by("started")
    last = dict(calls.values_list("source", "verdict"))
    return {source for source, verdict in last.items() if verdict == Verdict.ASK_AGAIN}
