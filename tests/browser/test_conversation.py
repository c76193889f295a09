"""A conversation in Chromium: the dialogue goes on though the server goes away; hostile words; without script."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat import conversation
from chat.models import ChatSession
from chat.saying import Saying, say
from salesintel.accounts.models import User
from salesintel.processes import any_free_port
from tests.browser.conftest import overflow
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]

LATER = 30_000  # milliseconds: it tries again at least every fifteen seconds
HOSTILE = (
    '<img src="https://evil.example/1"> ![x](https://evil.example/2) <script src="https://evil.example/3"></script>'
)

NO_SOCKET = (
    "window.WebSocket = class extends EventTarget { constructor() { super();"
    " setTimeout(() => this.dispatchEvent(new CloseEvent('close', {code: 1006})), 1); } close() {} };"
)


@pytest.fixture
def rep(product) -> User:
    return User.objects.get(username="rep")


@pytest.fixture
def server(product, product_env) -> Iterator[Server]:
    """A server in a process of its own beside `product`'s."""
    server = Server(any_free_port(), product_env)
    server.start()
    yield server
    server.stop()


def enter(page: Page, client, rep: User, url: str) -> None:
    client.force_login(rep)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def ask(page: Page, words: str) -> None:
    page.fill("#question", words)
    page.keyboard.press("Enter")


def test_the_dialogue_goes_on_though_the_server_goes_away(open_page, client, server, rep, request):
    page = open_page(url=server.url)
    enter(page, client, rep, server.url)
    said, strip, line = page.locator("#said"), page.locator("#strip"), page.locator("#line")

    page.goto("/chat/")
    ask(page, "Help me prepare for my meeting with Acme")
    page.locator(".choice", has_text="acmecorp.com").click()
    expect(said).to_contain_text("Deep research started")
    expect(page.locator("#name")).to_have_text("Acme Corp")
    expect(strip).to_contain_text("$")
    ask(page, "What's their technology stack?")
    expect(strip).to_contain_text("1 question waits for data")

    server.stop()
    expect(line).to_contain_text("The connection is lost.", timeout=LATER)
    ask(page, "Who runs security?")
    expect(page.locator(".said--waits")).to_contain_text("Not sent yet")
    request.getfixturevalue("worker")  # from here on the research goes on
    server.start()

    expect(line).to_be_hidden(timeout=LATER)
    expect(said).to_contain_text("The complete analysis of Acme Corp is ready", timeout=LATER)
    expect(page.locator(".said--waits")).to_have_count(0, timeout=LATER)
    expect(page.locator(".said--mine", has_text="Who runs security?")).to_have_count(1)
    expect(strip).to_be_hidden()
    expect(page.locator("#panel")).to_contain_text("FinTech")
    page.locator(".said", has_text="AWS").last.locator("a.cite").first.click()
    link = page.locator("#drawer a[target=_blank]").first
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    page.keyboard.press("Escape")
    expect(page.locator("#wrong")).to_be_hidden()
    assert overflow(page) == 0


def test_hostile_words_fetch_nothing_by_events_and_without_script(open_page, client, product, rep):
    session = conversation.open_session(rep, title=HOSTILE)
    item = {"id": "1", "title": HOSTILE, "url": "javascript:alert(1)", "publisher": HOSTILE, "quote": HOSTILE}
    told = {"text": HOSTILE, "support": "verbatim", "dataset": "", "evidence": [item]}
    metadata = {"intent": "help", "statements": [told]}
    say(session, [Saying(content=HOSTILE, metadata=metadata)], turn=None, at=timezone.now())
    page, plain = open_page("phone", scheme="dark"), open_page("phone", scripts=False)
    hosts: set[str] = set()
    page.on("request", lambda sent: hosts.add(sent.url.split("/")[2]))
    page.add_init_script(NO_SOCKET)
    for each in (page, plain):
        enter(each, client, rep, product)
    plain.goto(f"/chat/{session.pk}/")
    with page.expect_response(lambda answer: "/events" in answer.url) as stream:
        page.goto(f"/chat/{session.pk}/")

    say(ChatSession.objects.get(), [Saying(content=f"Live: {HOSTILE}")], turn=None, at=timezone.now())
    expect(page.locator("#said")).to_contain_text("Live: <img src")
    plain.fill("#question", "What can you do?")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator("#said")).to_contain_text("What can you do?")

    assert stream.value.headers["content-type"].startswith("text/event-stream")
    assert hosts == {product.removeprefix("http://")}
    assert (overflow(page), overflow(plain)) == (0, 0)
