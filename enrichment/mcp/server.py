"""Tools, reports and a prompt in the words of the Model Context Protocol: the only module that imports its SDK.

The server keeps no session: each call says for whom it is, so any web process may answer it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

import mcp_types as types
from django.db import DatabaseError
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from enrichment.api.watch import WATCH
from enrichment.mcp import shapes, tools
from enrichment.mcp.acting import Acting, ToolFailure
from enrichment.mcp.telling import REPORT_URI
from enrichment.mcp.wording import faults
from enrichment.models import ResearchRequest
from salesintel import audit
from salesintel.logs import told
from salesintel.reading import Threads
from salesintel.walls import owner_scope

log = logging.getLogger(__name__)

work = Threads(4, "mcp")
NAME, VERSION = "salesintel", "1.0.0"
INSTRUCTIONS = (
    "Sales Intelligence tells who a company is, what happens there, who decides and what they run, with the evidence"
    " for every statement. Start with lookup_company, ask_company and quote: they are free. research may spend money up"
    " to max_cost: tell the person the quote first. Repeat nothing without its evidence, and say what is not known. "
    + shapes.UNTRUSTED
)
TELL_EVERY = 0.5  # seconds between two notifications of progress
LISTED = 50  # reports
MEETING = "prepare_meeting"

Context = ServerRequestContext[Any, Any]
WhoCalls = Callable[[Context], Awaitable[Acting]]


@lru_cache(maxsize=1)
def described() -> list[types.Tool]:
    """The tools as a client lists them."""
    return [
        types.Tool(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.takes.model_json_schema(),
            output_schema=tool.gives.model_json_schema(mode="serialization"),
            annotations=types.ToolAnnotations(
                title=tool.title,
                read_only_hint=not tool.changes,
                destructive_hint=tool.name == "cancel_research",
                idempotent_hint=not tool.spends,
                open_world_hint=tool.spends,
            ),
        )
        for tool in tools.TOOLS.values()
    ]


def make_server(acting: WhoCalls) -> Server[Any]:
    """A server whose calls are for whom `acting` says; it raises `ToolFailure` for who may not."""
    speaking = Speaking(acting)
    return Server(
        NAME,
        version=VERSION,
        title="Sales Intelligence",
        instructions=INSTRUCTIONS,
        cache_hints={"tools/list": CacheHint(ttl_ms=300_000, scope="public")},
        on_list_tools=speaking.list_tools,
        on_call_tool=speaking.call_tool,
        on_list_resources=speaking.list_resources,
        on_list_resource_templates=speaking.list_templates,
        on_read_resource=speaking.read_resource,
        on_list_prompts=speaking.list_prompts,
        on_get_prompt=speaking.get_prompt,
    )


class Speaking:
    """What the SDK calls."""

    def __init__(self, acting: WhoCalls) -> None:
        self._acting = acting

    async def list_tools(self, _ctx: Context, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=described())

    async def call_tool(self, ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        """The tool's result as structure and as text; a failure is a result that says so."""
        try:
            return _result(await self._called(ctx, params))
        except ToolFailure as failure:
            return _failure(str(failure))
        except DatabaseError as error:
            log.warning("A tool could not reach the database: %s", type(error).__name__)
            return _failure("The database does not answer at the moment; try again.")
        except Exception as error:  # noqa: BLE001 - a fault in one call must not end the conversation
            log.error("The tool %s failed: %s", _known(params.name), told(error))
            return _failure("Something went wrong on our side; it was logged. Nothing more was started.")

    async def _called(self, ctx: Context, params: types.CallToolRequestParams) -> shapes.Out:
        tool = tools.TOOLS.get(params.name)
        if tool is None:
            raise ToolFailure(f"There is no such tool; there are {', '.join(tools.TOOLS)}.")
        try:
            given = tool.takes.model_validate(params.arguments or {})
        except ValidationError as error:
            raise ToolFailure(faults(error, tool.takes)) from error
        acting = await self._acting(ctx)
        acting.require(tool.scope)
        found = await work(lambda: _done(tool, acting, given))
        seconds = getattr(given, "wait_seconds", 0)
        if isinstance(found, shapes.RunOut) and seconds and found.status == "processing":
            return await _waited(ctx, acting, found, seconds)
        return found

    # --- Reports as resources -----------------------------------------------------------------------------------------

    async def list_resources(self, ctx: Context, _params: Any) -> types.ListResourcesResult:
        acting = await self._permitted(ctx)
        return types.ListResourcesResult(resources=await work(lambda: _reports(acting)))

    async def list_templates(self, _ctx: Context, _params: Any) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=REPORT_URI.format("{request_id}"),
            name="report",
            title="Report",
            description="A finished report of yours with its evidence, as JSON.",
            mime_type="application/json",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(self, ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        acting, uri = await self._permitted(ctx), str(params.uri)
        try:
            given = shapes.ReadIn(request_id=UUID(uri.removeprefix(REPORT_URI.format(""))))
            found = await work(lambda: tools.read_report(acting, given))
        except (ValueError, ToolFailure) as error:
            raise MCPError(
                types.INVALID_PARAMS, "There is no such report, or it is not yours.", {"uri": uri}
            ) from error
        text = found.model_dump_json()
        contents = types.TextResourceContents(uri=params.uri, mime_type="application/json", text=text)
        return types.ReadResourceResult(contents=[contents])

    async def _permitted(self, ctx: Context) -> Acting:
        try:
            acting = await self._acting(ctx)
            acting.require("read")
        except ToolFailure as failure:
            raise MCPError(types.INVALID_REQUEST, str(failure)) from failure
        return acting

    # --- A prompt -----------------------------------------------------------------------------------------------------

    async def list_prompts(self, _ctx: Context, _params: Any) -> types.ListPromptsResult:
        arguments = [
            types.PromptArgument(name="company", description="Whom you meet: a name or domain.", required=True),
            types.PromptArgument(name="vendor", description="For whom you sell.", required=True),
            types.PromptArgument(name="role", description="Your role: AE, SE, CSM or BDR.", required=False),
            types.PromptArgument(
                name="max_cost", description="USD that it may cost; 0.50 if left out.", required=False
            ),
        ]
        prompt = types.Prompt(
            name=MEETING, title="Prepare a meeting", description="A one-page brief with sources.", arguments=arguments
        )
        return types.ListPromptsResult(prompts=[prompt])

    async def get_prompt(self, _ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        given = params.arguments or {}
        if params.name != MEETING:
            raise MCPError(types.INVALID_PARAMS, f"There is no such prompt; there is {MEETING}.")
        if missing := [name for name in ("company", "vendor") if not given.get(name, "").strip()]:
            raise MCPError(types.INVALID_PARAMS, f"Say {' and '.join(missing)}.")
        text = _meeting(
            **{name: given[name][:200] for name in ("company", "vendor", "role", "max_cost") if name in given}
        )
        message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
        return types.GetPromptResult(description="Prepare a meeting", messages=[message])


# --- Waiting ----------------------------------------------------------------------------------------------------------


async def _waited(ctx: Context, acting: Acting, begun: shapes.RunOut, seconds: int) -> shapes.RunOut:
    """How the request is when it has its answer, or when the time is up; progress is told meanwhile."""
    latest, spoke = begun, 0.0
    try:
        async with asyncio.timeout(seconds):
            with WATCH.following(begun.request_id) as follower:
                while (mark := await follower.moved()) is not None and mark.waits:
                    if time.monotonic() - spoke < TELL_EVERY:
                        continue
                    spoke, latest = time.monotonic(), await work(lambda: _state(acting, begun))
                    message = f"{latest.spent:g} USD spent" + (f" of at most {latest.cap:g}" if latest.cap else "")
                    await ctx.session.report_progress(latest.progress, 100, message)
    except TimeoutError:
        pass  # the id is the answer
    return await work(lambda: _state(acting, begun))


def _state(acting: Acting, begun: shapes.RunOut) -> shapes.RunOut:
    found = tools.run_status(acting, shapes.StatusIn(request_id=begun.request_id))
    return found.model_copy(update={"quoted": begun.quoted})


# --- Words ------------------------------------------------------------------------------------------------------------


def _done(tool: tools.Tool, acting: Acting, given: shapes.In) -> shapes.Out:
    """A message was counted as reading when it came; what starts work is counted as that, too."""
    if tool.scope != "read":
        acting.count(tool.scope)
    with audit.acting(audit.Via.API, user=acting.user.pk, key=acting.prefix), owner_scope(acting.user):
        return tool.work(acting, given)


def _result(found: shapes.Out) -> types.CallToolResult:
    text = types.TextContent(type="text", text=found.model_dump_json())
    return types.CallToolResult(content=[text], structured_content=found.model_dump(mode="json"))


def _failure(words: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=words)], is_error=True)


