"""One exchange: its deadline, its size, its redirects, its place in the queue (M10, M12, M13)."""

import asyncio
import gzip
import logging
import time
import zlib
from collections.abc import AsyncIterator

import pytest

from enrichment.egress import (
    MAX_BYTES,
    BadUrl,
    ConnectFailed,
    DeadlineExceeded,
    Egress,
    EgressError,
    Interrupted,
    ProviderClient,
    TooLarge,
    TooManyRedirects,
)
from tests.enrichment.local_server import Answer, Asked, LocalServer


@pytest.fixture
async def egress() -> AsyncIterator[Egress]:
    async with Egress(user_agent="salesintel/0.1") as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    async with LocalServer() as made:
        yield made


@pytest.fixture
def client(egress: Egress, server: LocalServer) -> ProviderClient:
    return egress.client(provider="trial", base_url=server.base_url, trusted=True, deadline=2.0)


async def test_a_real_url_is_asked_at_the_base_under_its_host(client, server):
    server.told = lambda _: Answer(body=b"ok", headers={"X-Twice": "1"})

    response = await client.get(
        "https://api.snov.io/v1/x?a=1", params={"b": "ü"}, headers={"Authorization": "Bearer t"}
    )

    assert server.asked[0].path == "/api.snov.io/v1/x?a=1&b=%C3%BC"
    assert server.asked[0].headers["authorization"] == "Bearer t"
    assert server.asked[0].headers["user-agent"] == "salesintel/0.1"
    assert (response.status, response.body, response.headers["x-twice"]) == (200, b"ok", "1")
    assert response.url == "https://api.snov.io/v1/x?a=1&b=%C3%BC"


async def test_a_form_and_json_are_posted(client, server):
    await client.post("https://a.com/f", form={"k": "v"})
    await client.post("https://a.com/j", json=[{"k": 1}], params={"q": "1"})

    assert [asked.body for asked in server.asked] == [b"k=v", b'[{"k":1}]']
    assert server.asked[1].path == "/a.com/j?q=1"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]])
async def test_compressed_bodies_are_unpacked(client, server, pack):
    packed = pack(b"hello " * 1000)
    encoding = "gzip" if packed.startswith(b"\x1f\x8b") else "deflate"
    server.told = lambda _: Answer(body=packed, headers={"Content-Encoding": encoding})

    response = await client.get("https://a.com/")

    assert response.body == b"hello " * 1000


