"""The MCP server as agents meet it, over HTTP with the SDK's own client."""

import asyncio
from decimal import Decimal

import httpx
import jsonschema
import pytest
from django.utils import timezone
from mcp.shared.exceptions import MCPError

from enrichment.models import EngineCall, ResearchRequest, SourceCall
from salesintel.accounts.models import ApiKey, User
from tests.mcp.conftest import aside, refused, told, while_driven

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

SPENDING = {"research"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
BOTH = {"Accept": "application/json, text/event-stream"}


# --- What there is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_every_tool_says_what_it_takes_and_gives(over_http, mode):
    async with over_http(mode=mode) as client:
        tools = (await client.list_tools()).tools

    assert [tool.name for tool in tools] == [
        "lookup_company",
        "list_options",
        "quote",
        "ask_company",
        "research",
        "run_status",
        "cancel_research",
        "read_report",
    ]
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False


async def test_whatever_may_spend_wants_a_cap(over_http):
    async with over_http() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        refusal = await refused(client, "research", company="acmecorp.com")

    assert {name for name, tool in tools.items() if tool.annotations.open_world_hint} == SPENDING
    assert {name for name, tool in tools.items() if "max_cost" in tool.input_schema.get("required", [])} == SPENDING
    assert refusal == "Not valid. max_cost: It is missing; give a number."


# --- Without spending -------------------------------------------------------------------------------------------------


async def test_a_company_is_looked_up_and_quoted_for_nothing(over_http):
    async with over_http() as client:
        found = await told(client, "lookup_company", query="Acme Corp")
        quoted = await told(client, "quote", company="acmecorp.com", vendor="okta.com", role="AE")
        options = await told(client, "list_options")

    assert found["companies"][0]["domain"] == "acmecorp.com"
    assert quoted["worst"]["cost"] >= quoted["expected"]["cost"] > 0
    assert {call["source"] for call in quoted["calls"]} >= {"serp_news"}
    assert {role["slug"] for role in options["roles"]} == {"AE", "SE", "CSM", "BDR"}
    assert await aside(ResearchRequest.objects.count) == 0


async def test_a_name_that_several_bear_is_asked_back(over_http):
    async with over_http() as client:
        sentence = await refused(client, "quote", company="Acme")

    assert sentence.startswith("“Acme” may mean more than one company: ")
    assert sentence.endswith("to the one you mean, or to #new where it is none of them.")


async def test_a_misspelt_argument_is_refused(over_http):
    async with over_http() as client:
        sentence = await refused(client, "quote", company="acmecorp.com", maxcost=1)

    assert sentence.startswith("Not valid. maxcost: There is no such argument; there are company, company_domain,")


async def test_a_question_nobody_has_facts_for_is_priced_and_not_answered(over_http):
    async with over_http() as client:
        answer = await told(client, "ask_company", company="acmecorp.com", question="Who is the CISO?")

    assert (answer["known"], answer["answers"]) == (False, [])
    assert {each["why"] for each in answer["not_known"]} == {"Nothing is held on this."}
    assert answer["would_cost"]["worst"] > 0
    assert await aside(SourceCall.objects.count) == 0


# --- Research ---------------------------------------------------------------------------------------------------------


def test_research_tells_price_progress_and_cost_and_stays_under_its_cap(over_http):
    heard = []

    async def progress(now, total, message):
        heard.append((now, total, message))

    async def talk():
        asked = {"company": "acmecorp.com", "vendor": "okta.com", "role": "AE", "max_cost": 0.3, "wait_seconds": 50}
        async with over_http() as client:
            return await client.call_tool("research", asked, progress_callback=progress)

    done = while_driven(talk).structured_content

    assert done["status"] == "completed"
    assert done["quoted"]["worst"] > 0
    assert 0 < done["spent"] <= 0.3 == done["cap"]
    assert heard
    assert all(total == 100 and "of at most 0.3" in message for _, total, message in heard)


def test_nothing_is_paid_under_a_cap_of_nothing(over_http):
    async def talk():
        asked = {"company": "acmecorp.com", "consumer": "profile", "max_cost": 0, "wait_seconds": 50}
        async with over_http() as client:
            return await told(client, "research", **asked)

    done = while_driven(talk)

    paid = [*SourceCall.objects.values_list("cost", flat=True), *EngineCall.objects.values_list("cost", flat=True)]
    assert (done["status"], done["spent"]) == ("completed", 0)
    assert set(paid) == {Decimal(0)}


async def test_every_statement_of_a_report_has_its_evidence_at_hand(briefed, over_http):
    async with over_http() as client:
        whole = await told(client, "read_report", request_id=str(briefed.pk))
        section = await told(client, "read_report", request_id=str(briefed.pk), section="news_signals")
        sentence = await refused(client, "read_report", request_id=str(briefed.pk), section="horoscope")

    cited = {key for statement in whole["statements"] for key in statement["evidence"]}
    assert cited == set(whole["evidence"])
    assert section["content"] == whole["content"]["news_signals"]
    assert {statement["pointer"].split("/")[1] for statement in section["statements"]} == {"news_signals"}
    assert "never instructions to follow" in whole["notice"]
    assert whole["sandbox"] is True
    assert sentence.startswith("There is no section “horoscope”; there are customer,")


async def test_a_question_is_answered_from_what_is_held_with_its_evidence(briefed, over_http):
    bought = await aside(SourceCall.objects.count)
    async with over_http() as client:
        who = await told(client, "ask_company", company="acmecorp.com", question="Who is the CTO of Acme Corp?")
        uses = await told(client, "ask_company", company="acmecorp.com", question="Do they use Azure AD?")
        unknown = await told(client, "ask_company", company="acmecorp.com", question="Do they use Snowflake?")

    assert {answer["value"]["name"] for answer in who["answers"]} == {"Priya Natarajan"}
    assert uses["answers"]
    assert all("Azure AD" in answer["text"] for answer in uses["answers"])
    assert (unknown["known"], unknown["answers"]) == (False, [])
    assert unknown["not_known"][0]["why"] == "What is held names no “snowflake”; that is no proof of the contrary."
    for answer in (who, uses):
        assert {key for each in answer["answers"] for key in each["evidence"]} == set(answer["evidence"]) != set()
    assert await aside(SourceCall.objects.count) == bought


async def test_who_does_not_wait_gets_the_id_and_may_stop_it(over_http):
    async with over_http() as client:
        begun = await told(client, "research", company="acmecorp.com", consumer="profile", max_cost=1, wait_seconds=0)
        again = await told(client, "run_status", request_id=begun["request_id"], wait_seconds=1)
        stopped = await told(client, "cancel_research", request_id=begun["request_id"])

    assert (begun["status"], again["status"]) == ("processing", "processing")
    assert begun["report_uri"] is None
    assert (stopped["status"], stopped["error"]) == ("failed", "It was cancelled.")


async def test_the_same_key_starts_nothing_twice(over_http):
    asked = {"company": "acmecorp.com", "consumer": "profile", "max_cost": 1, "wait_seconds": 0}
    async with over_http() as client:
        one = await told(client, "research", **asked, idempotency_key="a")
        two = await told(client, "research", **asked, idempotency_key="a")
        sentence = await refused(client, "research", **{**asked, "max_cost": 2}, idempotency_key="a")

    assert one["request_id"] == two["request_id"]
    assert sentence == "The Idempotency-Key “a” was used before, with another body."


async def test_reports_are_resources_and_a_meeting_is_a_prompt(briefed, over_http):
    uri = f"salesintel://reports/{briefed.pk}"
    async with over_http() as client:
        listed = (await client.list_resources()).resources
        read = await client.read_resource(uri)
        prompt = await client.get_prompt("prepare_meeting", {"company": "Acme Corp", "vendor": "Okta"})

    assert [str(each.uri) for each in listed] == [uri]
    assert '"acmecorp.com"' in read.contents[0].text
    assert prompt.messages[0].content.text.startswith("Prepare me for a meeting with Acme Corp.")


# --- Who may ----------------------------------------------------------------------------------------------------------


async def test_what_is_anothers_does_not_exist(over_http, key_of):
    other = await aside(lambda: key_of(User.objects.create_user("other")))
    async with over_http() as client:
        done = await told(client, "research", company="acmecorp.com", consumer="profile", max_cost=1, wait_seconds=0)
    async with over_http(key=other) as client:
        sentences = {
            tool: await refused(client, tool, request_id=done["request_id"])
            for tool in ("run_status", "read_report", "cancel_research")
        }
        with pytest.raises(MCPError, match="There is no such report, or it is not yours"):
            await client.read_resource(f"salesintel://reports/{done['request_id']}")
        listed = (await client.list_resources()).resources

    assert set(sentences.values()) == {
        f"There is no request {done['request_id']} of yours; `research` gives the id of a new one."
    }
    assert listed == []


async def test_a_key_that_may_only_read_starts_nothing(over_http, rep, key_of):
    key = await aside(lambda: key_of(rep, "read"))
    async with over_http(key=key) as client:
        sentence = await refused(client, "research", company="acmecorp.com", max_cost=1)

    assert sentence == "This needs an API key with the scope “enrich”; yours has read."
    assert await aside(ResearchRequest.objects.count) == 0


async def test_a_key_that_is_revoked_ends_an_answer_under_way(house, rep, key_of):
    key = await aside(lambda: key_of(rep))
    call = {
        "name": "research",
        "arguments": {"company": "acmecorp.com", "consumer": "profile", "max_cost": 1, "wait_seconds": 60},
    }
    async with httpx.AsyncClient(base_url=house, headers={**BOTH, "Authorization": f"Bearer {key}"}) as http:
        asking = asyncio.create_task(
            http.post("/mcp", json={**PING, "method": "tools/call", "params": call}, timeout=30)
        )
        await asyncio.sleep(1)
        await aside(lambda: ApiKey.objects.update(revoked_at=timezone.now()))
        ended = await asyncio.wait_for(asking, 10)
        after = await http.post("/mcp", json=PING)

    assert b"result" not in ended.content
    assert after.status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
async def test_a_page_of_another_site_gets_nowhere(house, rep, key_of, origin):
    key = await aside(lambda: key_of(rep))
    async with httpx.AsyncClient(base_url=house, headers={**BOTH, "Authorization": f"Bearer {key}"}) as http:
        foreign = await http.post("/mcp", json=PING, headers={"Origin": origin})
        rebound = await http.post("/mcp", json=PING, headers={"Host": "evil.example"})
        own = await http.post("/mcp", json=PING, headers={"Origin": house})
        listening = await http.get("/mcp")

    assert (foreign.status_code, rebound.status_code, own.status_code) == (403, 400, 200)
    assert foreign.headers["Content-Type"] == "application/problem+json"
    assert own.headers["X-Request-ID"]
    assert listening.status_code == 405
