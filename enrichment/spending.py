"""Stops of paid calls: by a person, or by a brake when a provider is spent on far above its usual rate.

What is free goes on, and so does what was bought already: a long job is waited for. Functions run in the caller's
transaction unless they say otherwise.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import DateTimeField, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from enrichment import pace
from enrichment.models import AnalysisEngine, Brake, Notice, Provider, ProviderState, SourceCall, SpendingStop
from enrichment.models.clock import database_now
from enrichment.models.fields import usd
from salesintel.accounts.models import User
from salesintel.prepared import Gap, Prepared

logger = logging.getLogger(__name__)

USUAL_OVER = timedelta(days=7)  # before the window, whose spending is compared with it
SHORTEST_HISTORY = timedelta(days=1)  # a first busy hour is no usual rate
USUAL_HOLDS_FOR = timedelta(minutes=10)
NOTHING = Decimal(0)


# --- What is stopped --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stops:
    """Whose paid calls are stopped, and why in words: by provider, None for everybody's."""

    words: Mapping[str | None, str]

    def of(self, provider: str | None) -> str:
        """Why no paid call is made there; empty where one may be. None: what is bought from no provider."""
        return self.words.get(None) or (self.words.get(provider, "") if provider else "")


def stops(at: datetime) -> Stops:
    """What is stopped at `at`; one query."""
    rows = _ACTIVE.all(at=at)
    return Stops({row.provider.slug if row.provider else None: _told(row) for row in rows})


def _active() -> "QuerySet[SpendingStop]":
    return SpendingStop.objects.active(Gap("at", DateTimeField())).select_related("provider").order_by("began")


_ACTIVE = Prepared(_active)


def _told(stop: SpendingStop) -> str:
    where = f"Paid calls to {stop.provider.label} are" if stop.provider else "All paid calls are"
    until = f" until {stop.until:%d %b %H:%M} UTC" if stop.until else ""
    return f"{where} stopped{until}{f': {stop.why}' if stop.why else ''}".rstrip(".") + "."


def refusal(provider: Provider, price: Decimal, *, origin: str, now: datetime) -> str:
    """Why a call that may cost `price` must not be made; empty if it may. The caller holds the provider's state.

    A call that would take the provider's spending past a brake stops the provider, and the admins are told.
    """
    if not price:
        return ""
    words = stops(now).of(provider.slug)
    if words:
        return words
    for brake in Brake.objects.filter(Q(provider=None) | Q(provider=provider), enabled=True):
        if (origin == "live" or brake.in_sandbox) and _is_passed(brake, provider, price, origin, now):
            return _told(_pull(brake, provider, now))
    return ""


@transaction.atomic
def stop(provider: Provider | None, *, why: str, by: User | None = None, until: datetime | None = None) -> SpendingStop:
    """Stop paid calls, of everybody for None. A call is reserved before the stop or never: one transaction."""
    _wait_for_reservations(provider)
    made = SpendingStop.objects.create(provider=provider, why=why, by=by, until=until, began=database_now())
    pace.announce_pause(provider, until=until, reason="stopped", once=f"stop:{made.pk}")
    return made


def _wait_for_reservations(provider: Provider | None) -> None:
    """Hold what every reservation locks, so that none is half-way, and see what the last one wrote."""
    providers = Provider.objects.order_by("pk") if provider is None else [provider]
    for each in providers:
        pace.lock(each)
    if provider is None:
        list(AnalysisEngine.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lift(which: SpendingStop, *, by: User | None = None) -> bool:
    """Let paid calls go on; False where they did already. What was spent so far pulls no brake again."""
    now = database_now()
    return bool(SpendingStop.objects.active(now).filter(pk=which.pk).update(lifted=now, lifted_by=by))


# --- Brakes -----------------------------------------------------------------------------------------------------------


def _is_passed(brake: Brake, provider: Provider, price: Decimal, origin: str, now: datetime) -> bool:
    since = now - brake.window
    last = SpendingStop.objects.filter(provider=provider, brake=brake).order_by("-began").first()
    if last is not None and last.ended is not None:
        since = max(since, last.ended)
    spent = _spent(provider, origin, since) + price
    if brake.limit is not None and spent > brake.limit:
        return True
    if brake.factor is None or spent <= brake.at_least:
        return False
    usual = usual_per_hour(provider, origin, now=now, until=now - brake.window)
    in_window = usual * Decimal(brake.window / timedelta(hours=1))
    return spent > in_window * Decimal(str(brake.factor))


def _spent(provider: Provider, origin: str, since: datetime) -> Decimal:
    """USD charged by the provider, or held for calls to it, since then."""
    calls = SourceCall.objects.since(since).filter(provider=provider, origin=origin)
    # A call under way holds its worst price and has cost nothing yet; a settled one holds nothing.
    held = Sum("reserved", filter=Q(status=SourceCall.Status.INTENT))
    found = calls.aggregate(cost=Coalesce(Sum("cost"), usd(0)), held=Coalesce(held, usd(0)))
    total: Decimal = found["cost"] + found["held"]
    return total


def usual_per_hour(provider: Provider, origin: str, *, now: datetime, until: datetime) -> Decimal:
    """USD an hour that the provider usually costs: the mean of the week until `until`, 0 without history.

    Counted from its first call where that is less than a week ago. Remembered for ten minutes with its state.
    """
    state = ProviderState.objects.get(provider=provider)
    if (
        state.usual is not None
        and state.usual_of == origin
        and state.usual_at
        and now - state.usual_at < USUAL_HOLDS_FOR
    ):
        return Decimal(state.usual)
    calls = SourceCall.objects.filter(provider=provider, origin=origin, started__lt=until)
    week = calls.since(until - USUAL_OVER).aggregate(cost=Sum("cost"), first=Min("started"))
    span = max(until - (week["first"] or until), SHORTEST_HISTORY)
    if calls.filter(started__lt=until - USUAL_OVER).exists():
        span = USUAL_OVER
    hours = Decimal(span / timedelta(hours=1))
    usual = ((week["cost"] or NOTHING) / hours).quantize(Decimal("0.000000001"))
    ProviderState.objects.filter(provider=provider).update(usual=usual, usual_at=now, usual_of=origin)
    return usual


def _pull(brake: Brake, provider: Provider, now: datetime) -> SpendingStop:
    """Stop the provider, and tell the admins."""
    until = now + brake.pause_for if brake.pause_for is not None else None
    why = "spending there ran far above its usual rate"
    made = SpendingStop.objects.create(provider=provider, brake=brake, why=why, began=now, until=until)
    over = f"until {until:%d %b %H:%M} UTC" if until else "until somebody lifts the stop"
    text = f"More was spent at {provider.label} in {brake.window} than brake {brake.pk} allows: no paid call {over}."
    tell(Notice.Kind.BRAKE, key=f"stop:{made.pk}", text=text, now=now)
    pace.announce_pause(provider, until=until, reason="spending-brake", once=f"stop:{made.pk}")
    return made


# --- Notices ----------------------------------------------------------------------------------------------------------


def tell(kind: Notice.Kind, *, key: str, text: str, now: datetime) -> None:
    """Tell the admins once: a row of the admin, a line of the log, and by mail where they are named."""
    _, is_new = Notice.objects.get_or_create(key=key, defaults={"kind": kind, "text": text[:300], "at": now})
    if is_new:
        logger.warning("%s", text)
