"""Language models in the sandbox, asked by the engines themselves: the path of a model from end to end, without one."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EngineError, Trouble
from enrichment.analysis.models_engine import ModelEngine
from enrichment.analysis.prices import Prices
from enrichment.analysis.wires.anthropic import AnthropicWire
from enrichment.analysis.wires.base import Form
from enrichment.analysis.wires.openai import OpenAIWire
from enrichment.sandbox import keys
from enrichment.sandbox.models_writing import Prompt, answer_to
from enrichment.sandbox.server import SandboxServer
from tests.enrichment.analysis.model_servers import preload
from tests.enrichment.analysis.worlds import acme

PRICES = Prices(tokens_in=Decimal("0.10"), tokens_out=Decimal("0.50"), cached=Decimal("0.005"))
MESSAGES, CHAT = "/api.anthropic.com/v1/messages", "/api.openai.com/v1/chat/completions"
VENDORS = ("anthropic", "openai")


@pytest.fixture(scope="module", autouse=True)
def _libraries() -> None:
    preload()


def engine(vendor: str, sandbox: SandboxServer, *, key: str = "good", **changes: Any) -> ModelEngine:
    if vendor == "anthropic":
        wire: Any = AnthropicWire(model="claude-haiku-5-5", api_key=key, base_url=f"{sandbox.url}/api.anthropic.com")
    else:
        wire = OpenAIWire(model="gpt-x", api_key=key, base_url=f"{sandbox.url}/api.openai.com/v1")
    settings: dict[str, Any] = {"slug": vendor, "wire": wire, "prices": PRICES, "deadline": 5.0, "backoff": 0.01}
    return ModelEngine(**{**settings, **changes})


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_model_writes_sentences_that_the_evidence_bears(
    sandbox: SandboxServer, vendor: str, form: Form
) -> None:
    draft = await engine(vendor, sandbox, form=form).draft(acme())

    grounded = ground(draft, acme())
    assert grounded.engine == vendor
    assert grounded.body["talking_points"][0].startswith("What does this mean for you: ")
    assert grounded.withheld == ()
    assert draft.usage.tokens_in > 500
    assert draft.usage.cost is not None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refusal", "refused to answer"),
        ("max_tokens", "ran out of tokens in mid-answer"),
        ("off_schema", "answered twice what is not of the schema"),
        ("401", "answered 401"),
        ("html", "answered what is not its format"),
    ],
)
@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_model_goes_wrong_on_demand(sandbox: SandboxServer, vendor: str, fault: str, said: str) -> None:
    sandbox.fault(host=f"api.{vendor}.com", kind=fault)

    with pytest.raises(EngineError, match=said):
        await engine(vendor, sandbox).draft(acme())


@pytest.mark.parametrize("fault", ["overloaded", "529", "cut"])
@pytest.mark.parametrize("vendor", VENDORS)
async def test_what_passes_is_asked_again(sandbox: SandboxServer, vendor: str, fault: str) -> None:
    sandbox.fault(host=f"api.{vendor}.com", kind=fault, times=1)

    draft = await engine(vendor, sandbox).draft(acme())

    assert draft.engine == vendor
    assert (draft.usage.doubtful > 0) is (fault != "529")


@pytest.mark.parametrize(
    ("vendor", "key", "trouble"),
    [
        ("anthropic", keys.WRONG, Trouble.REFUSED),
        ("anthropic", keys.NARROW, Trouble.REFUSED),
        ("anthropic", keys.RUN_OUT, Trouble.SPENT),
        ("anthropic", keys.LIMITED, Trouble.BUSY),
        ("openai", keys.WRONG, Trouble.REFUSED),
        ("openai", keys.RUN_OUT, Trouble.SPENT),
        ("openai", keys.LIMITED, Trouble.BUSY),
    ],
)
async def test_keys_fail_as_real_ones_do(sandbox: SandboxServer, vendor: str, key: str, trouble: Trouble) -> None:
    with pytest.raises(EngineError) as raised:
        await engine(vendor, sandbox, key=key, deadline=2.0).draft(acme())

    assert raised.value.trouble is trouble
    assert raised.value.usage.cost == 0
    assert sandbox.spent() == "0.00"


async def test_a_second_call_reads_long_instructions_from_the_cache(sandbox: SandboxServer) -> None:
    task = acme(prompt="Be brief. " * 400)

    first = (await engine("anthropic", sandbox).draft(task)).usage
    second = (await engine("anthropic", sandbox).draft(task)).usage

    assert (first.tokens_cached, second.tokens_cache_written) == (0, 0)
    assert first.tokens_cache_written == second.tokens_cached > 1_000
    assert first.cost is not None
    assert second.cost is not None
    assert second.cost < first.cost


async def test_a_model_that_is_not_sold_is_unknown(sandbox: SandboxServer) -> None:
    asking = engine("anthropic", sandbox)

    with pytest.raises(EngineError, match="answered 404") as raised:
        await replace(asking, wire=replace(asking.wire, model="claude-9")).draft(acme())

    assert raised.value.detail == "model: claude-9"


# --- What is not streamed, and what is refused ------------------------------------------------------------------------


def asked(**changes: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": "Say something."}]
    return {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": turns, **changes}


def test_without_a_stream_a_message_comes_as_one_with_its_thought_first(http: httpx.Client) -> None:
    message = http.post(MESSAGES, json=asked(), headers={"x-api-key": "good"}).json()

    assert [block["type"] for block in message["content"]] == ["thinking", "text"]
    assert (message["stop_reason"], message["content"][1]["text"]) == ("end_turn", "The sandbox has read it.")
    assert message["usage"]["output_tokens"] > 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"temperature": 0.5}, "`temperature` is deprecated"),
        ({"top_k": 3}, "`top_k` is deprecated"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, "`thinking.type.enabled` is not supported"),
        ({"tool_choice": {"type": "tool", "name": "save"}}, "tool_choice forces tool use"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}]}, "prefill"),
        ({"max_tokens": None}, "max_tokens: Field required"),
    ],
)
def test_current_models_refuse_what_older_ones_took(http: httpx.Client, given: dict[str, Any], words: str) -> None:
    reply = http.post(MESSAGES, json=asked(**given), headers={"x-api-key": "good"})

    assert (reply.status_code, reply.json()["error"]["type"]) == (400, "invalid_request_error")
    assert words in reply.json()["error"]["message"]


def test_an_older_model_takes_a_temperature(http: httpx.Client) -> None:
    body = asked(model="claude-sonnet-4-6", temperature=0.5)

    assert http.post(MESSAGES, json=body, headers={"x-api-key": "good"}).status_code == 200


def test_a_completion_without_a_stream_comes_as_one(http: httpx.Client) -> None:
    reply = http.post(CHAT, json=asked(model="gpt-x"), headers={"authorization": "Bearer good"}).json()

    assert reply["choices"][0]["message"]["content"] == "The sandbox has read it."
    assert reply["usage"]["total_tokens"] > 0


def test_a_strict_schema_that_leaves_something_open_is_refused(http: httpx.Client) -> None:
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": [],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}

    reply = http.post(CHAT, json=asked(model="gpt-x", response_format=form), headers={"authorization": "Bearer good"})

    assert reply.status_code == 400
    assert "including every key" in reply.json()["error"]["message"]


def test_who_does_not_ask_for_usage_gets_none(http: httpx.Client) -> None:
    reply = http.post(CHAT, json=asked(model="gpt-x", stream=True), headers={"authorization": "Bearer good"})

    assert '"usage"' not in reply.text
    assert reply.text.endswith("data: [DONE]\n\n")


def test_an_answer_fits_whatever_schema_is_asked_for() -> None:
    schema = {
        "type": "object",
        "properties": {
            "word": {"type": "string"},
            "sure": {"type": "string", "enum": ["low", "high"]},
            "many": {"type": "array", "items": {"type": "integer"}},
            "deep": {"$ref": "#/$defs/Deep"},
        },
        "$defs": {"Deep": {"type": "object", "properties": {"yes": {"type": "boolean"}, "n": {"type": "number"}}}},
    }

    said = answer_to(Prompt("", "Say it."), schema)

    assert said == '{"word": "Fine", "sure": "low", "many": [], "deep": {"yes": false, "n": 0}}'
