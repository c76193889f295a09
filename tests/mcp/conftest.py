"""Agents, as the SDK's own client: over HTTP against a served product, or over stdio against `manage.py mcp`."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from django.conf import settings
from django.db import connections
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from enrichment.models import ResearchRequest
from enrichment.sandbox.server import SandboxServer
from enrichment.workflow.requests import Ask, Seller, request_research
from salesintel.accounts.models import ApiKey, User
from tests import seeding
from tests.driving import drive_on
from tests.serving import served

Connect = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def house(transactional_db: None, sandbox: SandboxServer) -> Iterator[str]:
    """The address of a served product with rules, demo companies and sandbox."""
    seeding.rules()
    seeding.demo_companies()
    with served() as url:
        yield url


@pytest.fixture
def rep(transactional_db: None) -> User:
    return User.objects.create_user("rep", "rep@example.com", "correct horse")


@pytest.fixture
def key_of(transactional_db: None) -> Callable[..., str]:
    """Makes a key: `key_of(user, "read")`."""

    def key_of(user: User, *scopes: str) -> str:
        return ApiKey.issue(user=user, name="agent", scopes=list(scopes or ("read", "enrich")))[1]

    return key_of


@pytest.fixture
def briefed(house: str, rep: User) -> ResearchRequest:
    """A finished research of `rep`'s on Acme Corp."""
    ask = Ask(consumer="customer_intelligence", company="acmecorp.com", vendor="okta.com", seller=Seller(role="AE"))
    asked = request_research(ask, user=rep)
    drive_on()
    return ResearchRequest.objects.get(pk=asked.pk)


@pytest.fixture
def over_http(house: str, rep: User, key_of: Callable[..., str]) -> Connect:
    """`over_http()`: a client with `rep`'s key; `key` in place of it, `mode` for how it greets."""
    own = key_of(rep)

    @asynccontextmanager
    async def connect(*, key: str = own, mode: Any = "auto", **headers: str) -> AsyncIterator[Client]:
        asks = {"Authorization": f"Bearer {key}", **headers}
        async with (
            httpx2.AsyncClient(headers=asks, timeout=60) as http,
            Client(streamable_http_client(f"{house}/mcp", http_client=http), mode=mode) as client,
        ):
            yield client

    return connect


@pytest.fixture
def over_stdio(house: str, rep: User, product_env: dict[str, str]) -> Connect:
    """`over_stdio()`: a client that starts `manage.py mcp` as `rep`, and ends it."""

    @asynccontextmanager
    async def connect(*arguments: str, **env: str) -> AsyncIterator[Client]:
        program = StdioServerParameters(
            command=sys.executable,
            args=[str(settings.BASE_DIR / "manage.py"), "mcp", *(arguments or ("--user", "rep"))],
            env={**product_env, "SALESINTEL_SANDBOX_URL": settings.SANDBOX_URL, **env},
        )
        async with Client(program) as client:
            yield client

    return connect


async def aside(work: Callable[[], Any]) -> Any:
    """`work` with the database, on a thread."""

    def tidily() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(tidily)


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The result of a tool that does what it is asked."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """The sentence of a tool that does not."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text


def while_driven(talk: Callable[[], Any]) -> Any:
    """What `talk`, a coroutine function, gives, in a thread, while a worker drives here, in the main one."""
    with ThreadPoolExecutor(1) as agents:
        talking = agents.submit(asyncio.run, talk())
        until = time.monotonic() + 60
        while not talking.done() and time.monotonic() < until:
            drive_on()
            time.sleep(0.1)
        return talking.result(timeout=5)
