"""Anthropic: the Messages API, streamed and not, with its prompt cache and what its current models refuse."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from enrichment.sandbox import keys
from enrichment.sandbox.messages import Headers, Moment, Reply, Request, json_reply
from enrichment.sandbox.models_writing import Prompt, answer_to, tokens

# Model → USD per million tokens read and written.
PRICES = {
    "claude-opus-5-5": ("4", "20"),
    "claude-sonnet-5-5": ("2", "10"),
    "claude-haiku-5-5": ("0.10", "0.50"),
    "claude-opus-5": ("5", "25"),
    "claude-sonnet-4-6": ("3", "15"),
    "claude-haiku-4-5": ("1", "5"),
}
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}
LEAST_CACHED = 512  # tokens; a shorter prefix is silently not cached
THOUGHT = "The evidence is read, and what it bears is written down."
SSE: Headers = (("content-type", "text/event-stream; charset=utf-8"), ("request-id", "req_sandbox"))


@dataclass(slots=True)
class Anthropic:
    """The models, and which prefixes of prompts are in the cache."""

    cached: set[int] = field(default_factory=set)

    def kind_of(self, request: Request) -> str:
        return "anthropic_messages" if request.path == "/v1/messages" else "anthropic_other"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if request.path != "/v1/messages" or request.method != "POST":
            return self.refuse(404)
        if (refused := self.refused_key(request)) is not None:
            return refused
        asked = request.json()
        if not isinstance(asked, dict):
            return self.told(400, "The request body is not valid JSON.")
        if words := forbidden(asked):
            return self.told(400, words)
        if asked["model"] not in PRICES:
            return self.told(404, f"model: {asked['model']}")
        return self.message(asked, moment.fault)

    def refuse(self, status: int) -> Reply:
        return self.told(status, {529: "Overloaded", 404: "Not found"}.get(status, "The sandbox says no."))

    def reset(self) -> None:
        self.cached.clear()

    def refused_key(self, request: Request) -> Reply | None:
        match request.headers.get("x-api-key") or request.bearer:
            case "" | keys.WRONG:
                return self.told(401, "invalid x-api-key")
            case keys.NARROW:
                return self.told(403, "Your API key does not have permission to use the specified resource.")
            case keys.RUN_OUT:  # a spend limit says no time to wait
                return self.told(429, "You have reached your specified API usage limits.")
            case keys.LIMITED:
                return self.told(429, "This request would exceed your rate limit.", (("retry-after", "7"),))
        return None

    def told(self, status: int, words: str, headers: Headers = ()) -> Reply:
        error = {"type": KINDS.get(status, "api_error"), "message": words}
        content = {"type": "error", "error": error, "request_id": "req_sandbox"}
        return json_reply(content, status, headers=(("request-id", "req_sandbox"), *headers), takes=0.1)

    def message(self, asked: dict[str, Any], fault: str) -> Reply:
        system, turns = text_of(asked.get("system")), asked["messages"]
        form = (asked.get("output_config") or {}).get("format") or {}
        # After a repair the task is still in the first turn.
        text = answer_to(Prompt(system, text_of(turns[0].get("content"))), form.get("schema"))
        text, stop = ended(text, fault, asked["max_tokens"])
        usage = self.usage(asked, system, text)
        message = {
            "id": "msg_sandbox",
            "type": "message",
            "role": "assistant",
            "model": asked["model"],
            "content": [
                {"type": "thinking", "thinking": THOUGHT, "signature": "EqQBsandbox"},
                *([{"type": "text", "text": text}] if text else []),
            ],
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": usage,
        }
        if stop == "refusal":
            message["stop_details"] = {"type": "refusal", "category": "general_harms", "explanation": None}
        seconds, paid = 0.5 + usage["output_tokens"] / 200, charge(asked["model"], usage)
        if not asked.get("stream"):
            return json_reply(message, headers=(("request-id", "req_sandbox"),), charged=paid, takes=seconds)
        body = b"".join(spelt(event) for event in events(message, is_overloaded=fault == "overloaded"))
        return Reply(body=body, headers=SSE, charged=paid, takes=seconds)

    def usage(self, asked: dict[str, Any], system: str, text: str) -> dict[str, int]:
        """The second call with the same instructions and schema reads them from the cache."""
        prefix, read, written = tokens(system), 0, 0
        if is_marked(asked.get("system")) and prefix >= LEAST_CACHED:
            key = hash((asked["model"], system, json.dumps(asked.get("output_config"), sort_keys=True)))
            read, written = (prefix, 0) if key in self.cached else (0, prefix)
            self.cached.add(key)
        said = tokens("".join(text_of(turn.get("content")) for turn in asked["messages"]))
        return {
            "input_tokens": said + prefix - read - written,
            "output_tokens": tokens(text) + tokens(THOUGHT),
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
        }


def forbidden(asked: dict[str, Any]) -> str:
    """Why the request is a bad one, in the vendor's words; empty if it is not."""
    for name in ("model", "max_tokens", "messages"):
        if not asked.get(name):
            return f"{name}: Field required"
    turns = asked["messages"]
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return "messages: Input should be a valid list"
    if not str(asked["model"]).endswith("-5-5"):
        return ""
    if turns[-1].get("role") != "user":
        return "This model does not support assistant message prefill. The conversation must end with a user message."
    sampled = [name for name in ("temperature", "top_p", "top_k") if name in asked]
    if sampled:
        return f"`{sampled[0]}` is deprecated for this model."
    if (asked.get("thinking") or {}).get("type") == "enabled":
        return "`thinking.type.enabled` is not supported for this model. Use adaptive and `output_config.effort`."
    if (asked.get("tool_choice") or {}).get("type") in {"tool", "any"}:
        return "tool_choice forces tool use is not compatible with this model"
    return ""


