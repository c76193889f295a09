"""A second reading of a report by an engine: who reads, what it may cost, and what is told where nobody read it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from enrichment import settling
from enrichment.analysis import second_reading
from enrichment.analysis.answers import strict_schema
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import Draft, EngineError, Grounded, Task, Trouble, Usage
from enrichment.analysis.models_engine import Generated
from enrichment.analysis.second_reading import Statement, Verdicts
from enrichment.deadline import within
from enrichment.models import AnalysisEngine, EngineCall, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up
from enrichment.workflow import engine_state, store
from enrichment.workflow.engine_ledger import fail, hold, settle
from enrichment.workflow.engines import model_engine_from
from enrichment.workflow.leases import Lease
from enrichment.workflow.tools import Tools

PURPOSE = "second_reading"
LEAST_TIME = 3.0  # seconds, below which nobody is asked
TIME_WAS_UP = "the time was up"
_MODELS = frozenset({AnalysisEngine.Kind.ANTHROPIC, AnalysisEngine.Kind.BEDROCK, AnalysisEngine.Kind.OPENAI})


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as `writer` drafted it and as the checker left it. `call` and `key`: how it was booked and kept."""

    task: Task
    draft: Draft
    grounded: Grounded
    writer: AnalysisEngine
    call: UUID
    key: str
    prompt: str


async def read_again(
    reading: Reading, engines: Sequence[AnalysisEngine], lease: Lease, tools: Tools, *, seconds: float
) -> Grounded:
    """The report without what the reader found unsupported, and with what it restored.

    It is as it was, with the reason in words, where nobody read it. `seconds`: what is left of the analysis for engines
    other than the built-in one.
    """
    reader = reader_of(reading, engines)
    statements = await tools.hop(_statements, reading, reader) if reader else []
    if reader is None or not statements:
        return reading.grounded
    if seconds < LEAST_TIME:
        return await _kept(reading, reading.grounded, f"not done: {TIME_WAS_UP}", lease, tools)
    found = await _asked(reading, reader, statements, lease, tools, seconds)
    if isinstance(found, str):
        return await _kept(reading, reading.grounded, f"not done: {found}", lease, tools)
    refused = second_reading.refused(found, statements)
    restored = await tools.hop(second_reading.restored, found, statements, reading.task)
    grounded = reading.grounded
    if refused or restored:
        grounded = await tools.hop(ground, reading.draft, reading.task, refused, restored)
    words = f"{reader.slug} read {len(statements)} sentences again and refused {len(refused)}"
    if restored:
        words += f"; it restored {len(restored)}"
    return await _kept(reading, grounded, words, lease, tools)


def _statements(reading: Reading, reader: AnalysisEngine) -> list[Statement]:
    """What is read again: what was let stand, and what wording alone kept out. Nobody restores what they wrote."""
    stand = second_reading.statements_of(reading.task, reading.grounded)
    if reader.pk == reading.writer.pk:
        return stand
    left_out = second_reading.left_out(reading.task, reading.draft, reading.grounded)
    return [*stand, *left_out][: second_reading.MOST]


def reader_of(reading: Reading, engines: Sequence[AnalysisEngine]) -> AnalysisEngine | None:
    """Who reads this report again: another engine than its writer where one may, else that one; None where none is to.

    Whether a report is among an engine's share is told by what it was written from: the same is decided the same.
    """
    if reading.writer.kind not in _MODELS or reading.grounded.engine != reading.writer.slug:
        return None
    lot = int(hashlib.sha256(reading.key.encode()).hexdigest()[:8], 16) % 100
    may = [row for row in engines if row.kind in _MODELS and lot < row.reads_again]
    return next((row for row in may if row.pk != reading.writer.pk), next(iter(may), None))


async def _asked(
    reading: Reading, reader: AnalysisEngine, statements: list[Statement], lease: Lease, tools: Tools, seconds: float
) -> Verdicts | str:
    """What the reader says, booked; or why it said nothing, in words."""
    engine, schema = model_engine_from(reader), strict_schema(Verdicts)
    system = second_reading.system_text(reading.prompt)
    user = await tools.hop(second_reading.user_text, reading.task, statements)
    worst = engine.worst_price(schema=schema, system=system, user=user)
    call = await tools.hop(hold, lease, reader, None if worst is None else rounded_up(worst))
    if not isinstance(call, UUID):
        return call.words
    try:
        with tools.backstop.guard(seconds, f"{reader.slug} for run {lease.run}"):
            asked = engine.generate(Verdicts, schema=schema, system=system, user=user)
            given: Generated[Verdicts] = await within(seconds, asked)
    except TimeoutError:
        late = EngineError(TIME_WAS_UP, usage=Usage(cost=None), trouble=Trouble.UNKNOWN)
        await tools.hop(fail, call, late)
        return TIME_WAS_UP
    except EngineError as error:
        await tools.hop(fail, call, error)
        return f"{reader.slug}: {error}"
    await tools.hop(_book, call, reader.slug, given.usage)
    return given.value


@transaction.atomic
def _book(call: UUID, engine: str, usage: Usage) -> None:
    settle(call, usage, words="")
    engine_state.answered(engine, now=database_now())


async def _kept(reading: Reading, grounded: Grounded, words: str, lease: Lease, tools: Tools) -> Grounded:
    """The report with what is told of its second reading, kept in the place of the one that was not read again."""
    told = replace(grounded, second_reading=words)
    await tools.hop(_keep, reading, told, lease)
    return told


@transaction.atomic
def _keep(reading: Reading, grounded: Grounded, lease: Lease) -> None:
    run = WorkflowRun.objects.select_for_update(no_key=True).get(pk=lease.run)
    if settling.is_led_by(run, lease.token):
        store.keep_analysis(EngineCall.objects.get(pk=reading.call), run, reading.key, grounded)
