"""Collects one wave of calls: each is reserved, sent, retried, read and recorded; a call that fails is an outcome too.

Knows neither who asked nor what comes next.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, OperationalError, transaction

from enrichment import cache, companies, events, facts, ledger, pace
from enrichment.egress import Egress, EveryExchange, ProviderClient
from enrichment.events import News
from enrichment.hop import Hop
from enrichment.killpoints import reach
from enrichment.ledger import Intent, Permit, Present, Refused, Reserved, Wait, Why
from enrichment.models import Company, SourceCall, WorkflowRun
from enrichment.models.clock import DatabaseNow, database_now
from enrichment.rules import Rules
from enrichment.rules.model import SourceRule
from enrichment.sources.base import (
    AnySource,
    CompanyRef,
    Extraction,
    HostUnavailable,
    JobSource,
    KeyRejected,
    Pending,
    QuotaExhausted,
    Reply,
    SourceError,
    Throttled,
    Unavailable,
    registry,
)

logger = logging.getLogger(__name__)

ATTEMPTS = 3
BACKOFF = 0.25  # seconds before the second attempt; doubles, with jitter
SOONEST_POLL = 0.2  # seconds; doubles up to what the source asks for, for many jobs are ready almost at once
LONGEST_SLEEP = 2.0  # seconds; whoever must wait longer parks
LONGEST_PARK = 60.0  # seconds; a provider that asks for more is not waited for
PAUSE_WITHOUT_KEY = 300.0


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


@dataclass(slots=True, kw_only=True)
class Collector:
    """What the calls of one run have in common."""

    run: UUID
    lease_token: int
    company: int
    ref: CompanyRef
    origin: str
    not_before: datetime | None
    rules: Rules
    egress: Egress
    hop: Hop
    memories: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def wave(self, sources: Sequence[str], *, wave: int, deadline: float) -> list[Outcome]:
        """Call every source at once and record each answer as it lands. `deadline`: seconds for all of them.

        Raises `LeaseLost` when another driver has the run; whatever was paid by then is ledgered.
        """
        async with asyncio.TaskGroup() as group:  # `_call` turns failures into outcomes, so paid siblings finish
            tasks = [group.create_task(self._bounded(source, wave, deadline)) for source in sources]
        outcomes = [task.result() for task in tasks]
        lost = next((outcome for outcome in outcomes if isinstance(outcome, ledger.LeaseLost)), None)
        if lost is not None:
            raise lost
        return [outcome for outcome in outcomes if isinstance(outcome, Outcome)]

    async def _bounded(self, source: str, wave: int, deadline: float) -> Outcome | ledger.LeaseLost:
        if deadline <= 0:  # a timeout of nothing would cut the call after money was held for it
            return Outcome(source=source, kind=Kind.FAILED, words="The run's time was up.")
        try:
            async with asyncio.timeout(deadline):
                return await self._call(self.rules.sources[source], wave)
        except TimeoutError:
            return Outcome(source=source, kind=Kind.FAILED, words="The run's time was up.")
        except ledger.LeaseLost as lost:
            return lost
        except DatabaseError as error:  # its money is settled at the end of the wave, as what nobody heard of
            # No traceback: what a database complains of may quote a person's name.
            logger.error("%s could not be recorded for run %s: %s", source, self.run, type(error).__name__)
            return Outcome(source=source, kind=Kind.FAILED, words=f"It could not be recorded ({type(error).__name__}).")

    async def _call(self, source: SourceRule, wave: int) -> Outcome:
        intent = self._intent(source, wave)
        slept = 0.0
        while True:
            reach("before_intent", self.ref.domain)
            permit: Permit = await self.hop(ledger.reserve, intent)
            if isinstance(permit, Wait) and not permit.filling and slept + permit.seconds <= LONGEST_SLEEP:
                slept += permit.seconds
                await asyncio.sleep(permit.seconds)
                continue
            if not isinstance(permit, Reserved):
                return _not_sent(source.slug, permit)
            reach("after_intent", self.ref.domain)
            outcome = await self._send(source, intent, permit)
            if outcome is not None:
                return outcome
            await asyncio.sleep(BACKOFF * 2 ** (permit.attempt - 1) * random.uniform(0.8, 1.2))  # noqa: S311

    def _intent(self, source: SourceRule, wave: int) -> Intent:
        return Intent(
            run=self.run,
            lease_token=self.lease_token,
            wave=wave,
            company=self.company,
            source=source.slug,
            provider=source.provider,
            worst_price=source.worst_price,
            origin=self.origin,
            not_before=self.not_before,
        )

    async def _send(self, source: SourceRule, intent: Intent, permit: Reserved) -> Outcome | None:
        """Make one attempt; None asks for another one."""
        adapter = registry.sources[source.slug]
        client = self._client(source, permit)
        try:
            async with asyncio.timeout(source.timeout.total_seconds()):
                body = await self._talk(adapter, client, permit)
        except TimeoutError:
            words = f"{source.label} did not answer within {source.timeout.total_seconds():g} s."
            late = Unavailable(words, in_doubt=not permit.job)
            return await self._failed(source, intent, permit, late)
        except SourceError as error:
            return await self._failed(source, intent, permit, error)
        if isinstance(body, Pending):
            await self.hop(ledger.stay, permit.call, permit.claim, seconds=body.after)
            return Outcome(source=source.slug, kind=Kind.WAITING, words="Its job is not ready.", wait=body.after)
        reach("after_answer", self.ref.domain)
        outcome = await self._recorded(intent, permit, source, body)
        reach("after_record", self.ref.domain)
        return outcome

    async def _recorded(self, intent: Intent, permit: Reserved, source: SourceRule, body: bytes) -> Outcome:
        try:
            return await self.hop(record_answer, intent, permit, source, self.ref, body, self.rules)
        except OperationalError:  # say, a deadlock's victim: a paid answer is worth a second try
            return await self.hop(record_answer, intent, permit, source, self.ref, body, self.rules)

    async def _talk(self, adapter: AnySource, client: ProviderClient, permit: Reserved) -> bytes | Pending:
        """The answer's bytes; `Pending` when its job needs longer than may be slept."""
        if not isinstance(adapter, JobSource):
            return await adapter.fetch(self.ref, client)
        job = permit.job
        if not job:
            job = await adapter.start(self.ref, client)
            await self.hop(ledger.note_job, permit.call, job)
            reach("after_job", self.ref.domain)
        soon = SOONEST_POLL
        while True:
            answer = await adapter.poll(job, client)
            if not isinstance(answer, Pending) or answer.after > LONGEST_SLEEP:
                return answer
            await asyncio.sleep(min(answer.after, soon))
            soon *= 2

    def _client(self, source: SourceRule, permit: Reserved) -> ProviderClient:
        return self.egress.client(
            provider=source.provider,
            base_url=permit.base_url,
            trusted=permit.trusted,
            credentials=permit.secrets,
            permits=_Paced(self.hop, source.provider) if permit.is_metered else EveryExchange(),
            deadline=source.timeout.total_seconds(),
            concurrency=permit.concurrency,
            memory=self.memories.setdefault(source.provider, {}),
        )

    async def _failed(self, source: SourceRule, intent: Intent, permit: Reserved, error: SourceError) -> Outcome | None:
        failure = _failure_of(error, source)
        await self.hop(ledger.record_failure, permit, intent, failure)
        again = error.retryable and not (failure.in_doubt and source.cost) and permit.attempt < ATTEMPTS
        wait = error.retry_after or 0.0
        if again and wait <= LONGEST_SLEEP:
            await asyncio.sleep(wait)
            return None
        if again and wait <= LONGEST_PARK:
            return Outcome(source=source.slug, kind=Kind.WAITING, words=str(error), wait=wait)
        return Outcome(source=source.slug, kind=Kind.FAILED, words=str(error))


