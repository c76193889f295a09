"""The ledger: a call is reserved at its worst price before it is made; `settling` books its real price after it.

Every public function is one transaction, unless it says otherwise. Rows are locked in one order: run, request, budgets,
provider, fill. They are locked without their keys, or the check of a foreign key, which the database makes as another
transaction commits, would wait for them and turn that order round.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField, Max, QuerySet, TextField

from enrichment import budgets, cache, doubts, pace, spending
from enrichment.doubts import Way
from enrichment.killpoints import reach
from enrichment.models import CacheEntry, Company, Provider, Source, SourceCall, Variant, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.sources import Route
from enrichment.permits import CALL_LEASE, Intent, Permit, Present, Refused, Reserved, Wait, Why
from enrichment.settling import free
from enrichment.sources.base import Lost
from salesintel.prepared import Gap, Prepared

LONGEST_JOB = timedelta(days=1)  # further back than that, no job of ours is mistaken for another one's
Status = SourceCall.Status


@transaction.atomic
def reserve(intent: Intent) -> Permit:
    """Hold the worst price and the right to fill the entry, or say why not. Raises `LeaseLost`."""
    run = WorkflowRun.objects.fenced(intent.run, intent.lease_token)
    intent, now = replace(intent, bulk=run.is_bulk), database_now()
    [provider] = _PROVIDER.all(slug=intent.provider)
    left_behind = doubts.left_behind(intent.run, intent.source)
    if left_behind is None:
        return _decide(intent, provider, None, Way.BUY, now)
    way = doubts.way_on(left_behind, provider, now)
    if way in (Way.POLL, Way.LOOK_UP, Way.SAME_KEY):
        return _follow_up(left_behind, way, intent, provider, now)
    if left_behind.status == Status.INTENT:
        doubts.doubt(left_behind, run, now)
    permit = _decide(intent, provider, left_behind, way, now)
    if not isinstance(permit, Reserved):
        free(left_behind)
    return permit


def _decide(intent: Intent, provider: Provider, left_behind: SourceCall | None, way: Way, now: datetime) -> Permit:
    entry = _present(intent, now)
    if entry is not None:
        return Present(entry.pk, entry.is_empty)
    if way is Way.LEAVE:
        return Refused(Why.IN_DOUBT, "The last attempt may have been paid; asking again might pay twice.")
    return _buy(intent, provider, left_behind, now)


def _is_on(intent: Intent) -> bool:
    """Whether the source is switched on, for everybody or by an experiment that is under way."""
    return bool(_SWITCHED_ON.all(slug=intent.source)) or Variant.objects.tries(intent.source, run=intent.run)


def _buy(intent: Intent, provider: Provider, left_behind: SourceCall | None, now: datetime) -> Permit:
    purse = budgets.open_purse(intent.run, provider=intent.provider, now=now)
    if purse is None:
        return Refused(Why.NOBODY, "Nobody wants this run any more.")
    refusal = purse.refusal(intent.worst_price)
    if refusal:
        return Refused(Why.BUDGET, refusal)
    route = provider.route(intent.origin) if provider.enabled else None
    if route is None or not _is_on(intent):
        return Refused(Why.OFF, f"{provider.label} is switched off or has no key.")
    state = pace.lock(provider)
    held_up = pace.hold(provider, state, now=now, bulk=intent.bulk)
    if held_up is not None:
        return Refused(Why.PAUSED, held_up.words) if held_up.seconds is None else Wait(held_up.seconds)
    stopped = spending.refusal(provider, intent.worst_price, origin=intent.origin, now=now)
    if stopped:
        return Refused(Why.PAUSED, stopped)
    [epoch] = _EPOCH.all(pk=intent.company)
    free(left_behind)
    call = uuid4()
    claim = cache.claim(intent.fill_key, holder=call, data_epoch=epoch)
    if claim is None:
        return Wait(1.0, filling=intent.fill_key)
    entry = _present(intent, now)
    if entry is not None:  # whoever held the fill has answered while we waited for its row
        cache.release(claim)
        return Present(entry.pk, entry.is_empty)
    pace.spend(provider, state, now=now)
    purse.hold(intent.worst_price)
    line = _write_intent(call, intent, provider, purse, epoch, now)
    reach("inside_intent")
    return _reserved(line, claim, provider, route)


def _reserved(call: SourceCall, claim: cache.Claim, provider: Provider, route: Route, **more: Any) -> Reserved:
    return Reserved(
        call=call.pk,
        claim=claim,
        attempt=call.attempt,
        base_url=route.base_url,
        trusted=route.trusted,
        secrets=route.secrets,
        concurrency=provider.concurrency,
        is_metered=bool(provider.requests_per_minute),
        key=str(call.pk) if provider.in_doubt == Provider.InDoubt.RETRY_WITH_KEY else "",
        **more,
    )


def _write_intent(
    call: UUID, intent: Intent, provider: Provider, purse: budgets.Purse, epoch: int, now: datetime
) -> SourceCall:
    earlier = SourceCall.objects.filter(run_id=intent.run, source=intent.source).aggregate(last=Max("attempt"))["last"]
    return SourceCall.objects.create(
        pk=call,
        run_id=intent.run,
        request=purse.payer,
        wave=intent.wave,
        company_id=intent.company,
        source=intent.source,
        provider=provider,
        cache_key=intent.cache_key,
        data_epoch=epoch,
        attempt=(earlier or 0) + 1,
        origin=intent.origin,
        reserved=intent.worst_price,
        budgets=[period.pk for period in purse.periods],
        lease_until=now + CALL_LEASE,
        started=now,
    )


def _present(intent: Intent, now: datetime) -> CacheEntry | None:
    since = intent.not_before or cache.LONG_AGO
    return _FRESH.first(at=now, since=since, type=intent.cache_type, key=intent.cache_key)


def _fresh() -> "QuerySet[CacheEntry]":
    fresh = CacheEntry.objects.fresh(Gap("at", DateTimeField())).since(Gap("since", DateTimeField()))
    return fresh.filter(type=Gap("type", TextField()), key=Gap("key", TextField())).defer("body")


_FRESH = Prepared(_fresh)
_PROVIDER = Prepared(lambda: Provider.objects.filter(slug=Gap("slug", TextField())))
_SWITCHED_ON = Prepared(lambda: Source.objects.filter(slug=Gap("slug", TextField()), enabled=True).values_list("pk"))
_EPOCH = Prepared(lambda: Company.objects.filter(pk=Gap("pk", BigIntegerField())).values_list("data_epoch", flat=True))


# --- What a dead driver left behind ----------------------------------------------------------------------------------


def _follow_up(call: SourceCall, way: Way, intent: Intent, provider: Provider, now: datetime) -> Permit:
    """Go on with that very call: what it holds stays held, and it is not bought again."""
    route = provider.route(intent.origin) if way is Way.POLL or provider.enabled else None
    if route is None:
        return Refused(Why.OFF, f"{provider.label} is switched off or has no key.")
    state = None if way is Way.POLL else pace.lock(provider)  # what is polled is bought already
    if state is not None:
        held_up = pace.hold(provider, state, now=now, besides=call.pk)
        if held_up is not None:
            return Refused(Why.PAUSED, held_up.words) if held_up.seconds is None else Wait(held_up.seconds)
        stopped = spending.stops(now).of(provider.slug) if way is Way.SAME_KEY else ""
        if stopped:  # it may never have arrived, and would be bought only now
            return Refused(Why.PAUSED, stopped)
    # What was asked for before an erasure is not kept after it, however late its answer is fetched.
    [epoch] = _EPOCH.all(pk=intent.company)
    epoch = epoch if call.data_epoch is None else call.data_epoch
    claim = cache.claim(intent.fill_key, holder=call.pk, data_epoch=epoch)
    if claim is None:  # ours ran out, and another run buys: its answer is waited for
        return Wait(1.0, filling=intent.fill_key)
    if state is not None:
        pace.spend(provider, state, now=now)
    doubts.take_over(call, lease=CALL_LEASE)
    lost = Lost(at=call.started, others=_jobs_of_others(call)) if way is Way.LOOK_UP else None
    return _reserved(call, claim, provider, route, job=call.job, age=now - call.started, lost=lost, is_repeated=True)


def _jobs_of_others(call: SourceCall) -> frozenset[str]:
    others = SourceCall.objects.filter(provider=call.provider_id).exclude(job="").exclude(pk=call.pk)
    return frozenset(others.since(call.started - LONGEST_JOB).values_list("job", flat=True))
