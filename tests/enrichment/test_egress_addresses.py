"""S8: no connection is ever made to an inward address, however it is spelled or reached."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, ip_address
from typing import Any

import httpcore
import pytest

from enrichment.egress import AddressRefused, BadUrl, Egress, EgressError
from enrichment.egress.addresses import Address, refusal_of_address, refusal_of_host
from tests.enrichment.local_server import Answer, LocalServer

INWARD = [
    *("127.0.0.1", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1"),
    *("100.100.100.200", "100.127.255.254", "169.254.169.254", "169.254.170.2", "169.254.0.1", "172.16.0.1"),
    *("172.31.255.254", "192.168.0.1", "192.168.255.254", "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16"),
]
INWARD_6 = [
    *("::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "fe80::1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "fc00::1", "fd00:ec2::254", "fec0::1"),
    *("ff02::1", "2001::1", "2001:db8::1", "100::1", "::127.0.0.1", "3fff::1", "2600::5efe:7f00:1", "4000::1"),
]
NAMES = [
    *("localhost", "LOCALHOST", "localhost.", "foo.localhost", "printer.local", "metadata.google.internal", "metadata"),
    *(
        "intranet",
        "nas.lan",
        "router.home.arpa",
        "kubernetes.default.svc.cluster.local",
        "hidden.onion",
        "a.b.internal",
    ),
]


def spellings(address: str) -> Iterable[str]:
    """Forms of an IPv4 address that some resolver or URL parser takes for it."""
    number = int(IPv4Address(address))
    a, b, c, d = address.split(".")
    yield address
    yield f"{address}."
    yield str(number)
    yield hex(number)
    yield f"0{number:o}"
    yield f"{a}.{b}.{int(c) * 256 + int(d)}"
    yield f"{a}.{int(b) * 65536 + int(c) * 256 + int(d)}"
    yield ".".join(f"0{int(part):o}" for part in (a, b, c, d))
    yield ".".join(hex(int(part)) for part in (a, b, c, d))
    yield f"[::ffff:{address}]"
    yield f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"


URLS = [
    *(f"http://{host}/latest/meta-data/" for address in INWARD for host in spellings(address)),
    *(f"https://[{address}]/" for address in INWARD_6),
    *(f"http://{name}/" for name in NAMES),
    *(
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://127.0.0.1:6379/_x",
        "dict://127.0.0.1:11211/",
        "//127.0.0.1/",
    ),
    *(
        "http://example.com@127.0.0.1/",
        "http://user:pw@example.com/",
        "http://example.com:6379/",
        "http://127.0.0.1:80#@a.com",
    ),
    *(
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://127.0.0.1%2f@example.com/",
        "http://exa mple.com/",
        "http:///x",
        "http://",
    ),
    *(
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:7f00:0001]/",
        "http://example.com\\@127.0.0.1/",
        "http://-.com/",
        "javascript:1",
    ),
]


class Recorder(httpcore.AsyncNetworkBackend):
    """Keeps where connections would go; leads them to a local server where one is given."""

    def __init__(self, port: int | None = None) -> None:
        self.dialled: list[str] = []
        self._port = port

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if self._port is None:
            raise httpcore.ConnectError("no network in this test")
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self._port)


def resolver(**known: Sequence[str]) -> Any:
    """A resolver of the hosts whose first label is a key."""

    async def resolve(host: str) -> Sequence[Address]:
        return [ip_address(text) for text in known[host.partition(".")[0]]]

    return resolve


async def outcome(url: str, *, resolve: Any = None, network: Recorder) -> type[EgressError] | int:
    async with Egress(user_agent="test/1", resolve=resolve or resolver(), network=network) as egress:
        client = egress.client(provider="trial", deadline=5)
        try:
            return (await client.get(url)).status
        except EgressError as error:
            return type(error)


def test_there_are_enough_inward_urls():
    assert len(set(URLS)) >= 400


async def test_no_inward_url_is_connected_to():
    network = Recorder()

    outcomes = {url: await outcome(url, network=network) for url in URLS}

    assert {url: found for url, found in outcomes.items() if found not in {AddressRefused, BadUrl}} == {}
    assert network.dialled == []


@pytest.mark.parametrize("address", [*INWARD, *INWARD_6])
async def test_a_name_that_resolves_inward_is_not_connected_to(address: str):
    network = Recorder()

    found = await outcome("https://www.acme.com/", resolve=resolver(www=[address]), network=network)

    assert found is AddressRefused
    assert network.dialled == []


async def test_one_inward_address_among_public_ones_condemns_the_name():
    network = Recorder()

    found = await outcome("https://www.acme.com/", resolve=resolver(www=["93.184.216.34", "10.0.0.1"]), network=network)

    assert found is AddressRefused
    assert network.dialled == []


async def test_an_honest_site_is_fetched_at_the_address_that_was_checked():
    async with LocalServer(lambda _: Answer(body=b"hello")) as server:
        network = Recorder(server.port)

        found = await outcome("http://www.acme.com/", resolve=resolver(www=["93.184.216.34"]), network=network)

    assert found == 200
    assert network.dialled == ["93.184.216.34"]
    assert server.asked[0].headers["host"] == "www.acme.com"


@pytest.mark.parametrize("target", URLS[::7])
async def test_no_redirect_leads_inward(target: str):
    header = target.encode("utf-8", "replace").decode("latin-1").replace(" ", "%20")
    async with LocalServer(lambda _: Answer(status=302, headers={"Location": header})) as server:
        network = Recorder(server.port)

        found = await outcome("http://www.acme.com/", resolve=resolver(www=["93.184.216.34"]), network=network)

    assert found in {AddressRefused, BadUrl} or target.startswith("//")
    assert network.dialled == ["93.184.216.34"]


async def test_a_redirect_to_a_name_that_resolves_inward_is_refused():
    async with LocalServer(lambda _: Answer(status=301, headers={"Location": "http://trap.acme.com/"})) as server:
        network = Recorder(server.port)
        names = resolver(www=["93.184.216.34"], trap=["127.0.0.1"])

        found = await outcome("http://www.acme.com/", resolve=names, network=network)

    assert found is AddressRefused
    assert network.dialled == ["93.184.216.34"]


async def test_a_connection_of_a_trusted_base_is_not_reused_for_a_url_of_somebody_elses():
    async with LocalServer(lambda _: Answer(headers={"Connection": "keep-alive"})) as server:
        network = Recorder(server.port)
        names = resolver(trusted=["127.0.0.1"])
        async with Egress(user_agent="test/1", resolve=names, network=network) as egress:
            inside = egress.client(provider="sandbox", base_url="http://trusted.acme.com/{host}", trusted=True)
            await inside.get("https://api.snov.io/v1")
            outside = egress.client(provider="company_website")

            with pytest.raises(AddressRefused):
                await outside.get("http://trusted.acme.com/x")

    assert len(server.asked) == 1


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_are_not_refused(address: str):
    assert refusal_of_address(ip_address(address)) is None


@pytest.mark.parametrize(
    "host", ["acme.com", "www.acme.co.uk", "xn--mnchen-3ya.de", "a-b.example", "8.8.8.8", "acme.com."]
)
def test_ordinary_hosts_are_not_refused(host: str):
    assert refusal_of_host(host) is None
