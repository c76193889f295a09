"""The Anthropic Messages API as an engine: sentences by structured output, one repair, one deadline over all of it.

What the SDK does by itself is switched off or checked: no retries (it would obey a `retry-after` of a day), no trust in
its per-operation timeouts (a trickle outlives them), no answer without a `stop_reason` that says it is whole.
"""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Annotated, Any

from pydantic import BaseModel, NonNegativeInt, StringConstraints, ValidationError

from enrichment.analysis import prompts
from enrichment.analysis.answers import ANSWERS, CustomerAnswer, VendorAnswer, draft_from, wire_schema
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import Draft, EngineError, Task, Usage

_MILLION = 1_000_000
_LARGEST = 2_000_000  # bytes of a reply; `max_tokens` alone bounds only an honest server

# Why an answer that came with status 200 is none.
_STOPPED = {
    "refusal": "refused to answer",
    "max_tokens": "ran out of tokens in mid-answer",
    "model_context_window_exceeded": "ran out of context in mid-answer",
    None: "broke off in mid-answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """USD per million tokens; None where unknown. Tokens read from the prompt cache cost as input where `cached` is."""

    tokens_in: Decimal | None = None
    tokens_out: Decimal | None = None
    cached: Decimal | None = None

    def cost(self, *, tokens_in: int, tokens_out: int, cached: int = 0) -> Decimal | None:
        """USD; None without the prices of input and output."""
        if self.tokens_in is None or self.tokens_out is None:
            return None
        of_cached = self.tokens_in if self.cached is None else self.cached
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out + cached * of_cached) / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicEngine:
    """Writes the sentences of a report; purposes without sentences of their own are left to the built-in engine, free.

    `deadline` in seconds spans everything, the repair included.
    """

    model: str
    api_key: str = field(repr=False)
    base_url: str | None = None
    prices: Prices = Prices()
    deadline: float = 45.0
    max_tokens: int = 8_000
    slug: str = "anthropic"

    async def draft(self, task: Task) -> Draft:
        base = Builtin().write(task)
        if task.purpose not in ANSWERS:
            return base
        spent = _Spent(self.prices)
        sdk = await asyncio.to_thread(import_module, "anthropic")  # 1.7 s the first time: not on the loop
        wire = import_module("httpx2")  # what the SDK talks through; it does not wrap what breaks while a body is read
        try:
            async with asyncio.timeout(self.deadline), self._client(sdk) as client:
                answer = await self._answer(client, task, base, spent)
        except TimeoutError as error:
            raise EngineError(f"gave no answer within {self.deadline:g} s", usage=spent.unknown()) from error
        except sdk.APIStatusError as error:
            raise _refused(error, spent.usage()) from error
        except (sdk.APIConnectionError, wire.HTTPError) as error:
            raise EngineError("could not be reached, or broke off", usage=spent.unknown()) from error
        except sdk.AnthropicError as error:
            raise EngineError(
                f"answered what is not its format ({type(error).__name__})", usage=spent.usage()
            ) from error
        return draft_from(answer, base, task, engine=self.slug, usage=spent.usage())

    def worst_cost(self, task: Task) -> Decimal | None:
        """USD that a draft costs at most: no token is shorter than a byte, and a repair sends it all once more."""
        if task.purpose not in ANSWERS:
            return Decimal(0)
        text = prompts.system_text(task) + prompts.user_text(task, Builtin().write(task).body)
        tokens_in = 2 * len(text.encode()) + len(str(wire_schema(task.purpose))) * 2 + self.max_tokens + 1_000
        return self.prices.cost(tokens_in=tokens_in, tokens_out=2 * self.max_tokens)

    def _client(self, sdk: Any) -> Any:
        return sdk.AsyncAnthropic(api_key=self.api_key, base_url=self.base_url, max_retries=0, timeout=self.deadline)

    async def _answer(self, client: Any, task: Task, base: Draft, spent: "_Spent") -> CustomerAnswer | VendorAnswer:
        """The model's answer; one that is not of the schema is sent back once with what is wrong."""
        messages = [{"role": "user", "content": prompts.user_text(task, base.body)}]
        text = await self._ask(client, task, messages, spent)
        try:
            return ANSWERS[task.purpose].model_validate_json(text)
        except ValidationError as error:
            messages += [{"role": "assistant", "content": text or "{}"}, {"role": "user", "content": _wrong(error)}]
        text = await self._ask(client, task, messages, spent)
        try:
            return ANSWERS[task.purpose].model_validate_json(text)
        except ValidationError as error:
            raise EngineError("answered twice what is not of the schema", usage=spent.usage()) from error

    async def _ask(self, client: Any, task: Task, messages: list[dict[str, str]], spent: "_Spent") -> str:
        calling = client.messages.with_streaming_response.create(
            model=self.model,
            max_tokens=self.max_tokens,
            system=prompts.system_text(task),
            messages=messages,
            output_config={"format": {"type": "json_schema", "schema": wire_schema(task.purpose)}},
        )
        async with calling as response:
            raw = await _bounded(response)
        try:
            reply = _Reply.model_validate_json(raw)
        except ValidationError as error:
            raise EngineError("answered what is not its format", usage=spent.unknown()) from error
        spent.add(reply.usage)
        if reply.stop_reason != "end_turn":
            why = _STOPPED.get(reply.stop_reason, f"stopped for another reason ({reply.stop_reason})")
            raise EngineError(why, usage=spent.usage())
        return "".join(block.text for block in reply.content if block.type == "text")


class _Counts(BaseModel):
    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    cache_creation_input_tokens: NonNegativeInt | None = None
    cache_read_input_tokens: NonNegativeInt | None = None


class _Block(BaseModel):
    type: str
    text: str = ""


class _Reply(BaseModel):
    """What is read of a message. The SDK's own models are built without validation: a broken body would pass."""

    content: list[_Block] = []
    stop_reason: Annotated[str, StringConstraints(max_length=60)] | None
    usage: _Counts


async def _bounded(response: Any) -> bytes:
    """The body, up to `_LARGEST` bytes; what is cut off then is no message any more."""
    body = bytearray()
    async for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _LARGEST:
            break
    return bytes(body)


class _Spent:
    """Tokens of all calls of one draft."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._in = self._out = self._cached = 0

    def add(self, counts: "_Counts") -> None:
        self._in += counts.input_tokens + (counts.cache_creation_input_tokens or 0)
        self._out += counts.output_tokens
        self._cached += counts.cache_read_input_tokens or 0

    def usage(self) -> Usage:
        cost = self._prices.cost(tokens_in=self._in, tokens_out=self._out, cached=self._cached)
        if not (self._in or self._out or self._cached):
            cost = Decimal(0)
        return Usage(tokens_in=self._in, tokens_out=self._out, tokens_cached=self._cached, cost=cost)

    def unknown(self) -> Usage:
        """The usage of calls of which one was cut off: it may be charged, nobody said how much."""
        return Usage(tokens_in=self._in, tokens_out=self._out, tokens_cached=self._cached, cost=None)


def _refused(error: Any, usage: Usage) -> EngineError:
    """By the body's own word: a status alone does not tell an empty account from a bad request."""
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    kind = str(inner.get("type", ""))[:60] if isinstance(inner, dict) else ""
    return EngineError(
        f"answered {error.status_code} ({kind or 'no reason given'})",
        usage=usage,
        retry_after=_seconds(error.response.headers.get("retry-after")),
    )


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None


def _wrong(error: ValidationError) -> str:
    """What is wrong with an answer, without its own text."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)[:10]
    lines = [f"- {'/'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}"[:300] for fault in faults]
    return "Your answer does not fit the schema:\n" + "\n".join(lines) + "\nAnswer again, in full, as JSON only."
