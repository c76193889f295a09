"""R17: a driver as the database sees it: transactions in a row, which may end for ever between any two of them."""

import asyncio
import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from enrichment import ledger, settling
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import Usage
from enrichment.models import CacheEntry, Company, ResearchRequest, SourceCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.permits import Intent, Present, Refused, Reserved, Wait
from enrichment.recording import Kind, Outcome, price_of, record_answer
from enrichment.settling import Failure
from enrichment.sources.base import JobSource, Reply, registry
from enrichment.workflow import analyse, engine_ledger, steps, store
from enrichment.workflow.briefing import digest_of
from enrichment.workflow.engine_state import Hold
from enrichment.workflow.leases import Lease
from enrichment.workflow.steps import Analyse, Collect

T = TypeVar("T")
DRAFT, CUT = Decimal("0.004"), Decimal("0.01")  # USD: what an engine charges, and what it may charge at most


class How(StrEnum):
    """How the world answers the next transaction of a driver."""

    WELL = "well"
    EMPTY = "empty"
    FAILED = "failed"  # not charged
    UNHEARD = "unheard"  # charged, and its answer was lost on the way
    LATER = "later"  # a job that is not ready; a call that has to wait
    REST = "rest"  # the driver is asked to stop


class Broken(AssertionError):
    """The engine did what it promises never to do."""


@dataclass(slots=True)
class Market:
    """What the providers and engines know: which calls they were sent, and what they charged for them."""

    charged: dict[UUID, Decimal] = field(default_factory=dict)
    # Both since the company's last erasure: what was erased may be bought again.
    recorded: set[tuple[UUID, int, str]] = field(default_factory=set)  # run, company, source
    kept: set[tuple[int, str]] = field(default_factory=set)  # company, source
    epochs: dict[UUID, int] = field(default_factory=dict)  # call → the company's epoch when it was sent

    def forget(self, company: int) -> None:
        """The company was erased."""
        self.recorded = {known for known in self.recorded if known[1] != company}
        self.kept = {known for known in self.kept if known[0] != company}


Life = Generator[None, How, None]


def begun(lease: Lease, market: Market) -> Life:
    """A driver that has leased a run and done nothing yet."""
    life = _life(lease, market)
    next(life)
    return life


def _life(lease: Lease, market: Market) -> Life:
    """Everything that a driver does with its run. Raises `LeaseLost` where another one has it."""
    yield
    action = fenced(lease, steps.resume, lease)
    how = yield
    while action is not None:
        if how == How.REST:
            fenced(lease, steps.rest, lease, action.step)
            return
        if isinstance(action, Analyse):
            yield from _analysed(lease, action.step, market)
            return
        outcomes = yield from _collected(lease, action, market)
        action = fenced(lease, steps.after_wave, lease, action.step, outcomes)
        how = yield


def fenced(lease: Lease, work: Callable[..., T], *arguments: Any) -> T:
    """Do what only the run's driver may. Raises `LeaseLost`; and `Broken` where another one's is accepted."""
    led = WorkflowRun.objects.filter(pk=lease.run, lease_token=lease.token, status=WorkflowRun.Status.RUNNING).exists()
    result = work(*arguments)
    if not led:
        raise Broken(f"{work.__name__} of a driver without a lease was not refused")
    return result


# --- Waves ------------------------------------------------------------------------------------------------------------


def _collected(lease: Lease, action: Collect, market: Market) -> Generator[None, How, list[Outcome]]:
    """Reserve all calls of the wave, then make them one after the other: any number of them is open at a death."""
    held: list[tuple[Intent, Reserved]] = []
    outcomes: list[Outcome] = []
    for source in action.sources:
        intent = _intent(lease, action, source)
        permit = fenced(lease, ledger.reserve, intent)
        if isinstance(permit, Reserved):
            _is_new(intent, permit, market)
            held.append((intent, permit))
        else:
            outcomes.append(_not_sent(source, permit))
        yield
    for intent, permit in held:
        outcomes.append((yield from _called(intent, permit, action, market)))
    return outcomes


def _intent(lease: Lease, action: Collect, source: str) -> Intent:
    rule = action.rules.sources[source]
    return Intent(
        run=lease.run,
        lease_token=lease.token,
        wave=action.wave,
        company=action.company,
        source=source,
        provider=rule.provider,
        worst_price=rule.worst_price,
        origin=action.origin,
        not_before=action.not_before,
    )


def _is_new(intent: Intent, permit: Reserved, market: Market) -> None:
    if (intent.run, intent.company, intent.source) in market.recorded:
        raise Broken(f"{intent.source} is bought by a run that has its answer")
    # A call of its own that it follows up is bought already, whatever others have bought since.
    is_bought = permit.is_repeated
    if not is_bought and intent.not_before is None and (intent.company, intent.source) in market.kept:
        raise Broken(f"{intent.source} is bought while its answer is kept")
    if permit.job and permit.call not in market.charged:
        raise Broken("a job is polled that was never started")
    if not permit.job and not _wanted(intent.run):
        raise Broken(f"{intent.source} is bought for nobody: all who wanted it have paused or left")


def _wanted(run: UUID) -> bool:
    attached = ResearchRequest.objects.filter(run=run, status=ResearchRequest.Status.ATTACHED)
    return attached.exclude(paused_until__gt=database_now()).exists()


