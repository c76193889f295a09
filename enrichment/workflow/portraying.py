"""What a contact is like, by an engine: who may write it, who pays, and what came of it. It has no run and no cache.

Every call is held, ledgered and settled as an analysis is. Of one piece of work no more than one engine is charged,
also where its writer dies and somebody else goes on.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from enrichment import rules
from enrichment.analysis.answers import strict_schema
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.model import EngineError, EvidenceItem, Task, Usage, Withheld
from enrichment.analysis.models_engine import Generated
from enrichment.analysis.portraits.answers import PortraitAnswer
from enrichment.analysis.portraits.asking import PURPOSE, system_text, user_text
from enrichment.analysis.portraits.judging import Judged, Said, judged
from enrichment.analysis.worst_case import WorstCaseEngine
from enrichment.models import AnalysisEngine, EngineCall, PromptVersion
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up, usd
from enrichment.workflow.engine_ledger import Errand, book_reply, doubt_errand, fail, hold_errand
from enrichment.workflow.engines import model_engine_from
from enrichment.workflow.replying import tellers

PATIENCE = 40.0  # seconds that an engine may take, repair included
MOST_TOKENS = 4_000  # of an answer, thinking included
DEAD = timedelta(seconds=PATIENCE + 20)  # after which a call's writer counts as dead
SCHEMA = strict_schema(PortraitAnswer)
Kind = AnalysisEngine.Kind


class Portrayer(Protocol):
    """An engine that answers by a schema."""

    async def generate(
        self, answer: type[PortraitAnswer], *, schema: dict[str, Any], system: str, user: str
    ) -> Generated[PortraitAnswer]: ...

    def worst_price(self, *, schema: dict[str, Any], system: str, user: str) -> Decimal | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an engine is asked: the task with its evidence, the two texts, and the prompt's name ("" built in)."""

    task: Task
    system: str
    user: str
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What came of it: the sentences that stand, by whom, for how much (None: unknown)."""

    said: tuple[Said, ...]
    withheld: tuple[Withheld, ...]
    engine: str
    prompt: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Why no engine wrote it, in words; `is_under_way`: somebody is at it right now."""

    failures: tuple[str, ...]
    is_under_way: bool = False


def portrayer_from(row: AnalysisEngine) -> Portrayer:
    if row.kind == Kind.WORST_CASE:
        return WorstCaseEngine(slug=row.slug)
    engine = model_engine_from(row)
    return replace(engine, max_tokens=min(engine.max_tokens, MOST_TOKENS), deadline=min(engine.deadline, PATIENCE))


# --- What is asked ----------------------------------------------------------------------------------------------------


def asked_for(evidence: Sequence[EvidenceItem], *, company: str, at: datetime, version: int | None = None) -> Asked:
    """The evidence as an engine is asked about it, with the active prompt or that `version` of it."""
    name, text = _prompt(version)
    return as_asked(evidence, company=company, at=at, prompt=text, name=name)


def as_asked(evidence: Sequence[EvidenceItem], *, company: str, at: datetime, prompt: str, name: str = "") -> Asked:
    """The same with that wording."""
    name_of = "" if talks_to_machines(company) else company  # as whoever imported it has it
    task = Task(
        purpose=PURPOSE, company=name_of, domain=None, facts={}, evidence=tuple(evidence), as_of=at, prompt=prompt
    )
    return Asked(task=task, system=system_text(prompt), user=user_text(task), prompt=name)


def _prompt(version: int | None) -> tuple[str, str]:
    """Its name and its text; both empty for the built-in wording, also where the version is gone."""
    if version is not None:
        row = PromptVersion.objects.filter(purpose=PURPOSE, version=version).first()
        return (str(row), row.text) if row else ("", "")
    active = rules.current().rules.prompts.get(PURPOSE)
    return (f"{PURPOSE} v{active.version}", active.text) if active else ("", "")


def worst_of(asked: Asked) -> Decimal | None:
    """USD that it costs at most by the engine that is asked first; None where its price is unknown."""
    row = next(iter(tellers()), None)
    return Decimal(0) if row is None else worst_price(portrayer_from(row), asked)


def worst_price(engine: Portrayer, asked: Asked) -> Decimal | None:
    """USD that it costs at most by this engine, repair included; None where a price is unknown."""
    price = engine.worst_price(schema=SCHEMA, system=asked.system, user=asked.user)
    return None if price is None else rounded_up(price)


# --- Asking -----------------------------------------------------------------------------------------------------------


def portray(
    asked: Asked, errand: Errand, *, is_wanted: Callable[[], bool], keep: Callable[[Portrait], Any]
) -> Portrait | Unwritten:
    """Ask the engines in order until one call may have been charged.

    `keep` is called in the transaction that books the call: what was paid for is kept, or neither is noted. `is_wanted`
    is asked in the transaction that holds the money. Takes up to `PATIENCE` seconds an engine; opens no transaction
    around it. Never raises `EngineError`.
    """
    if doubt_errand(errand.work, before=database_now() - DEAD):
        return Unwritten(("It is being written right now.",), is_under_way=True)
    failures: list[str] = []
    for row in tellers():
        engine = portrayer_from(row)
        call = hold_errand(errand, row, worst_price(engine, asked), is_wanted)
        if not isinstance(call, UUID):
            failures.append(call.words if call.words.startswith(row.slug) else f"{row.slug}: {call.words}")
            continue
        try:
            given = asyncio.run(engine.generate(PortraitAnswer, schema=SCHEMA, system=asked.system, user=asked.user))
        except EngineError as error:
            fail(call, error)
            failures.append(f"{row.slug}: {error}")
            if error.usage.cost != 0:
                break
            continue
        found = judged(given.value, asked.task)
        portrait = _portrait(found, row.slug, asked.prompt, given.usage)
        _book(call, portrait, given.usage, keep)
        return portrait
    # Whoever came first may have begun since we looked; what we then stored would take the place of what is paid for.
    return Unwritten(tuple(failures), is_under_way=doubt_errand(errand.work, before=database_now() - DEAD))


def _portrait(found: Judged, engine: str, prompt: str, usage: Usage) -> Portrait:
    cost = None if usage.cost is None else rounded_up(usage.cost)
    return Portrait(said=found.said, withheld=found.withheld, engine=engine, prompt=prompt, cost=cost)


@transaction.atomic
def _book(call: UUID, portrait: Portrait, usage: Usage, keep: Callable[[Portrait], Any]) -> None:
    keep(portrait)
    book_reply(call, usage)


def spent_on(work: UUID) -> Decimal:
    """USD booked for it, what is in doubt included."""
    calls = EngineCall.objects.filter(work=work)
    total: Decimal = calls.aggregate(cost=Coalesce(Sum("cost"), usd(0)))["cost"]
    return total