async def test_a_gzip_bomb_is_cut(client, server):
    bomb = gzip.compress(b"\0" * (MAX_BYTES * 40))
    server.told = lambda _: Answer(body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(TooLarge) as caught:
        await client.get("https://a.com/")

    assert caught.value.sent is True


async def test_five_megabytes_pass_and_a_byte_more_does_not(client, server):
    server.told = lambda asked: Answer(body=b"x" * (MAX_BYTES + ("more" in asked.path)))

    whole = await client.get("https://a.com/all")
    with pytest.raises(TooLarge):
        await client.get("https://a.com/more")

    assert len(whole.body) == MAX_BYTES


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd", "gzip, gzip"])
async def test_a_body_that_is_not_encoded_as_it_says_is_a_broken_answer(client, server, encoding):
    server.told = lambda _: Answer(body=b"plain", headers={"Content-Encoding": encoding})

    with pytest.raises(Interrupted):
        await client.get("https://a.com/")


async def test_a_drip_is_cut_at_the_deadline(egress, server):
    server.told = lambda _: Answer(body=b"x" * 1000, drip=0.05)
    client = egress.client(provider="drip", base_url=server.base_url, trusted=True, deadline=0.4)
    began = time.monotonic()

    with pytest.raises(DeadlineExceeded) as caught:
        await client.get("https://a.com/")

    assert time.monotonic() - began < 10  # of the 50 that it would take
    assert caught.value.sent is True


async def test_the_deadline_holds_over_all_redirects_together(egress, server):
    server.told = lambda _: Answer(status=302, headers={"Location": "/again"}, wait=0.2)
    client = egress.client(provider="slow", base_url=server.base_url, trusted=True, deadline=0.5)

    with pytest.raises(DeadlineExceeded):
        await client.get("https://a.com/")

    assert len(server.asked) in {2, 3}  # on a busy machine the third is not reached in time


async def test_a_cut_answer_is_told_and_may_have_been_received(client, server):
    server.told = lambda _: Answer(body=b"x" * 100, cut=40)

    with pytest.raises(Interrupted) as caught:
        await client.get("https://a.com/")

    assert caught.value.sent is True


async def test_no_connection_means_that_nothing_was_sent(egress):
    client = egress.client(provider="gone", base_url="http://127.0.0.1:9/{host}", trusted=True, deadline=2.0)

    with pytest.raises(ConnectFailed) as caught:
        await client.get("https://a.com/")

    assert caught.value.sent is False


async def test_three_redirects_are_followed_and_a_fourth_is_not(client, server):
    def told(asked: Asked) -> Answer:
        step = int(asked.path.rpartition("/")[2])
        limit = 3 if "/short/" in asked.path else 99
        return Answer(body=b"end") if step == limit else Answer(status=301, headers={"Location": str(step + 1)})

    server.told = told

    response = await client.get("https://a.com/short/0")
    with pytest.raises(TooManyRedirects):
        await client.get("https://a.com/loop/0")

    assert response.url == "https://a.com/short/3"
    assert len(server.asked) == 8


@pytest.mark.parametrize("header", ["Authorization", "X-Api-Key", "X-Cb-User-Key"])
async def test_credentials_do_not_follow_a_redirect_to_another_origin(client, server, header):
    def told(asked: Asked) -> Answer:
        return Answer() if "b.com" in asked.path else Answer(status=302, headers={"Location": "https://b.com/"})

    server.told = told

    await client.get("https://a.com/", headers={header: "secret", "X-Plain": "1"})

    assert server.asked[0].headers[header.lower()] == "secret"
    assert header.lower() not in server.asked[1].headers
    assert server.asked[1].headers["x-plain"] == "1"


async def test_a_key_with_an_accent_is_sent_and_breaks_nothing(client, server):
    await client.get("https://data.example/x", headers={"Authorization": "Bearer clé"})

    assert server.asked[0].headers["authorization"].encode("latin-1").decode() == "Bearer clé"


async def test_a_post_is_not_redirected(client, server):
    server.told = lambda _: Answer(status=307, headers={"Location": "https://b.com/"})

    response = await client.post("https://a.com/", form={"client_secret": "s"})

    assert response.status == 307
    assert len(server.asked) == 1


async def test_cookies_are_not_kept(client, server):
    server.told = lambda _: Answer(headers={"Set-Cookie": "session=1; Path=/"})

    first = await client.get("https://a.com/")
    await client.get("https://a.com/")

    assert first.headers["set-cookie"] == "session=1; Path=/"
    assert "cookie" not in server.asked[1].headers


async def test_waiting_for_a_turn_does_not_count_against_the_provider(egress, server):
    server.told = lambda _: Answer(wait=0.05)
    clients = [
        egress.client(provider="busy", base_url=server.base_url, trusted=True, deadline=0.5, concurrency=4)
        for _ in range(80)
    ]

    responses = await asyncio.gather(*(client.get("https://a.com/") for client in clients))

    assert [response.status for response in responses] == [200] * 80


async def test_permits_are_asked_before_every_exchange(egress, server):
    class Counting:
        asked = 0

        async def exchange(self) -> None:
            self.asked += 1
            if self.asked == 3:
                raise PermissionError("no more")

    permits = Counting()
    server.told = lambda _: Answer(status=302, headers={"Location": "/next"})
    client = egress.client(provider="p", base_url=server.base_url, trusted=True, permits=permits)

    with pytest.raises(PermissionError):
        await client.get("https://a.com/")

    assert (permits.asked, len(server.asked)) == (3, 2)


async def test_a_key_in_a_url_is_not_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        await client.get("https://serpapi.com/search.json", params={"api_key": "s3cret"})

    assert "s3cret" not in caplog.text


async def test_a_key_in_a_url_is_not_in_an_error(egress):
    client = egress.client(provider="gone", base_url="http://127.0.0.1:9/{host}", trusted=True)

    with pytest.raises(EgressError) as caught:
        await client.get("https://serpapi.com/search.json", params={"api_key": "s3cret"})

    assert "s3cret" not in str(caught.value)


async def test_a_host_that_cannot_be_read_is_no_address(client):
    with pytest.raises(BadUrl):
        await client.get("https://xn--/")