class _Paced:
    """Permits for one call: its first exchange was counted when it was reserved."""

    def __init__(self, hop: Hop, provider: str) -> None:
        self._hop, self._provider, self._counted = hop, provider, True

    async def exchange(self) -> None:
        """Take a token, waiting for it a little. Raises `Throttled` when that takes too long."""
        if self._counted:
            self._counted = False
            return
        waited = 0.0
        while (seconds := await self._hop(pace.take, self._provider)) > 0:
            waited += seconds
            if waited > LONGEST_SLEEP * 5:
                raise Throttled(f"{self._provider} is asked at its full pace.", retry_after=seconds)
            await asyncio.sleep(seconds)


def _not_sent(source: str, permit: Present | Refused | Wait) -> Outcome:
    if isinstance(permit, Present):
        return Outcome(source=source, kind=Kind.REUSED)
    if isinstance(permit, Refused):
        return Outcome(source=source, kind=Kind.REFUSED, words=permit.words, why=permit.why)
    return Outcome(
        source=source, kind=Kind.WAITING, words="Waits for its turn.", wait=permit.seconds, filling=permit.filling
    )


def _failure_of(error: SourceError, source: SourceRule) -> ledger.Failure:
    """What the ledger and the provider's state need to know of an error."""
    pause = None
    if isinstance(error, KeyRejected | QuotaExhausted):
        pause = PAUSE_WITHOUT_KEY
    elif isinstance(error, Throttled) and error.retry_after:
        pause = error.retry_after
    return ledger.Failure(
        words=str(error),
        cost=source.cost if error.paid else Decimal(0),
        in_doubt=error.in_doubt,
        counts=isinstance(error, Unavailable) and not isinstance(error, HostUnavailable),
        pause=pause,
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
    intent: Intent, permit: Reserved, source: SourceRule, ref: CompanyRef, body: bytes, rules: Rules
) -> Outcome:
    """Read the answer and store all that follows in one commit. A stale driver's answer is ledgered and kept."""
    try:
        extraction = registry.sources[source.slug].extract(Reply(body=body, fetched_at=database_now()), ref)
    except SourceError as error:
        ledger.record_failure(permit, intent, _failure_of(error, source))
        return Outcome(source=source.slug, kind=Kind.FAILED, words=str(error))
    return _commit(intent, permit, source, body, extraction, rules)


