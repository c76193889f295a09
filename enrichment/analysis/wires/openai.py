"""OpenAI's chat completions, and every server that speaks the same: a local model, a gateway, another vendor.

Streamed, so that a cut is seen. Usage is asked for with the stream; a server that does not send it leaves the cost
unknown, for a guess is no price.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationError

from enrichment.analysis.prices import Counts
from enrichment.analysis.wires import base
from enrichment.analysis.wires.base import Bound, Broken, Call, Form, Line, Question, Said

_STOPPED = {
    "length": "ran out of tokens in mid-answer",
    "content_filter": "refused to answer (content filter)",
    None: "broke off in mid-answer",
}
_SPENT = {"insufficient_quota", "billing_hard_limit_reached"}
_UNKNOWN_KEY = "no-key"  # a local server wants none, and the SDK insists on one
# The kinds of error that come in the middle of a stream, and the status that they would have had.
_STATUS_OF = {"rate_limit_exceeded": 429, "invalid_request_error": 400, "context_length_exceeded": 400}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIWire:
    """A model behind OpenAI's format. `base_url` includes `/v1`; None is OpenAI's own."""

    model: str
    api_key: str = field(default="", repr=False)
    base_url: str | None = None
    effort: str = ""

    @asynccontextmanager
    async def open(self, deadline: float) -> AsyncIterator[Line]:
        sdk = await asyncio.to_thread(_imported)
        async with (
            base.bounded(sdk, deadline) as (http, bound),
            sdk.AsyncOpenAI(
                api_key=self.api_key or _UNKNOWN_KEY,
                base_url=self.base_url,
                max_retries=0,
                timeout=deadline + base.SPARE,
                http_client=http,
            ) as client,
        ):
            yield _ChatLine(sdk, client, bound, model=self.model, effort=self.effort)


def _imported() -> Any:
    import_module("openai.resources.chat.completions")  # which the SDK would import at the first call, on the loop
    return import_module("openai")


class _ChatLine:
    """An open line that speaks chat completions."""

    def __init__(self, sdk: Any, client: Any, bound: Bound, *, model: str, effort: str) -> None:
        self._sdk, self._client, self._bound = sdk, client, bound
        self._model, self._effort = model, effort
        self._wire = import_module("httpx2")

    async def ask(self, question: Question, call: Call) -> Said:
        reading = _Reading(call)
        try:
            stream = await self._client.chat.completions.create(**self._body(question))
            async with stream:
                async for chunk in stream:
                    reading.take(chunk)
        except self._sdk.APIStatusError as error:
            raise self._refused(error, call) from error
        except (self._sdk.APIConnectionError, self._wire.HTTPError, self._wire.StreamError) as error:
            raise base.unreached(error, call, self._bound) from error
        except self._sdk.APIError as error:  # an error inside of the stream
            raise self._broken(error, reading) from error
        except (ValueError, ValidationError, self._sdk.OpenAIError) as error:
            raise base.unreadable(type(error).__name__) from error
        return reading.said()

    def _body(self, question: Question) -> dict[str, Any]:
        turns = [("system", question.system), *question.turns]
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": role, "content": text} for role, text in turns],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if question.form is Form.SCHEMA and question.schema:
            schema = {"name": "answer", "strict": True, "schema": question.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif question.form is Form.JSON and question.schema:
            body["response_format"] = {"type": "json_object"}
        # A server that knows schemas knows the newer word too; OpenAI's own models refuse the older one.
        body["max_completion_tokens" if question.form is Form.SCHEMA else "max_tokens"] = question.max_tokens
        return body | ({"reasoning_effort": self._effort} if self._effort else {})

    def _refused(self, error: Any, call: Call) -> Broken:
        call.is_free = True
        said = error.body if isinstance(error.body, dict) else {}
        kind = str(said.get("code") or said.get("type") or "")[:60]
        return base.refused(
            error.status_code,
            kind=kind,
            detail=str(said.get("message", "")),
            retry_after=base.seconds_of(error.response.headers.get("retry-after")),
            is_spent=kind in _SPENT,
        )

    def _broken(self, error: Any, reading: "_Reading") -> Broken:
        said = error.body if isinstance(error.body, dict) else {}
        kind = str(said.get("code") or said.get("type") or "")[:60]
        reading.call.is_free = not reading.is_begun
        return base.refused(
            _STATUS_OF.get(kind, 500),
            kind=kind,
            detail=str(said.get("message", "")),
            retry_after=None,
            is_spent=kind in _SPENT,
            is_free=False,
        )


class _Details(BaseModel):
    cached_tokens: base.Tokens | None = None


class _Counted(BaseModel):
    prompt_tokens: base.Tokens = 0
    completion_tokens: base.Tokens = 0
    prompt_tokens_details: _Details | None = None


class _Delta(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    index: int = 0
    delta: _Delta = _Delta()
    finish_reason: Annotated[str, StringConstraints(max_length=60)] | None = None


class _Chunk(BaseModel):
    """What is read of a chunk. The SDK's own models are built without validation."""

    choices: list[_Choice] = []
    usage: _Counted | None = None


class _Reading:
    """A completion as it streams in."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.is_begun = False
        self._texts: list[str] = []
        self._is_refused = False
        self._stop: str | None = None

    def take(self, raw: Any) -> None:
        """Raises `ValidationError` where it is no chunk."""
        chunk = _Chunk.model_validate(raw.to_dict(warnings=False) if hasattr(raw, "to_dict") else raw)
        for choice in chunk.choices:
            if choice.index == 0:
                self.is_begun = True
                self._hear(choice.delta.content or "")
                self._is_refused = self._is_refused or bool(choice.delta.refusal)
                self._stop = choice.finish_reason or self._stop
        if chunk.usage is not None:
            cached = (chunk.usage.prompt_tokens_details or _Details()).cached_tokens or 0
            cached = min(cached, chunk.usage.prompt_tokens)
            self.call.counts = Counts(
                tokens_in=chunk.usage.prompt_tokens - cached, tokens_out=chunk.usage.completion_tokens, cached=cached
            )

    def _hear(self, text: str) -> None:
        self._texts.append(text)
        if text:
            self.call.hear(text)

    def said(self) -> Said:
        """The reply. Raises `Broken` where the stream ended before the completion did."""
        if not self.is_begun:
            raise base.unreadable()
        if self._stop is None:
            raise base.cut_off()
        self.call.is_counted = self.call.counts != Counts()
        if self._is_refused:
            return Said("", "refused to answer")
        fault = "" if self._stop == "stop" else _STOPPED.get(self._stop, base.another_reason(self._stop))
        return Said("".join(self._texts), fault)