def _not_sent(source: str, permit: Present | Refused | Wait) -> Outcome:
    if isinstance(permit, Present):
        return Outcome(source=source, kind=Kind.REUSED)
    if isinstance(permit, Refused):
        return Outcome(source=source, kind=Kind.REFUSED, words=permit.words, why=permit.why)
    return Outcome(source=source, kind=Kind.WAITING, wait=permit.seconds, filling=permit.filling)


def _called(intent: Intent, permit: Reserved, action: Collect, market: Market) -> Generator[None, How, Outcome]:
    """One exchange: sent, perhaps answered, recorded."""
    rule, adapter = action.rules.sources[intent.source], registry.sources[intent.source]
    if not permit.job:
        how = yield
        if how == How.FAILED:
            settling.record_failure(permit, intent, Failure(words="It does not answer."))
            return Outcome(source=intent.source, kind=Kind.FAILED, words="It does not answer.")
        market.charged[permit.call] = rule.cost
        market.epochs[permit.call] = _epoch(intent.company)
        if how == How.UNHEARD:
            yield
            settling.record_failure(permit, intent, Failure(words="It was cut.", in_doubt=True))
            return Outcome(source=intent.source, kind=Kind.FAILED, words="It was cut.")
        yield
        if isinstance(adapter, JobSource):
            settling.note_job(permit.call, f"job-{permit.call}")
    how = yield
    if isinstance(adapter, JobSource) and how == How.LATER:
        settling.stay(permit.call, permit.claim, seconds=30)
        return Outcome(source=intent.source, kind=Kind.WAITING, wait=30.0)
    body = _body(intent.source, action.ref.name, is_empty=how == How.EMPTY)
    extraction = registry.sources[intent.source].extract(Reply(body=body, fetched_at=database_now()), action.ref)
    market.charged[permit.call] = price_of(rule, extraction)
    yield
    return _recorded(intent, permit, action, body, market)


def _recorded(intent: Intent, permit: Reserved, action: Collect, body: bytes, market: Market) -> Outcome:
    rule = action.rules.sources[intent.source]
    outcome = record_answer(intent, permit, rule, action.ref, body, action.rules)
    # A search that is repeated is charged once, with the one that was answered.
    for repeated in SourceCall.objects.filter(run=intent.run, verdict=SourceCall.Verdict.REPEATED):
        market.charged[repeated.pk] = Decimal(0)
    entry = CacheEntry.objects.filter(calls=permit.call).first()
    is_current = market.epochs[permit.call] == _epoch(intent.company)
    if entry is not None and not is_current:
        raise Broken(f"{intent.source}: an answer that was asked for before an erasure is kept after it")
    if entry is not None:
        market.kept.add((intent.company, intent.source))
        market.recorded.add((intent.run, intent.company, intent.source))
    return outcome


def _epoch(company: int) -> int:
    return int(Company.objects.values_list("data_epoch", flat=True).get(pk=company))


def _body(source: str, company: str, *, is_empty: bool) -> bytes:
    """What a provider answers, in its own words."""
    people = [{"first_name": "Jane", "last_name": "Roe", "position": "Chief Sales Officer"}]
    news = [{"title": f"{company} raises $50M in Series C", "link": "https://news.example/raises"}]
    found: dict[str, Any] = {"news_results": news} if source == "serp_news" else {"data": people, "status": "completed"}
    return json.dumps({name: [] if is_empty and isinstance(v, list) else v for name, v in found.items()}).encode()


# --- Analyses ---------------------------------------------------------------------------------------------------------


def _analysed(lease: Lease, ordinal: int, market: Market) -> Life:
    """The engine's part, at a price: the built-in engine, as if it charged."""
    job = fenced(lease, analyse.prepare, lease, ordinal)
    company = WorkflowRun.objects.values_list("company", flat=True).get(pk=lease.run)
    yield
    if job is None:
        return
    begun, engine = _epoch(company), job.engines[0]
    key = digest_of(job.task, engine=engine.slug, model=engine.model)
    draft = asyncio.run(Builtin().draft(job.task))
    grounded = store.kept_analysis(lease, key)
    if grounded is None:
        call = fenced(lease, engine_ledger.hold, lease, engine, CUT)
        how = yield
        if isinstance(call, Hold) or how in (How.FAILED, How.UNHEARD):
            if not isinstance(call, Hold):
                market.charged[call] = DRAFT if how == How.UNHEARD else Decimal(0)
                cost = None if how == How.UNHEARD else Decimal(0)
                yield
                engine_ledger.settle(call, Usage(cost=cost), words="No draft.")
            yield
            fenced(lease, analyse.give_up, lease, ordinal, ["No draft."])
            return
        market.charged[call] = DRAFT
        yield
        grounded = ground(draft, job.task)
        with NothingOldIsKept(company, begun):
            engine_ledger.record(lease, call, key, grounded, replace(draft.usage, cost=DRAFT))
        yield
    with NothingOldIsKept(company, begun):
        arguments = (lease, ordinal, job.task, grounded, [], job.vendor_report, job.basis)
        fenced(lease, store.store, *arguments)


class NothingOldIsKept:
    """What was begun in an epoch of the company that is over leaves nothing in the cache."""

    def __init__(self, company: int, begun: int) -> None:
        self.company, self.begun = company, begun

    def __enter__(self) -> None:
        self.before = self._derived()

    def __exit__(self, *error: object) -> None:
        if self.begun != _epoch(self.company) and self._derived() - self.before:
            raise Broken("an analysis or a report that was begun before an erasure is kept after it")

    def _derived(self) -> set[int]:
        fresh = CacheEntry.objects.fresh(database_now()).filter(company=self.company, source="")
        return set(fresh.values_list("pk", flat=True))
