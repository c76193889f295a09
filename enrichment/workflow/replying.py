"""An answer to a question by an engine: who may answer, who pays, and what came of it. It has no run and no cache.

Every call is held, ledgered and settled as an analysis is; one call at most of an answer is charged.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from enrichment import rules
from enrichment.analysis import prompts
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.model import EngineError, EvidenceItem, FactView, Task, Usage, Withheld
from enrichment.analysis.replies.cutting import Sentence
from enrichment.analysis.replies.judging import PURPOSE, Hearing
from enrichment.analysis.wires.base import Hear
from enrichment.analysis.worst_case import WorstCaseEngine
from enrichment.models import CHAT_ANSWER, AnalysisEngine, Company, ResearchRequest
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up
from enrichment.workflow.asks import Seller
from enrichment.workflow.engine_ledger import book_reply, fail, hold_reply
from enrichment.workflow.engines import model_engine_from
from salesintel.accounts.models import User

MOST_EVIDENCE = 24  # items that a question is answered from
MOST_TOKENS = 3_000  # of an answer, thinking included
PATIENCE = 30.0  # seconds that an answer may take
Kind = AnalysisEngine.Kind
KINDS = (Kind.ANTHROPIC, Kind.BEDROCK, Kind.OPENAI, Kind.WORST_CASE)
T = TypeVar("T")
Work = Callable[[Callable[[], Any]], Awaitable[Any]]  # runs a function where the ORM may be used


class Teller(Protocol):
    """An engine that answers questions in plain text."""

    @property
    def slug(self) -> str: ...

    async def reply(self, *, system: str, user: str, hear: Hear) -> Usage: ...

    def worst_reply(self, *, system: str, user: str) -> Decimal | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an engine is asked: the task with the evidence that it may use, and the two texts that are sent."""

    task: Task
    system: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of it. `engine` is empty where none answered, `failures` then says why, in words."""

    sentences: tuple[Sentence, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    engine: str = ""
    failures: tuple[str, ...] = ()


def tellers() -> list[AnalysisEngine]:
    """The engines that may be asked a question, in order; the built-in one has answered by then."""
    rows = AnalysisEngine.objects.filter(enabled=True, kind__in=KINDS)
    return [row for row in rows if row.is_ready]


def teller_from(row: AnalysisEngine) -> Teller:
    if row.kind == Kind.WORST_CASE:
        return WorstCaseEngine(slug=row.slug)
    engine = model_engine_from(row)
    return replace(engine, max_tokens=min(engine.max_tokens, MOST_TOKENS), deadline=min(engine.deadline, PATIENCE))


# --- What is asked ----------------------------------------------------------------------------------------------------


def asked_of(
    task: Task, question: str, known: Sequence[tuple[str, Sequence[str]]], datasets: Sequence[str]
) -> Asked | None:
    """The question with the evidence of what is `known` on it, and of the datasets (all of them where none is named).

    None where there is no evidence, or where the question talks to machines instead of asking anything.
    """
    if talks_to_machines(question):
        return None
    prompt = rules.current().rules.prompts.get(PURPOSE)
    asked = as_asked(task, question, known, datasets, prompt=prompt.text if prompt else "")
    return asked if asked.task.evidence else None


def as_asked(
    task: Task, question: str, known: Sequence[tuple[str, Sequence[str]]], datasets: Sequence[str], *, prompt: str
) -> Asked:
    """The same with that prompt, whatever there is and whatever the question says."""
    task = _narrowed(task, [key for _, ids in known for key in ids], datasets)
    task = replace(task, purpose=PURPOSE, prompt=prompt)
    return Asked(task=task, system=prompts.system_text(task), user=prompts.question_text(task, question, known))


def _narrowed(task: Task, first: Sequence[str], datasets: Sequence[str]) -> Task:
    """The task with the evidence cited `first`, then that of the datasets, best first; and the facts read from it."""
    wanted = dict.fromkeys(first)
    for slug in datasets or task.facts:
        if slug in task.facts:
            wanted |= dict.fromkeys(key for item in task.facts[slug].items for key in item.evidence)
    by_id: dict[str, EvidenceItem] = {item.id: item for item in task.evidence}
    chosen = [by_id[key] for key in wanted if key in by_id][:MOST_EVIDENCE]
    ids = {item.id for item in chosen}
    facts = {slug: left for slug, fact in task.facts.items() if (left := _of(fact, ids)) is not None}
    return replace(task, evidence=tuple(chosen), facts=facts)


def _of(fact: FactView, ids: set[str]) -> FactView | None:
    """The fact as far as it was read from these; what a person pinned has no evidence, and is none to cite."""
    items = tuple(item for item in fact.items if item.evidence and ids.issuperset(item.evidence))
    if not items:
        return None
    return replace(fact, items=items, value=items[0].value if fact.kind == "scalar" else [each.value for each in items])


# --- Who pays ---------------------------------------------------------------------------------------------------------


def payer_of(
    company: Company, *, vendor: Company | None, seller: Seller, user: User, cap: Decimal, key: str
) -> ResearchRequest:
    """The request that pays for one answer, `cap` USD at most. It is answered from the start: nothing is researched."""
    given = {
        "consumer": CHAT_ANSWER,
        "company": company,
        "vendor": vendor,
        "seller": asdict(seller),
        "cap": cap,
        "status": ResearchRequest.Status.ANSWERED,
        "answered": database_now(),
    }
    found, _ = ResearchRequest.objects.get_or_create(user=user, idempotency_key=key, defaults=given)
    return found


# --- Asking -----------------------------------------------------------------------------------------------------------


async def reply(
    asked: Asked,
    *,
    payer: UUID,
    is_wanted: Callable[[], bool],
    tell: Callable[[Sentence], None],
    halt: asyncio.Event,
    work: Work,
) -> Reply:
    """Ask the engines in order until one call may have been charged; `tell` is given each sentence that holds, at once.

    `halt` ends it before the next call, and in mid-answer; `is_wanted` is asked in the transaction that holds the
    money. Never raises `EngineError`.
    """
    failures: list[str] = []
    for row in await work(tellers):
        if halt.is_set():
            break
        teller, hearing = teller_from(row), Hearing(asked.task, tell)
        price = teller.worst_reply(system=asked.system, user=asked.user)
        worst = None if price is None else rounded_up(price)
        call = await work(partial(hold_reply, payer, row, worst, is_wanted))
        if not isinstance(call, UUID):
            failures.append(call.words if call.words.startswith(row.slug) else f"{row.slug}: {call.words}")
            continue
        try:
            asking = teller.reply(system=asked.system, user=asked.user, hear=hearing.hear)
            usage = await _unless_halted(asking, halt)
        except EngineError as error:
            await work(partial(fail, call, error))
            failures.append(f"{row.slug}: {error}")
            if hearing.has_begun or error.usage.cost != 0:
                break
            continue
        await work(partial(book_reply, call, usage))
        hearing.end()
        return Reply(sentences=tuple(hearing.kept), withheld=tuple(hearing.withheld), engine=row.slug)
    return Reply(failures=tuple(failures))


async def _unless_halted(asking: Coroutine[Any, Any, T], halt: asyncio.Event) -> T:
    """What the engine returns or raises; it is cancelled when `halt` is set, and says then what that cost."""
    speaking, halted = asyncio.ensure_future(asking), asyncio.ensure_future(halt.wait())
    try:
        await asyncio.wait({speaking, halted}, return_when=asyncio.FIRST_COMPLETED)
        if not speaking.done():
            speaking.cancel()
        return await speaking
    finally:
        halted.cancel()
        speaking.cancel()
