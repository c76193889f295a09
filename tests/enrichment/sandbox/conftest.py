"""The running sandbox without the product: `sandbox` here asks for no settings and no database."""

from collections.abc import Iterator

import httpx
import pytest

from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import World, load


@pytest.fixture
def sandbox(sandbox_server: SandboxServer) -> SandboxServer:
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def http(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    # To read the authorities' certificates, which no plain address needs, takes thirty milliseconds.
    with httpx.Client(base_url=sandbox.url, timeout=10, verify=False) as client:
        yield client


@pytest.fixture(scope="session")
def world() -> World:
    return load()
