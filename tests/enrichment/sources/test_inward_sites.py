"""S8 for companies' own sites: whatever a site, its links or its redirects name, nothing inward is connected to."""

import json
from typing import Any

import httpcore
import pytest

from enrichment.egress import Egress, network
from enrichment.sources.base import CompanyRef, SourceError
from enrichment.sources.company_website import CompanyWebsite
from tests.enrichment.test_egress_addresses import NAMES, URLS, Recorder, resolver, spellings

PUBLIC = ["93.184.216.34"]
INSIDE = resolver(acme=PUBLIC, www=PUBLIC, intranet=["10.0.0.1"], careers=["127.0.0.1"], news=["169.254.169.254"])
TRAPS = [f"https://{name}.acme.com/{name}" for name in ("intranet", "careers", "news")]
DOMAINS = [*(host for address in ("127.0.0.1", "169.254.169.254", "10.0.0.1") for host in spellings(address)), *NAMES]


class Canned(Recorder):
    """Keeps where connections would go, and answers each of them with the same page, over TLS or not."""

    def __init__(self, body: bytes, head: str = "200 OK") -> None:
        super().__init__()
        self._reply = f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        return httpcore.AsyncMockStream([self._reply])


async def visited(domain: str, *, over: Recorder) -> list[str]:
    """The addresses of the pages that the visit brought; none where there were none to be had."""
    async with Egress(user_agent="test/1", resolve=INSIDE, network=over) as egress:
        http = egress.client(provider="company_website", deadline=10)
        try:
            body = await CompanyWebsite().fetch(CompanyRef(name="Acme", domain=domain), http)
        except SourceError:
            return []
    return [page["url"] for page in json.loads(body)["pages"]]


def page(links: list[str]) -> bytes:
    listed = "".join(f'<a href="{link}">About us</a><a href="{link}">Careers</a>' for link in links)
    return f"<html><head><title>Acme</title></head><body><h1>Acme</h1>{listed}</body></html>".encode()


@pytest.mark.parametrize("domain", DOMAINS)
async def test_a_domain_that_is_inward_is_not_visited(domain: str):
    over = Recorder()

    assert await visited(domain, over=over) == []
    assert over.dialled == []


async def test_an_honest_site_is_visited_page_by_page():
    over = Canned(page(["/about", "https://www.acme.com/careers"]))

    found = await visited("acme.com", over=over)

    assert {"https://acme.com/about", "https://www.acme.com/careers"} <= set(found)
    assert set(over.dialled) == set(PUBLIC)


async def test_no_link_of_a_site_leads_inward():
    over = Canned(page([*TRAPS, *URLS[::3]]))

    found = await visited("acme.com", over=over)

    assert found != []
    assert set(over.dialled) == set(PUBLIC)


async def test_without_a_look_at_the_address_a_redirect_would(monkeypatch):
    monkeypatch.setattr(network, "refusal_of_address", lambda _address: None)
    over = Canned(b"", "302 Found\r\nLocation: https://intranet.acme.com/")

    await visited("acme.com", over=over)

    assert "10.0.0.1" in over.dialled


@pytest.mark.parametrize("target", [*TRAPS, "http://127.0.0.1/", "http://0x7f.1/", "//[::1]/"])
async def test_no_redirect_of_a_site_leads_inward(target: str):
    over = Canned(b"", f"302 Found\r\nLocation: {target}")

    assert await visited("acme.com", over=over) == []
    assert set(over.dialled) == set(PUBLIC)
