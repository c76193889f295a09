"""The Anthropic Messages API: streamed, so that a cut is seen, with the instructions kept in the prompt cache.

What the SDK does by itself is switched off or checked: no retries (it would obey a `retry-after` of a minute), no trust
in its per-operation timeouts (a trickle outlives them), no trust in its models (built without validation), no answer
without a `stop_reason` that says it is whole. Not sent, for current models answer 400: temperature, top_p, top_k,
a thinking budget, a forced tool, a last turn of the assistant's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationError

from enrichment.analysis.prices import Counts
from enrichment.analysis.wires import base
from enrichment.analysis.wires.base import Bound, Broken, Call, Form, Line, Question, Said

# Why an answer that came with status 200 is none.
_STOPPED = {
    "refusal": "refused to answer",
    "max_tokens": "ran out of tokens in mid-answer",
    "model_context_window_exceeded": "ran out of context in mid-answer",
    None: "broke off in mid-answer",
}
# The kinds of error that come in the middle of a stream, and the status that they would have had; Bedrock's too.
_STATUS_OF = {
    "overloaded_error": 529,
    "api_error": 500,
    "timeout_error": 504,
    "rate_limit_error": 429,
    "internalServerException": 500,
    "modelStreamErrorException": 500,
    "modelTimeoutException": 504,
    "serviceUnavailableException": 503,
    "throttlingException": 429,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicWire:
    """Claude, at Anthropic's own address or one that speaks like it."""

    model: str
    api_key: str = field(repr=False)
    base_url: str | None = None
    effort: str = ""

    @asynccontextmanager
    async def open(self, deadline: float) -> AsyncIterator[Line]:
        sdk = await asyncio.to_thread(import_module, "anthropic")  # 1.2 s the first time: not on the loop
        async with (
            base.bounded(sdk, deadline) as (http, bound),
            sdk.AsyncAnthropic(
                api_key=self.api_key,
                base_url=self.base_url,
                max_retries=0,
                timeout=deadline + base.SPARE,
                http_client=http,
            ) as client,
        ):
            yield MessagesLine(sdk, client, bound, model=self.model, effort=self.effort)


class MessagesLine:
    """An open line that speaks the Messages format. `is_throttled_freely`: a 429 says nothing of a spend limit."""

    def __init__(
        self,
        sdk: Any,
        client: Any,
        bound: Bound,
        *,
        model: str,
        effort: str,
        is_throttled_freely: bool = False,
    ) -> None:
        self._sdk, self._client, self._bound = sdk, client, bound
        self._model, self._effort = model, effort
        self._is_throttled_freely = is_throttled_freely
        self._wire = import_module("httpx2")  # what the SDK talks through; it does not wrap what breaks in mid-body

    async def ask(self, question: Question, call: Call) -> Said:
        reading = _Reading(call)
        try:
            stream = await self._client.messages.create(stream=True, **self._body(question))
            async with stream:
                async for event in stream:
                    reading.take(event)
        except self._sdk.APIStatusError as error:
            raise self._refused(error, reading) from error
        except (self._sdk.APIConnectionError, self._wire.HTTPError, self._wire.StreamError) as error:
            raise base.unreached(error, call, self._bound) from error
        except (ValueError, ValidationError, self._sdk.AnthropicError) as error:
            raise base.unreadable(type(error).__name__) from error
        return reading.said()

    def _body(self, question: Question) -> dict[str, Any]:
        output: dict[str, Any] = {}
        if question.form is Form.SCHEMA and question.schema:
            output["format"] = {"type": "json_schema", "schema": question.schema}
        if self._effort:
            output["effort"] = self._effort
        return {
            "model": self._model,
            "max_tokens": question.max_tokens,
            # The same for every company: the next analysis within five minutes reads it from the cache.
            "system": [{"type": "text", "text": question.system, "cache_control": {"type": "ephemeral"}}],
            "messages": [{"role": role, "content": text} for role, text in question.turns],
            **({"output_config": output} if output else {}),
        }

    def _refused(self, error: Any, reading: "_Reading") -> Broken:
        """By the body's own word: a status alone does not tell an empty account from a bad request."""
        body = error.body if isinstance(error.body, dict) else {}
        inner = body.get("error")
        said = inner if isinstance(inner, dict) else body
        headers = error.response.headers
        kind = str(said.get("type") or headers.get("x-amzn-errortype", "").partition(":")[0])[:60]
        in_stream = error.status_code < 400  # `event: error` inside of a 200
        status = _STATUS_OF.get(kind, 500) if in_stream else error.status_code
        retry_after = None if in_stream else base.seconds_of(headers.get("retry-after"))
        reading.call.is_free = not reading.is_begun
        return base.refused(
            status,
            kind=kind,
            detail=str(said.get("message", "")),
            retry_after=retry_after,
            # A 429 without a time to wait is a spend limit, which no waiting ends.
            is_spent=status == 429 and retry_after is None and not in_stream and not self._is_throttled_freely,
            is_free=not in_stream,
        )


