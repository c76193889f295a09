"""What the trials of M10, M12, M13 and S8 would find without their protections: that they can fail."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from enrichment.egress import MAX_BYTES, Egress, body, client, network, urls
from tests.enrichment.local_server import Answer, LocalServer
from tests.enrichment.test_egress_addresses import Recorder, outcome, resolver


@pytest.fixture
async def egress() -> AsyncIterator[Egress]:
    async with Egress(user_agent="salesintel/0.1") as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    async with LocalServer() as made:
        yield made


async def test_without_a_limit_a_bomb_is_unpacked_whole(egress, server, monkeypatch):
    monkeypatch.setattr(body, "MAX_BYTES", MAX_BYTES * 10)
    server.told = lambda _: Answer(body=gzip.compress(b"\0" * MAX_BYTES * 2), headers={"Content-Encoding": "gzip"})

    response = await egress.client(provider="p", base_url=server.base_url, trusted=True).get("https://a.com/")

    assert len(response.body) == MAX_BYTES * 2


async def test_without_a_limit_redirects_are_followed_on_and_on(egress, server, monkeypatch):
    monkeypatch.setattr(client, "MAX_REDIRECTS", 30)
    server.told = lambda asked: Answer(status=302 if len(server.asked) < 20 else 200, headers={"Location": "/next"})

    response = await egress.client(provider="p", base_url=server.base_url, trusted=True).get("https://a.com/")

    assert (response.status, len(server.asked)) == (200, 20)


async def test_if_waiting_for_a_turn_counted_the_provider_would_be_blamed(egress, server):
    server.told = lambda _: Answer(wait=0.1)
    clients = [egress.client(provider="busy", base_url=server.base_url, trusted=True, concurrency=2) for _ in range(40)]

    async def counted(one: client.ProviderClient) -> None:
        async with asyncio.timeout(0.5):
            await one.get("https://a.com/")

    outcomes = await asyncio.gather(*(counted(one) for one in clients), return_exceptions=True)

    assert any(isinstance(found, TimeoutError) for found in outcomes)


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://metadata.google.internal/"])
async def test_without_a_look_at_the_address_it_is_connected_to(url: str, monkeypatch):
    monkeypatch.setattr(urls, "refusal_of_host", lambda _host: None)
    monkeypatch.setattr(network, "refusal_of_address", lambda _address: None)
    recorder = Recorder()

    await outcome(url, resolve=resolver(metadata=["169.254.169.254"]), network=recorder)

    assert recorder.dialled != []