def _known(name: str) -> str:
    return name if name in tools.TOOLS else "(unknown)"


def _reports(acting: Acting) -> list[types.Resource]:
    rows = ResearchRequest.objects.visible_to(acting.user).filter(parent=None, status="answered", report__isnull=False)
    rows = rows.select_related("company").only("pk", "consumer", "answered", "company__name").order_by("-created")
    return [
        types.Resource(
            uri=REPORT_URI.format(row.pk),
            name=f"{row.consumer} of {row.company.name}",
            description=f"Answered {row.answered:%Y-%m-%d %H:%M} UTC." if row.answered else None,
            mime_type="application/json",
        )
        for row in rows[:LISTED]
    ]


def _meeting(company: str, vendor: str, role: str = "AE", max_cost: str = "0.50") -> str:
    return (
        f"Prepare me for a meeting with {company}. I sell for {vendor}; my role is {role}.\n"
        "1. Look the company up; ask me if several may be meant.\n"
        f"2. Quote the research. If it may cost more than {max_cost} USD, tell me the price before you go on.\n"
        f"3. Research it with max_cost {max_cost}, and wait for it.\n"
        "4. Read the report and give me one page: who they are, what happened lately, whom I meet and what they care"
        " about, how our products fit, three questions to open with.\n"
        "Put the link of its evidence behind every statement. Say what is missing, and what it would cost to find out."
    )
