"""A language model as an engine, whoever sells it: prompt, answer, repair, retries, one deadline and one bill.

The wire below it (`wires/`) asks once; here is decided how often. At most two calls of a task may be charged, the
second for a repair or in place of one that was cut off, so what is held before the first covers them all.
"""

import asyncio
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from enrichment.analysis import prompts
from enrichment.analysis.answers import ANSWERS, draft_from, wire_schema
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import Draft, EngineError, Task, Trouble, Usage
from enrichment.analysis.prices import Counts, Prices
from enrichment.analysis.wires.base import Broken, Call, Form, Hear, Line, Question, Wire, nobody
from salesintel import jitter

ATTEMPTS = 3  # of one question
MOST_CHARGED = 2  # calls of one task that may be charged
LONGEST_WAIT = 30.0  # seconds; who asks for more is left alone, and the next engine is asked
LONGEST_BACKOFF = 8.0
STOPPED = "was stopped"
OVERHEAD = 1_000  # tokens that a vendor adds to a prompt at most: roles, the schema's wrapping

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Generated(Generic[T]):
    """A model's answer of the shape that was asked for, and what it took."""

    value: T
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEngine:
    """Writes the sentences of a report; purposes without sentences of their own are left to the built-in engine, free.

    `deadline` in seconds spans everything, waits and the repair included. `backoff`: seconds before the first repeat.
    """

    slug: str
    wire: Wire
    prices: Prices
    form: Form = Form.SCHEMA
    deadline: float = 45.0
    max_tokens: int = 8_000
    backoff: float = 0.5

    async def draft(self, task: Task) -> Draft:
        base = Builtin().write(task)
        if task.purpose not in ANSWERS:
            return base
        given = await self.generate(
            ANSWERS[task.purpose],
            schema=wire_schema(task.purpose),
            system=prompts.system_text(task),
            user=prompts.user_text(task, base.body),
        )
        return draft_from(given.value, base, task, engine=self.slug, usage=given.usage)

    async def generate(self, answer: type[T], *, schema: dict[str, Any], system: str, user: str) -> Generated[T]:
        """What the model says to `user` under the rules of `system`, as an `answer`.

        `schema` is the answer's, within the limits of structured output; an answer that does not fit is sent back once
        with what is wrong. Raises `EngineError`, whose usage is what it cost all the same.
        """
        bill = _Bill(self.prices, worst=self._worst_call(schema, system, user))
        ends = asyncio.get_running_loop().time() + self.deadline
        question = Question(
            system=self._system(system, schema),
            turns=(("user", user),),
            schema=schema,
            form=self.form,
            max_tokens=self.max_tokens,
        )
        try:
            async with asyncio.timeout_at(ends), self.wire.open(self.deadline) as line:
                value = await self._answer(line, answer, question, bill, ends)
        except TimeoutError as error:
            words = f"gave no answer within {self.deadline:g} s"
            raise EngineError(words, usage=bill.of_failure(), trouble=Trouble.OUTAGE) from error
        except Broken as broken:
            raise _failed(broken, bill) from broken
        return Generated(value, bill.of_success())

    async def reply(self, *, system: str, user: str, hear: Hear) -> Usage:
        """Let the model answer in plain text, of which `hear` is given every piece as it comes; what it took.

        What was heard is an answer only where this returns. It is asked again where it was refused before it wrote
        anything, so one call at most is charged. Raises `EngineError`, also where it is cancelled: then `was stopped`.
        """
        bill = _Bill(self.prices, worst=self._worst_call({}, system, user), most=1)
        ends = asyncio.get_running_loop().time() + self.deadline
        asked = Question(system=system, turns=(("user", user),), schema={}, form=self.form, max_tokens=self.max_tokens)
        try:
            async with asyncio.timeout_at(ends), self.wire.open(self.deadline) as line:
                await self._said(line, asked, bill, ends, hear)
        except asyncio.CancelledError:
            raise EngineError(STOPPED, usage=bill.of_stopped(), trouble=Trouble.UNKNOWN) from None
        except TimeoutError as error:
            words = f"gave no answer within {self.deadline:g} s"
            raise EngineError(words, usage=bill.of_failure(), trouble=Trouble.OUTAGE) from error
        except Broken as broken:
            raise _failed(broken, bill) from broken
        return bill.of_success()

    def worst_reply(self, *, system: str, user: str) -> Decimal | None:
        """USD that `reply` costs at most; None where a price is unknown."""
        return self.prices.highest(self._worst_call({}, system, user))

    def worst_cost(self, task: Task) -> Decimal | None:
        """USD that a draft costs at most: no token is shorter than a byte, and a repair sends it all once more."""
        if task.purpose not in ANSWERS:
            return Decimal(0)
        user = prompts.user_text(task, Builtin().write(task).body)
        return self.worst_price(schema=wire_schema(task.purpose), system=prompts.system_text(task), user=user)

    def worst_price(self, *, schema: dict[str, Any], system: str, user: str) -> Decimal | None:
        """USD that `generate` costs at most with these, repair included; None where a price is unknown."""
        first = self._worst_call(schema, system, user)
        repaired = first + Counts(tokens_in=self.max_tokens + OVERHEAD)  # the first answer, and what is wrong with it
        return _sum([self.prices.highest(first), self.prices.highest(repaired)])

    def _worst_call(self, schema: dict[str, Any], system: str, user: str) -> Counts:
        """The schema is read too: it stands in the instructions, or the vendor puts it there."""
        read = len(json.dumps(schema).encode()) + len(system.encode()) + len(user.encode()) + OVERHEAD
        return Counts(tokens_in=read, tokens_out=self.max_tokens)

    def _system(self, text: str, schema: dict[str, Any]) -> str:
        """The instructions; where the server is not held to the schema, it is told it."""
        if self.form is Form.SCHEMA:
            return text
        told = json.dumps(schema, separators=(",", ":"))
        return f"{text}\n\nAnswer with one JSON object and nothing else. It fits this JSON Schema:\n{told}"

    async def _answer(self, line: Line, answer: type[T], question: Question, bill: "_Bill", ends: float) -> T:
        text = await self._said(line, question, bill, ends)
        try:
            return answer.model_validate_json(self._json(text))
        except ValidationError as error:
            if bill.is_full:
                raise EngineError("answered what is not of the schema", usage=bill.of_failure()) from error
            # A turn of the assistant's is never the last: current models refuse that.
            turns = (*question.turns, ("assistant", text or "{}"), ("user", _wrong(error)))
        text = await self._said(line, replace(question, turns=turns), bill, ends)
        try:
            return answer.model_validate_json(self._json(text))
        except ValidationError as error:
            raise EngineError("answered twice what is not of the schema", usage=bill.of_failure()) from error

    def _json(self, text: str) -> str:
        """The answer's JSON; a model that is held to nothing likes to put a fence or a sentence around it."""
        if self.form is Form.SCHEMA:
            return text
        return text[max(text.find("{"), 0) : text.rfind("}") + 1]

    async def _said(self, line: Line, question: Question, bill: "_Bill", ends: float, hear: Hear = nobody) -> str:
        """The model's text, asked for again where that may help and there is time."""
        for attempt in range(1, ATTEMPTS + 1):
            call = bill.open(hear)
            try:
                said = await line.ask(question, call)
            except Broken as broken:
                wait = self._wait(broken, attempt)
                left = ends - asyncio.get_running_loop().time()
                if wait is None or wait >= left or bill.is_full:
                    raise
                await asyncio.sleep(wait)
                continue
            if said.fault:
                raise EngineError(said.fault, usage=bill.of_failure())
            return said.text
        raise AssertionError("the last attempt raises or returns")

    def _wait(self, broken: Broken, attempt: int) -> float | None:
        """Seconds before the question is asked again; None if it is not."""
        asked = broken.retry_after or 0.0
        if not broken.is_worth_repeating or attempt >= ATTEMPTS or asked > LONGEST_WAIT:
            return None
        backoff = min(self.backoff * float(2 ** (attempt - 1)), LONGEST_BACKOFF)
        return max(asked, backoff * jitter.share(0.5, 1.0))


