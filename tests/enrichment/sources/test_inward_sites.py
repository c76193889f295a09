"""S8 for companies' own sites: whatever a site, its links or its redirects name, nothing inward is connected to."""

import pytest

from enrichment.egress import Egress
from enrichment.sources.base import CompanyRef, SourceError
from enrichment.sources.company_website import CompanyWebsite
from tests.enrichment.local_server import Answer, Asked, LocalServer
from tests.enrichment.test_egress_addresses import NAMES, URLS, Recorder, resolver, spellings

PUBLIC = ["93.184.216.34"]
INSIDE = resolver(acme=PUBLIC, www=PUBLIC, intranet=["10.0.0.1"], careers=["127.0.0.1"], news=["169.254.169.254"])
DOMAINS = [*(host for address in ("127.0.0.1", "169.254.169.254", "10.0.0.1") for host in spellings(address)), *NAMES]


async def visited(domain: str, *, over: Recorder) -> int:
    """How many pages the visit brought; 0 where there were none to be had."""
    async with Egress(user_agent="test/1", resolve=INSIDE, network=over) as egress:
        http = egress.client(provider="company_website", deadline=10)
        try:
            body = await CompanyWebsite().fetch(CompanyRef(name="Acme", domain=domain), http)
        except SourceError:
            return 0
    return body.count(b'"html"')


def page(links: list[str]) -> bytes:
    listed = "".join(f'<a href="{link}">About us, careers and news</a>' for link in links)
    return f"<html><head><title>Acme</title></head><body><h1>Acme</h1>{listed}</body></html>".encode()


@pytest.mark.parametrize("domain", DOMAINS)
async def test_a_domain_that_is_inward_is_not_visited(domain: str):
    over = Recorder()

    assert await visited(domain, over=over) == 0
    assert over.dialled == []


async def test_no_link_of_a_site_leads_inward():
    own = [f"https://{name}.acme.com/about" for name in ("intranet", "careers", "news")]

    def told(asked: Asked) -> Answer:
        return Answer(status=404) if "robots" in asked.path else Answer(body=page([*own, *URLS[::3], "/about"]))

    async with LocalServer(told) as server:
        over = Recorder(server.port)

        await visited("acme.com", over=over)

    assert set(over.dialled) <= set(PUBLIC)


@pytest.mark.parametrize("target", ["http://intranet.acme.com/", "http://127.0.0.1/", "http://0x7f.1/", "//[::1]/"])
async def test_no_redirect_of_a_site_leads_inward(target: str):
    async with LocalServer(lambda _: Answer(status=302, headers={"Location": target})) as server:
        over = Recorder(server.port)

        await visited("acme.com", over=over)

    assert set(over.dialled) <= set(PUBLIC)
