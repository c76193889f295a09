"""Collects one wave of calls: each is reserved, sent, retried, read and recorded; a call that fails is an outcome too.

Knows neither who asked nor what comes next.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, OperationalError
from django.utils import timezone

from enrichment import ledger, pace, settling
from enrichment.deadline import within
from enrichment.egress import Egress, EveryExchange, ProviderClient
from enrichment.hop import Hop, is_outage
from enrichment.killpoints import reach
from enrichment.models import LeaseLost
from enrichment.permits import Intent, Permit, Present, Refused, Reserved, Wait
from enrichment.recording import Kind, Outcome, Reader, failure_of, record_answer
from enrichment.rules import Rules
from enrichment.rules.model import SourceRule
from enrichment.sources.base import (
    Busy,
    CompanyRef,
    JobFailed,
    JobSource,
    LookUpSource,
    Lost,
    NeverBegun,
    Pending,
    SourceError,
    Unavailable,
    registry,
)
from salesintel import jitter

logger = logging.getLogger(__name__)

ATTEMPTS = 3
BACKOFF = 0.25  # seconds before the second attempt; doubles, with jitter
SOONEST_POLL = 0.2  # seconds; doubles up to what the source asks for, for many jobs are ready almost at once
LONGEST_SLEEP = 2.0  # seconds; whoever must wait longer parks
LONGEST_PARK = 60.0  # seconds; a provider that asks for more is not waited for
BELIEVED_AFTER = timedelta(seconds=10)  # since the call was made
RECORD_AGAIN = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds before an answer that could not be stored is stored again
JOB_PATIENCE = 5  # times its source's timeout that a job may take


@dataclass(slots=True, kw_only=True)
class Collector:
    """What the calls of one run have in common."""

    run: UUID
    lease_token: int
    company: int
    ref: CompanyRef
    origin: str
    not_before: datetime | None
    max_ages: Mapping[str, timedelta]  # source → age at which its answer no longer serves what is wanted
    rules: Rules
    egress: Egress
    hop: Hop
    memories: dict[str, dict[str, Any]] = field(default_factory=dict)
    read: Reader | None = None  # of each answer, what is told as soon as it is recorded

    async def wave(self, sources: Sequence[str], *, wave: int, deadline: float) -> list[Outcome]:
        """Call every source at once and record each answer as it lands. `deadline`: seconds for all of them.

        Raises `LeaseLost` when another driver has the run, and `django.db.Error` when the database is away; whatever
        was paid by then is ledgered.
        """
        # Reservations are made one after the other: the slowest source first, for the wave lasts as long as that one.
        slowest_first = sorted(sources, key=lambda source: self.rules.sources[source].latency, reverse=True)
        async with asyncio.TaskGroup() as group:  # `_call` turns failures into outcomes, so paid siblings finish
            tasks = [group.create_task(self._bounded(source, wave, deadline)) for source in slowest_first]
        outcomes = [task.result() for task in tasks]
        cut_off = next((outcome for outcome in outcomes if isinstance(outcome, Exception)), None)
        if cut_off is not None:
            raise cut_off
        return [outcome for outcome in outcomes if isinstance(outcome, Outcome)]

    async def _bounded(self, source: str, wave: int, deadline: float) -> Outcome | LeaseLost | Error:
        if deadline <= 0:  # a timeout of nothing would cut the call after money was held for it
            return Outcome(source=source, kind=Kind.FAILED, words="The time was up.")
        try:
            return await within(deadline, self._call(self.rules.sources[source], wave))
        except TimeoutError:
            return Outcome(source=source, kind=Kind.FAILED, words="The time was up.")
        except LeaseLost as lost:
            return lost
        except Error as error:  # its money is settled at the end of the wave, as what nobody heard of
            if is_outage(error):
                return error
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
            await asyncio.sleep(BACKOFF * 2 ** (permit.attempt - 1) * jitter.share(0.8, 1.2))

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
            not_before=self._not_before(source.slug),
        )

    def _not_before(self, source: str) -> datetime | None:
        """The time from which on an answer that is there already serves this run, None for any."""
        oldest = self.max_ages.get(source)
        times = [self.not_before, None if oldest is None else timezone.now() - oldest]
        return max((time for time in times if time is not None), default=None)

    async def _send(self, source: SourceRule, intent: Intent, permit: Reserved) -> Outcome | None:
        """Make one attempt; None asks for another one."""
        adapter = registry.sources[source.slug]
        client = self._client(source, permit)
        job = permit.job
        body: bytes | Pending = Pending(after=LONGEST_SLEEP)
        try:
            async with asyncio.timeout(source.timeout.total_seconds()):
                if isinstance(adapter, JobSource):
                    found = job or await self._begun(adapter, client, permit)
                    if isinstance(found, Pending):
                        return await self._waiting(source, permit, found)
                    job = found
                    body = await _polled(adapter, job, client)
                else:
                    body = await adapter.fetch(self.ref, client)
        except TimeoutError:
            if not job or permit.age > JOB_PATIENCE * source.timeout:
                words = f"{source.label} did not answer within {source.timeout.total_seconds():g} s."
                lost = Unavailable(words, in_doubt=True)
                return await self._failed(source, intent, replace(permit, waited=client.waited), lost)
        except SourceError as error:
            return await self._failed(source, intent, replace(permit, waited=client.waited), error)
        if isinstance(body, Pending):
            return await self._waiting(source, permit, body)
        reach("after_answer", self.ref.domain)
        outcome = await self._recorded(intent, replace(permit, waited=client.waited), source, body)
        reach("after_record", self.ref.domain)
        return outcome

    async def _recorded(self, intent: Intent, permit: Reserved, source: SourceRule, body: bytes) -> Outcome:
        """Record the answer: one that was paid is worth a second try, and a wait where the database is away."""
        for pause in RECORD_AGAIN:
            try:
                return await self.hop(record_answer, intent, permit, source, self.ref, body, self.rules, self.read)
            except Error as error:
                if not is_outage(error) and not (isinstance(error, OperationalError) and not pause):
                    raise
                await asyncio.sleep(pause)
        return await self.hop(record_answer, intent, permit, source, self.ref, body, self.rules, self.read)

    async def _waiting(self, source: SourceRule, permit: Reserved, pending: Pending) -> Outcome:
        await self.hop(settling.stay, permit.call, permit.claim, seconds=pending.after)
        return Outcome(source=source.slug, kind=Kind.WAITING, words="Its job is not ready.", wait=pending.after)

    async def _begun(self, adapter: JobSource, client: ProviderClient, permit: Reserved) -> str | Pending:
        """The id of the job that a lost call began, else of one that begins now, which buys it."""
        if permit.lost is None:
            job: str | Pending | None = await adapter.start(self.ref, client)
        else:
            job = await self._found(adapter, client, permit.lost)
        if job is None:
            raise NeverBegun("The provider has no trace of the call whose answer was lost.")
        if isinstance(job, Pending):
            return job
        reach("after_start", self.ref.domain)
        await self.hop(settling.note_job, permit.call, job)
        reach("after_job", self.ref.domain)
        return job

    async def _found(self, adapter: JobSource, client: ProviderClient, lost: Lost) -> str | Pending | None:
        """The lost call's job; that there is none is believed when a request on its way would have arrived."""
        job = await adapter.find(self.ref, lost, client) if isinstance(adapter, LookUpSource) else None
        arriving = BELIEVED_AFTER - (timezone.now() - lost.at)
        return Pending(after=arriving.total_seconds()) if job is None and arriving > timedelta(0) else job

    def _client(self, source: SourceRule, permit: Reserved) -> ProviderClient:
        client = self.egress.client(
            provider=source.provider,
            base_url=permit.base_url,
            trusted=permit.trusted,
            credentials=permit.secrets,
            permits=_Paced(self.hop, source.provider, counted=not permit.job) if permit.is_metered else EveryExchange(),
            deadline=source.timeout.total_seconds(),
            concurrency=permit.concurrency,
            memory=self.memories.setdefault(source.provider, {}),
        )
        return replace(client, key=permit.key)

    async def _failed(self, source: SourceRule, intent: Intent, permit: Reserved, error: SourceError) -> Outcome | None:
        if permit.is_repeated and not permit.job and not isinstance(error, NeverBegun | JobFailed):
            error.in_doubt = True  # of the lost call this says nothing
        is_late = permit.age > JOB_PATIENCE * source.timeout
        failure = failure_of(error, source, is_final=permit.attempt >= ATTEMPTS or is_late)
        is_open = await self.hop(settling.record_failure, permit, intent, failure)
        may_try = permit.attempt < ATTEMPTS or isinstance(error, NeverBegun)  # that one was made for nothing
        is_safe = error.retryable and may_try and not (failure.in_doubt and source.cost)
        again = is_open or is_safe
        wait = error.retry_after or 0.0
        if again and wait <= LONGEST_SLEEP:
            await asyncio.sleep(wait)
            return None
        if again and wait <= LONGEST_PARK:
            return Outcome(source=source.slug, kind=Kind.WAITING, words=str(error), wait=wait)
        return Outcome(source=source.slug, kind=Kind.FAILED, words=str(error))


