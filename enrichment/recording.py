"""How calls end: in one commit each, an answer with all that follows from it, or a failure with what it cost."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField

from enrichment import cache, companies, doubts, events, facts, pace, settling
from enrichment.events import News
from enrichment.killpoints import reach
from enrichment.models import Company, SourceCall, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.people import optouts
from enrichment.people.filtering import filtered, tidied
from enrichment.permits import Intent, Reserved, Why
from enrichment.rules import Rules
from enrichment.rules.model import SourceRule
from enrichment.sources.base import (
    CompanyRef,
    Evidence,
    Extraction,
    HostUnavailable,
    KeyRejected,
    Observation,
    QuotaExhausted,
    Reply,
    SourceError,
    Throttled,
    Unavailable,
    registry,
)
from salesintel.prepared import Gap, Prepared

PAUSE_WITHOUT_KEY = 300.0  # seconds


class Kind(StrEnum):
    """How a call ended for its run."""

    ANSWERED = "answered"
    EMPTY = "empty"
    REUSED = "reused"  # somebody else's answer was there
    FAILED = "failed"
    REFUSED = "refused"
    WAITING = "waiting"  # it may be made later


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one call of a wave ended. `wait` in seconds; `filling` is the cache fill that it waits for."""

    source: str
    kind: Kind
    words: str = ""
    why: Why | None = None
    wait: float = 0.0
    filling: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an answer says, as it was just stored; `evidence`: its items with the ids of their rows."""

    source: str
    company: str
    domain: str | None
    observations: tuple[Observation, ...]
    evidence: tuple[tuple[Evidence, int], ...]
    at: datetime


# Says what people can read at once of an answer, as more to tell; given by the floor that knows what findings are.
Reader = Callable[[Heard], dict[str, Any]]


def failure_of(error: SourceError, source: SourceRule, *, is_final: bool = False) -> settling.Failure:
    """What the ledger and the provider's state need to know of an error."""
    pause = None
    if isinstance(error, KeyRejected | QuotaExhausted):
        pause = PAUSE_WITHOUT_KEY
    elif isinstance(error, Throttled) and error.retry_after:
        pause = error.retry_after
    return settling.Failure(
        words=str(error),
        cost=source.worst_price if error.paid else Decimal(0),  # how many records it held, nobody can read
        in_doubt=error.in_doubt,
        counts=isinstance(error, Unavailable) and not isinstance(error, HostUnavailable),
        pause=pause,
        needs_person=isinstance(error, KeyRejected | QuotaExhausted),
        is_final=is_final,
    )


def price_of(source: SourceRule, extraction: Extraction) -> Decimal:
    """What an answer costs: per call, per call that found something, or per record."""
    match source.charged:
        case "hit":
            return source.cost if extraction.observations else Decimal(0)
        case "record":
            return source.cost * extraction.records
        case _:
            return source.cost


def record_answer(
    intent: Intent,
    permit: Reserved,
    source: SourceRule,
    ref: CompanyRef,
    body: bytes,
    rules: Rules,
    read: Reader | None = None,
) -> Outcome:
    """Read the answer and store all that follows in one commit. A stale driver's answer is ledgered and kept.

    What `read` makes of it is told with it.
    """
    try:
        extraction = registry.sources[source.slug].extract(Reply(body=body, fetched_at=database_now()), ref)
    except SourceError as error:
        settling.record_failure(permit, intent, failure_of(error, source))
        return Outcome(source=source.slug, kind=Kind.FAILED, words=str(error))
    return _commit(intent, permit, source, body, extraction, rules, read)


