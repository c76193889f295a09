"""S8 for webhooks: no POST ever goes inward, however the address is spelled, and whatever its name leads to later."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from enrichment.delivery import endpoints
from enrichment.egress import AddressRefused, BadUrl, Egress, EgressError, Receiver, Reply, network, post_once
from enrichment.egress.addresses import Address
from enrichment.models import WebhookEndpoint
from tests.enrichment.local_server import Answer, LocalServer
from tests.enrichment.test_egress_addresses import INWARD, INWARD_6, URLS, Recorder, resolver

PUBLIC = ["93.184.216.34"]
SPELLED = sorted({*URLS, *(url.replace("http://", "https://", 1) for url in URLS)})


async def posted(to: str | Receiver, *, resolve: Any = None, over: Recorder) -> type[EgressError] | Reply:
    async with Egress(user_agent="test/1", resolve=resolve or resolver(), network=over) as egress:
        try:
            receiver = Receiver.of(to) if isinstance(to, str) else to
            return await post_once(egress, receiver, content=b"{}", headers={}, deadline=5, most=100)
        except EgressError as error:
            return type(error)


def plainly(url: str) -> Receiver:
    """A receiver that is reached without TLS, for a test's own server; its address is looked at all the same."""
    return Receiver(httpx.URL(url), inside=False)


def test_there_are_enough_of_them():
    assert len(SPELLED) >= 800


async def test_no_inward_url_is_connected_to():
    over = Recorder()

    outcomes = {url: await posted(url, over=over) for url in SPELLED}

    assert {url: found for url, found in outcomes.items() if found not in {AddressRefused, BadUrl}} == {}
    assert over.dialled == []


@pytest.mark.django_db
@pytest.mark.once
def test_none_of_them_is_saved(user):
    for url in SPELLED:
        with pytest.raises(endpoints.BadField):
            endpoints.make(user, url=url)

    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("address", [*INWARD, *INWARD_6])
async def test_a_name_that_leads_inward_by_now_is_not_connected_to(address: str):
    over, led = Recorder(), [PUBLIC, [address]]

    async def rebinding(host: str) -> Sequence[Address]:
        return await resolver(hooks=led.pop(0))(host)

    first = await posted("https://hooks.example.com/in", resolve=rebinding, over=over)
    second = await posted("https://hooks.example.com/in", resolve=rebinding, over=over)

    assert first is not AddressRefused
    assert second is AddressRefused
    assert over.dialled == PUBLIC


async def test_without_a_look_at_the_address_it_would_be(monkeypatch):
    monkeypatch.setattr(network, "refusal_of_address", lambda _address: None)
    over = Recorder()

    await posted("https://hooks.example.com/in", resolve=resolver(hooks=["169.254.169.254"]), over=over)

    assert over.dialled == ["169.254.169.254"]


@pytest.mark.parametrize("target", ["http://127.0.0.1/", "https://169.254.169.254/latest/", "//10.0.0.1/", "/again"])
async def test_a_redirect_leads_nowhere(target: str):
    async with LocalServer(lambda _: Answer(status=307, headers={"Location": target})) as server:
        over = Recorder(server.port)

        reply = await posted(plainly("http://hooks.example.com/in"), resolve=resolver(hooks=PUBLIC), over=over)

    assert isinstance(reply, Reply)
    assert reply.status == 307
    assert (over.dialled, len(server.asked)) == (PUBLIC, 1)


async def test_an_honest_receiver_is_posted_to_at_the_address_that_was_checked():
    async with LocalServer(lambda _: Answer(status=200, body=b"thank you")) as server:
        over = Recorder(server.port)

        reply = await posted(plainly("http://hooks.example.com/in?a=1"), resolve=resolver(hooks=PUBLIC), over=over)

    assert isinstance(reply, Reply)
    assert (reply.status, reply.beginning) == (200, b"thank you")
    assert over.dialled == PUBLIC
    [asked] = server.asked
    assert (asked.method, asked.path, asked.headers["host"], asked.body) == (
        "POST",
        "/in?a=1",
        "hooks.example.com",
        b"{}",
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/",
        "http://127.0.0.1.example.com:9000/",
        "http://127.0.0.1:9000@example.com/",
        "http://user@127.0.0.1:9000/",
        "https://127.0.0.1:9000/",
        "http://127.0.0.2:9000/",
        "http://[::1]:9000/",
    ],
)
def test_what_the_operator_allows_is_that_origin_and_no_other(url: str):
    with pytest.raises((AddressRefused, BadUrl)):
        Receiver.of(url, allowed={"http://127.0.0.1:9000"})


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://127.0.0.1:9000/hooks?a=1#x"])
def test_the_allowed_origin_is_reached_at_any_path(url: str):
    assert Receiver.of(url, allowed={"http://127.0.0.1:9000"}).inside
