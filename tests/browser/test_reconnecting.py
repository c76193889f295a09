"""The page of a run while its server goes away and comes back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from enrichment import events
from enrichment.events import News
from enrichment.models import ResearchRequest
from enrichment.workflow.requests import Ask, request_research
from salesintel.accounts.models import User
from salesintel.processes import any_free_port
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]

SOON = 4_000  # milliseconds: less than what the page waits for when nobody tells it anything
LATER = 30_000  # it tries again at least every fifteen seconds


@pytest.fixture
def server(product, product_env) -> Iterator[Server]:
    """A server in a process of its own beside `product`'s."""
    server = Server(any_free_port(), product_env)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def asked(product) -> ResearchRequest:
    return request_research(Ask(consumer="profile", company="acmecorp.com"), user=User.objects.get(username="rep"))


@pytest.fixture
def warn(asked) -> Callable[[str], None]:
    """Lets something happen in the run that its page tells in these words."""

    def warn(words: str) -> None:
        with transaction.atomic():
            events.append(asked.run.pk, [News("warning", {"detail": words})], at=datetime.now(UTC))

    return warn


def opened(page: Page, client, asked: ResearchRequest, server: Server) -> Page:
    """The run's page, for a rep who is logged in."""
    client.force_login(User.objects.get(username="rep"))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    page.goto(f"/requests/{asked.pk}/")
    return page


def test_a_run_page_finds_back_to_a_server_that_was_killed(open_page, client, server, asked, warn):
    page = open_page(url=server.url)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    opened(page, client, asked, server)
    notice, told = page.locator("#connection"), page.locator("#progress .note--warning")
    warn("First news.")
    expect(told).to_have_text(["First news."], timeout=SOON)

    server.stop()
    expect(notice).to_contain_text("The connection is lost.", timeout=LATER)
    warn("Second news.")
    server.start()

    expect(notice).to_be_hidden(timeout=LATER)
    expect(told).to_have_text(["First news.", "Second news."], timeout=LATER)
    warn("Third news.")
    expect(told).to_have_text(["First news.", "Second news.", "Third news."], timeout=SOON)
    assert sockets[0].endswith("?after=0")
    assert sockets[-1].endswith("?after=1")


def test_without_scripts_the_page_loads_itself_again(open_page, client, server, asked, warn):
    page = opened(open_page(url=server.url, scripts=False), client, asked, server)

    warn("News for a plain page.")

    expect(page.locator("#progress")).to_contain_text("News for a plain page.", timeout=LATER)