@transaction.atomic
def _commit(
    intent: Intent,
    permit: Reserved,
    source: SourceRule,
    body: bytes,
    extraction: Extraction,
    rules: Rules,
    read: Reader | None,
) -> Outcome:
    run = WorkflowRun.objects.locked(intent.run)
    call = SourceCall.objects.with_provider(permit.call)
    is_empty, now = not extraction.observations, database_now()
    kind = Kind.EMPTY if is_empty else Kind.ANSWERED
    if not doubts.is_open(call):
        return Outcome(source=source.slug, kind=kind)  # another driver recorded this very job's answer
    price = price_of(source, extraction)
    company = _whom(intent.company)
    stored = facts.Stored()
    entry = None
    # After the company's row is locked, which whoever is erased there is put on the list under.
    everybody = optouts.everybody()
    blocked = optouts.blocked([company.pk]) if everybody else everybody
    may_keep = filtered(tidied(extraction), body, blocked, everybody=everybody)
    if company.data_epoch == permit.claim.data_epoch or company.pk != intent.company:
        answer = _answer(intent, source, company.pk, may_keep.body, price, now, is_empty=is_empty)
        entry = cache.keep(replace(answer, digest=hashlib.sha256(body).hexdigest()), at=now)
        stored = facts.store_observations(entry, may_keep.extraction)
        facts.remerge(company.pk, stored.datasets, origin=intent.origin, rules=rules, at=now)
    status = SourceCall.Status.EMPTY if is_empty else SourceCall.Status.OK
    settling.book(
        call, status=status, cost=price, records=extraction.records, entry=entry, now=now, waited=permit.waited
    )
    pace.answered(call.provider)
    cache.release(permit.claim)
    if settling.is_led_by(run, intent.lease_token):
        more = read(_heard(source, company, may_keep.extraction, stored, now)) if read and stored.datasets else {}
        events.append(run.pk, _news(call, kind, price, stored, may_keep.extraction, more, now), at=now)
    if company.is_provisional and extraction.domain:
        _learn_domain(company, extraction, source=source.slug, origin=intent.origin, rules=rules, now=now)
    elif company.unconfirmed and extraction.name and extraction.domain == company.domain:
        companies.hear(company, extraction.name, learned_from=source.slug)
    reach("inside_record", company.domain)
    transaction.on_commit(partial(wake_waiting, intent.fill_key))
    return Outcome(source=source.slug, kind=kind)


def _whom(asked: int) -> Company:
    """The company that was asked for, or the one that it is part of by now; its row is held until the commit."""
    while (held := _STANDING.first(pk=asked)) is None:
        asked = companies.canonical(Company.objects.get(pk=asked)).pk
    return held


_STANDING = Prepared(
    lambda: Company.objects.select_for_update(no_key=True).filter(pk=Gap("pk", BigIntegerField()), merged_into=None)
)


def _learn_domain(company: Company, said: Extraction, *, source: str, origin: str, rules: Rules, now: datetime) -> None:
    """The company has a domain now; where another one owns it, all that was found goes over to that one."""
    left = companies.learn_domain(company, said.domain or "", learned_from=source)
    companies.hear(left, company.name, learned_from=source, settles=True)
    if left.pk != company.pk:
        facts.remerge(left.pk, rules.datasets, origin=origin, rules=rules, at=now)


def _answer(
    intent: Intent, source: SourceRule, company: int, body: bytes, price: Decimal, now: datetime, *, is_empty: bool
) -> cache.Answer:
    return cache.Answer(
        type=intent.cache_type,
        key=intent.cache_key,
        company=company,
        source=source.slug,
        origin=intent.origin,
        body=body,
        fetched_at=now,
        ttl=source.empty_ttl if is_empty else source.ttl,
        is_empty=is_empty,
        paid=price,
    )


def _heard(source: SourceRule, company: Company, kept: Extraction, stored: facts.Stored, now: datetime) -> Heard:
    return Heard(
        source=source.slug,
        company=company.name,
        domain=company.domain,
        observations=kept.observations,
        evidence=stored.evidence,
        at=now,
    )


def _news(
    call: SourceCall,
    kind: Kind,
    price: Decimal,
    stored: facts.Stored,
    extraction: Extraction,
    more: dict[str, Any],
    now: datetime,
) -> list[News]:
    update = {
        "source": call.source,
        "status": kind,
        "cost": f"{price:f}",
        "seconds": round((now - call.started).total_seconds(), 3),
        "items": len(extraction.observations),
        "dropped": extraction.dropped,
    }
    if not stored.datasets:
        return [News("source_update", update)]
    found = {"source": call.source, "datasets": sorted(stored.datasets), **more}
    return [News("source_update", update), News("partial_results", found)]


def wake_waiting(fill_key: str) -> None:
    """Runs that wait for that fill may go on."""
    WorkflowRun.objects.filter(waiting_for=fill_key).update(wake_at=DatabaseNow(), waiting_for="")