async def _polled(adapter: JobSource, job: str, client: ProviderClient) -> bytes | Pending:
    """The job's answer; `Pending` when it needs longer than may be slept. What fails is asked again, not bought."""
    soon, failures = SOONEST_POLL, 0
    while True:
        try:
            answer = await adapter.poll(job, client)
            wait = min(answer.after, soon) if isinstance(answer, Pending) else 0.0
            soon *= 2
        except SourceError as error:
            failures += not isinstance(error, Busy)
            answer = _later(error, failures)
            wait = answer.after
        if not isinstance(answer, Pending) or answer.after > LONGEST_SLEEP:
            return answer
        await asyncio.sleep(wait)


def _later(error: SourceError, failures: int) -> Pending:
    """When to poll again after so many failures. Raises the error, in doubt, where there is no use in that."""
    wait = error.retry_after or BACKOFF * 2**failures
    if error.retryable and failures < ATTEMPTS and wait <= LONGEST_PARK:
        return Pending(after=wait)
    error.in_doubt = not isinstance(error, JobFailed)  # a job that fails is not charged; one that runs was bought
    raise error


class _Paced:
    """Permits for one call; `counted`: its first exchange was, when it was reserved."""

    def __init__(self, hop: Hop, provider: str, *, counted: bool) -> None:
        self._hop, self._provider, self._counted = hop, provider, counted

    async def exchange(self) -> None:
        """Take a token, waiting for it a little. Raises `Busy` when that takes too long."""
        if self._counted:
            self._counted = False
            return
        waited = 0.0
        while (seconds := await self._hop(pace.take, self._provider)) > 0:
            waited += seconds
            if waited > LONGEST_SLEEP * 5:
                raise Busy(f"{self._provider} is asked at its full pace.", retry_after=seconds)
            await asyncio.sleep(seconds)


def _not_sent(source: str, permit: Present | Refused | Wait) -> Outcome:
    if isinstance(permit, Present):
        return Outcome(source=source, kind=Kind.REUSED)
    if isinstance(permit, Refused):
        return Outcome(source=source, kind=Kind.REFUSED, words=permit.words, why=permit.why)
    return Outcome(
        source=source, kind=Kind.WAITING, words="Waits for its turn.", wait=permit.seconds, filling=permit.filling
    )