class _Counted(BaseModel):
    input_tokens: base.Tokens | None = None
    output_tokens: base.Tokens | None = None
    cache_creation_input_tokens: base.Tokens | None = None
    cache_read_input_tokens: base.Tokens | None = None


class _Part(BaseModel):
    type: str = ""
    text: str = ""
    category: str | None = None
    stop_reason: Annotated[str, StringConstraints(max_length=60)] | None = None
    stop_details: "_Part | None" = None
    usage: _Counted | None = None


class _Event(BaseModel):
    """What is read of an event. The SDK's own models are built without validation: a broken one would pass."""

    type: str
    index: int = 0
    message: _Part = _Part()
    content_block: _Part = _Part()
    delta: _Part = _Part()
    usage: _Counted | None = None


class _Reading:
    """A message as it streams in."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.is_begun = False
        self._is_over = False
        self._texts: dict[int, list[str]] = {}
        self._stop: str | None = None
        self._category = ""

    def take(self, raw: Any) -> None:
        """Raises `ValidationError` where it is no event."""
        event = _Event.model_validate(raw.to_dict(warnings=False) if hasattr(raw, "to_dict") else raw)
        match event.type:
            case "message_start":
                self.is_begun = True
                self._count(event.message.usage)
            case "content_block_start" if event.content_block.type == "text":  # thinking may come first
                self._texts[event.index] = []
                self._hear(event.index, event.content_block.text)
            case "content_block_delta" if event.delta.type == "text_delta" and event.index in self._texts:
                self._hear(event.index, event.delta.text)
            case "message_delta":
                self._stop = event.delta.stop_reason or self._stop
                self._category = (event.delta.stop_details or _Part()).category or ""
                self._count(event.usage)
            case "message_stop":
                self._is_over = True

    def _hear(self, index: int, text: str) -> None:
        self._texts[index].append(text)
        if text:
            self.call.hear(text)

    def _count(self, counted: _Counted | None) -> None:
        """Counts are totals so far; what an event does not name stays."""
        given = counted or _Counted()
        for name, count in (
            ("tokens_in", given.input_tokens),
            ("tokens_out", given.output_tokens),
            ("cached", given.cache_read_input_tokens),
            ("cache_written", given.cache_creation_input_tokens),
        ):
            if count is not None:
                self.call.counts = replace(self.call.counts, **{name: count})

    def said(self) -> Said:
        """The reply. Raises `Broken` where the stream ended before the message did."""
        if not self.is_begun:
            raise base.unreadable()
        if not self._is_over:
            raise base.cut_off()
        self.call.is_counted = self.call.counts != Counts()
        fault = ""
        if self._stop != "end_turn":
            fault = _STOPPED.get(self._stop, base.another_reason(self._stop))
            category = base.word_of(self._category)
            fault += f" ({category})" if category and self._stop == "refusal" else ""
        return Said("".join("".join(self._texts[index]) for index in sorted(self._texts)), fault)