def ended(text: str, fault: str, max_tokens: int) -> tuple[str, str]:
    """The text as far as it got, and why it ended."""
    if fault == "refusal":
        return "", "refusal"
    if fault == "off_schema":
        return '{"sandbox": "of another schema"}', "end_turn"
    if fault == "max_tokens" or tokens(text) > max_tokens:
        return text[: min(len(text) // 2, 4 * max_tokens)], "max_tokens"
    return text, "end_turn"


def text_of(content: Any) -> str:
    """The text of a string or of blocks."""
    if isinstance(content, list):
        return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return content if isinstance(content, str) else ""


def is_marked(system: Any) -> bool:
    return isinstance(system, list) and any(isinstance(block, dict) and block.get("cache_control") for block in system)


def charge(model: str, usage: dict[str, int]) -> Decimal:
    price_in, price_out = (Decimal(price) for price in PRICES[model])
    read = usage["input_tokens"] + usage["cache_creation_input_tokens"] * Decimal("1.25")
    read += usage["cache_read_input_tokens"] * Decimal("0.05" if model.endswith("-5-5") else "0.1")
    return (read * price_in + usage["output_tokens"] * price_out) / 1_000_000


def events(message: dict[str, Any], *, is_overloaded: bool) -> list[dict[str, Any]]:
    """The message as it streams; overloaded, it breaks off with an error after it has begun."""
    begun = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    begun.pop("stop_details", None)
    told: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    for index, block in enumerate(message["content"]):
        told += streamed(index, block)
    if is_overloaded:
        error = {"type": "overloaded_error", "message": "Overloaded"}
        return [*told[: len(told) // 2 + 1], {"type": "error", "error": error}]
    delta = {name: message[name] for name in ("stop_reason", "stop_sequence", "stop_details") if name in message}
    usage = {"output_tokens": message["usage"]["output_tokens"]}
    return [*told, {"type": "message_delta", "delta": delta, "usage": usage}, {"type": "message_stop"}]


def streamed(index: int, block: dict[str, Any]) -> list[dict[str, Any]]:
    kind = block["type"]
    empty = {"type": kind, kind: "", **({"signature": ""} if kind == "thinking" else {})}
    text = block[kind]
    pieces = [text[at : at + 400] for at in range(0, len(text), 400)]
    deltas = [{"type": f"{kind}_delta", kind: piece} for piece in pieces]
    if kind == "thinking":
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    return [
        {"type": "content_block_start", "index": index, "content_block": empty},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def spelt(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
