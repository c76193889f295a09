"""OpenAI: chat completions, streamed and not, with strict schemas and the errors of its accounts."""

import json
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.anthropic import ended, text_of
from enrichment.sandbox.messages import Headers, Moment, Reply, Request, json_reply
from enrichment.sandbox.models_writing import Prompt, answer_to, tokens

PRICE_IN, PRICE_OUT = Decimal(1), Decimal(4)  # USD per million tokens, invented: the contract has none
ID: Headers = (("x-request-id", "req_sandbox"),)
SSE: Headers = (("content-type", "text/event-stream; charset=utf-8"), *ID)


class OpenAI:
    """The models named gpt-…"""

    def kind_of(self, request: Request) -> str:
        return "openai_chat" if request.path == "/v1/chat/completions" else "openai_other"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.path != "/v1/chat/completions" or request.method != "POST":
            return self.refuse(404)
        if (refused := self.refused_key(request.bearer)) is not None:
            return refused
        asked = request.json()
        if not isinstance(asked, dict) or not isinstance(asked.get("messages"), list) or not asked["messages"]:
            return self.told(400, "invalid_request_error", "We could not parse the JSON body of your request.")
        if not str(asked.get("model", "")).startswith("gpt-"):
            return self.told(404, "model_not_found", f"The model `{asked.get('model')}` does not exist.")
        if words := loose(strict_schema(asked)):
            return self.told(400, "invalid_request_error", f"Invalid schema for response_format: {words}")
        return self.completion(asked, moment.fault)

    def refuse(self, status: int) -> Reply:
        code = {401: "invalid_api_key", 404: "not_found", 429: "rate_limit_exceeded"}.get(status, "server_error")
        return self.told(status, code, "The sandbox says no.")

    def reset(self) -> None:
        """Keeps nothing."""

    def refused_key(self, key: str) -> Reply | None:
        match key:
            case "" | keys.WRONG:
                return self.told(401, "invalid_api_key", "Incorrect API key provided.")
            case keys.RUN_OUT:
                return self.told(429, "insufficient_quota", "You exceeded your current quota.")
            case keys.LIMITED:
                return self.told(429, "rate_limit_exceeded", "Rate limit reached.", (("retry-after", "7"),))
        return None

    def told(self, status: int, code: str, words: str, headers: Headers = ()) -> Reply:
        error = {"message": words, "type": code, "param": None, "code": code}
        return json_reply({"error": error}, status, headers=(*ID, *headers), takes=0.1)

    def completion(self, asked: dict[str, Any], fault: str) -> Reply:
        said = [
            (turn.get("role"), text_of(turn.get("content"))) for turn in asked["messages"] if isinstance(turn, dict)
        ]
        system = "\n".join(text for role, text in said if role in {"system", "developer"})
        user = next((text for role, text in said if role == "user"), "")
        most = asked.get("max_completion_tokens") or asked.get("max_tokens") or 10_000
        text, stop = ended(answer_to(Prompt(system, user), strict_schema(asked)), fault, most)
        refusal = "I'm sorry, I cannot assist with that request." if stop == "refusal" else None
        reason = {"max_tokens": "length"}.get(stop, "stop")
        read, written = sum(tokens(text) for _, text in said), tokens(text)
        usage = {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }
        paid = (read * PRICE_IN + written * PRICE_OUT) / 1_000_000
        seconds = 0.5 + written / 200
        if not asked.get("stream"):
            message: dict[str, Any] = {
                "role": "assistant",
                "content": text or None,
                "refusal": refusal,
                "annotations": [],
            }
            choice = {"index": 0, "finish_reason": reason, "logprobs": None, "message": message}
            content = {**head(asked, "chat.completion"), "choices": [choice], "usage": usage}
            return json_reply(content, headers=ID, charged=paid, takes=seconds)
        is_counted = bool((asked.get("stream_options") or {}).get("include_usage"))
        parts = chunks(asked, text, refusal, reason, usage if is_counted else None)
        if fault == "overloaded":
            error = {"message": "overloaded", "type": "server_error", "param": None, "code": None}
            parts = [*parts[: len(parts) // 2 + 1], {"error": error}]
        body = "".join(f"data: {json.dumps(part, ensure_ascii=False)}\n\n" for part in parts) + "data: [DONE]\n\n"
        return Reply(body=body.encode(), headers=SSE, charged=paid, takes=seconds)


def head(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-sandbox", "object": kind, "created": 1_790_856_000, "model": asked["model"]}


def chunks(
    asked: dict[str, Any], text: str, refusal: str | None, reason: str, usage: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The completion as it streams; what it used comes last, to who asks for it."""
    told = [{"refusal": refusal}] if refusal else [{"content": text[at : at + 400]} for at in range(0, len(text), 400)]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *told]
    of = head(asked, "chat.completion.chunk")
    parts = [{**of, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    parts.append({**of, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    return [*parts, {**of, "choices": [], "usage": usage}] if usage else parts


def strict_schema(asked: dict[str, Any]) -> Any:
    form = asked.get("response_format")
    return (form.get("json_schema") or {}).get("schema") if isinstance(form, dict) else None


def loose(schema: Any) -> str:
    """What a strict schema may not leave open, in the vendor's words; empty if it leaves nothing open."""
    if isinstance(schema, list):
        return next(filter(None, map(loose, schema)), "")
    if not isinstance(schema, dict):
        return ""
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false."
        if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
            return "'required' is required to be supplied and to be an array including every key in properties."
    return next(filter(None, map(loose, schema.values())), "")