@transaction.atomic
def _commit(
    intent: Intent, permit: Reserved, source: SourceRule, body: bytes, extraction: Extraction, rules: Rules
) -> Outcome:
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=intent.run)
    call = SourceCall.objects.select_related("provider").get(pk=permit.call)
    is_empty, now = not extraction.observations, database_now()
    kind = Kind.EMPTY if is_empty else Kind.ANSWERED
    if call.status not in (SourceCall.Status.INTENT, SourceCall.Status.IN_DOUBT):
        return Outcome(source=source.slug, kind=kind)  # another driver recorded this very job's answer
    price = price_of(source, extraction)
    company = Company.objects.select_for_update(no_key=True).get(pk=run.company_id)
    datasets: set[str] = set()
    entry = None
    if company.data_epoch == permit.claim.data_epoch or company.pk != intent.company:
        entry = cache.keep(_answer(intent, source, company.pk, body, price, now, is_empty=is_empty), at=now)
        datasets = facts.store_observations(entry, extraction)
        facts.remerge(company.pk, datasets, origin=intent.origin, rules=rules, at=now)
    status = SourceCall.Status.EMPTY if is_empty else SourceCall.Status.OK
    ledger.book(call, status=status, cost=price, records=extraction.records, entry=entry, now=now)
    pace.answered(call.provider)
    cache.release(permit.claim)
    if ledger.is_led_by(run, intent.lease_token):
        events.append(run.pk, _news(call, kind, price, datasets, extraction, now), at=now)
    if company.is_provisional and extraction.domain:
        _learn_domain(company, extraction.domain, source=source.slug, origin=intent.origin, rules=rules, now=now)
    reach("inside_record", company.domain)
    transaction.on_commit(partial(wake_waiting, intent.fill_key))
    return Outcome(source=source.slug, kind=kind)


def _learn_domain(company: Company, domain: str, *, source: str, origin: str, rules: Rules, now: datetime) -> None:
    """The company has a domain now; where another one owns it, all that was found goes over to that one."""
    left = companies.learn_domain(company, domain, learned_from=source)
    if left.pk != company.pk:
        cache.rekey(left)
        facts.remerge(left.pk, rules.datasets, origin=origin, rules=rules, at=now)


def _answer(
    intent: Intent, source: SourceRule, company: int, body: bytes, price: Decimal, now: datetime, *, is_empty: bool
) -> cache.Answer:
    return cache.Answer(
        type=intent.cache_type,
        key=cache.response_key(source.slug, company, intent.origin),
        company=company,
        source=source.slug,
        origin=intent.origin,
        body=body,
        fetched_at=now,
        ttl=source.empty_ttl if is_empty else source.ttl,
        is_empty=is_empty,
        paid=price,
    )


def _news(
    call: SourceCall, kind: Kind, price: Decimal, datasets: set[str], extraction: Extraction, now: datetime
) -> list[News]:
    update = {
        "source": call.source,
        "status": kind,
        "cost": f"{price:f}",
        "seconds": round((now - call.started).total_seconds(), 3),
        "items": len(extraction.observations),
        "dropped": extraction.dropped,
    }
    found = [News("partial_results", {"source": call.source, "datasets": sorted(datasets)})] if datasets else []
    return [News("source_update", update), *found]


def wake_waiting(fill_key: str) -> None:
    """Runs that wait for that fill may go on."""
    WorkflowRun.objects.filter(waiting_for=fill_key).update(wake_at=DatabaseNow(), waiting_for="")