class _Bill:
    """What the calls of one task took. `worst`: what one call takes at most; `most`: calls that may be charged."""

    def __init__(self, prices: Prices, *, worst: Counts, most: int = MOST_CHARGED) -> None:
        self._prices, self._worst, self._most = prices, worst, most
        self._calls: list[Call] = []

    def open(self, hear: Hear) -> Call:
        call = Call(hear=hear)
        self._calls.append(call)
        return call

    @property
    def is_full(self) -> bool:
        """Whether as many calls as are paid for may have been charged."""
        return sum(not call.is_free for call in self._calls) >= self._most

    def of_failure(self) -> Usage:
        """Of a call that was cut off nobody said what it costs: then the whole is unknown, and counts as held."""
        charged = [call for call in self._calls if not call.is_free]
        cost = _sum([self._prices.cost(call.counts) if call.is_counted else self._unknown() for call in charged])
        return self._usage(cost, Decimal(0))

    def of_stopped(self) -> Usage:
        """We hung up ourselves: what the call may have cost at most is booked, and in no doubt."""
        cost = _sum([self._at_most(call) for call in self._calls if not call.is_free])
        return self._usage(cost, cost or Decimal(0))

    def of_success(self) -> Usage:
        """Where a call was cut off before the one that counts, it is booked at what it may have cost at most."""
        *before, last = [call for call in self._calls if not call.is_free]
        known = [call for call in before if call.is_counted]
        lost = [call for call in before if not call.is_counted]
        of_last = self._prices.cost(last.counts) if last.is_counted else self._unknown()
        doubtful = _sum([self._at_most(call) for call in lost])
        cost = _sum([*(self._prices.cost(call.counts) for call in known), doubtful, of_last])
        return self._usage(cost, doubtful or Decimal(0))

    def _unknown(self) -> Decimal | None:
        """The price of a call that nobody counted: nothing where nothing costs anything, else unknown."""
        return Decimal(0) if self._prices.cost(self._worst) == 0 else None

    def _at_most(self, call: Call) -> Decimal | None:
        """USD that a call which was cut off costs at most; what it read is known once its answer has begun."""
        if not call.counts.prompt:
            return self._prices.highest(self._worst)
        return self._prices.cost(replace(call.counts, tokens_out=self._worst.tokens_out))

    def _usage(self, cost: Decimal | None, doubtful: Decimal) -> Usage:
        used = sum((call.counts for call in self._calls), Counts())
        return Usage(
            tokens_in=used.tokens_in,
            tokens_out=used.tokens_out,
            tokens_cached=used.cached,
            tokens_cache_written=used.cache_written,
            cost=cost,
            doubtful=doubtful,
        )


def _sum(costs: list[Decimal | None]) -> Decimal | None:
    """The sum, unknown where one part is."""
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _failed(broken: Broken, bill: _Bill) -> EngineError:
    return EngineError(
        broken.words,
        usage=bill.of_failure(),
        retry_after=broken.retry_after,
        trouble=broken.trouble,
        detail=broken.detail,
    )


def _wrong(error: ValidationError) -> str:
    """What is wrong with an answer, without its own text."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)[:10]
    lines = [f"- {'/'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}"[:300] for fault in faults]
    return "Your answer does not fit the schema:\n" + "\n".join(lines) + "\nAnswer again, in full, as JSON only."
