"""Does an engine answer us? One tiny real call, which is paid and booked like any other, and the outcome in words."""

import asyncio
import time
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel, ConfigDict

from enrichment import spending
from enrichment.analysis.model import EngineError, Usage
from enrichment.analysis.models_engine import ModelEngine
from enrichment.models import AnalysisEngine, EngineCall, EngineState
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up
from enrichment.workflow import engine_state
from enrichment.workflow.engine_ledger import fail, settle
from enrichment.workflow.engines import model_engine_from

PATIENCE = 20.0  # seconds that the call may take
MOST_TOKENS = 1_000  # that the answer may have, thinking included
SYSTEM = "You are asked whether you can be reached. Answer the word that you are asked for, and nothing else."
USER = "The word is: ready"
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}


class _Word(BaseModel):
    model_config = ConfigDict(extra="forbid")

    word: str


@dataclass(frozen=True, slots=True)
class Check:
    """What came of asking an engine."""

    is_good: bool
    words: str


def check(row: AnalysisEngine) -> Check:
    """Ask the engine for one word, and note what came of it. Takes up to `PATIENCE` seconds, no transaction."""
    if row.kind == AnalysisEngine.Kind.BUILTIN:
        return Check(is_good=True, words="It asks nobody, and always answers.")
    if row.kind not in (AnalysisEngine.Kind.ANTHROPIC, AnalysisEngine.Kind.BEDROCK, AnalysisEngine.Kind.OPENAI):
        return Check(is_good=True, words="It is for tests and asks nobody.")
    if row.lacks:
        return Check(is_good=False, words=f"It lacks {row.lacks}. Nothing was asked.")
    engine = _small(row)
    price = engine.worst_price(schema=SCHEMA, system=SYSTEM, user=USER)
    call = _hold(row, None if price is None else rounded_up(price))
    if isinstance(call, str):
        return Check(is_good=False, words=f"{call} Nothing was asked.")
    found = _asked(row, engine, call)
    EngineState.objects.update_or_create(
        engine=row, defaults={"checked": database_now(), "check_words": found.words[:300]}
    )
    return found


def _small(row: AnalysisEngine) -> ModelEngine:
    engine = model_engine_from(row)
    return replace(engine, max_tokens=min(engine.max_tokens, MOST_TOKENS), deadline=min(engine.deadline, PATIENCE))


@transaction.atomic
def _hold(row: AnalysisEngine, price: Decimal | None) -> UUID | str:
    """The ledger's line of the call; or why it is not made. A pause does not forbid it: it is what asks about that."""
    now = database_now()
    engine_state.lock(row)
    if words := spending.stops(now).of(None) or engine_state.passes_cap(row, price, now):
        return words
    reserved = price or Decimal(0)
    return EngineCall.objects.create(engine=row.slug, model=row.model, reserved=reserved, started=now).pk


def _asked(row: AnalysisEngine, engine: ModelEngine, call: UUID) -> Check:
    begun = time.monotonic()
    try:
        given = asyncio.run(engine.generate(_Word, schema=SCHEMA, system=SYSTEM, user=USER))
    except EngineError as error:
        fail(call, error)
        return Check(is_good=False, words=engine_state.told(row, str(error), error.detail))
    seconds = time.monotonic() - begun
    settle(call, given.usage, words="")
    engine_state.ask_again(row)
    engine_state.answered(row.slug, now=database_now())
    return Check(is_good=True, words=f"It answers: {_used(given.usage)}, in {seconds:.1f} s.")


def _used(usage: Usage) -> str:
    read = usage.tokens_in + usage.tokens_cached + usage.tokens_cache_written
    price = "at an unknown price" if usage.cost is None else f"for {usage.cost:f} USD"
    return f"{read} tokens read, {usage.tokens_out} written, {price}"
