"""An engine's answer in Chromium: it grows by sentences, the whole one takes its place, and nothing is fetched."""

import threading

import pytest
from playwright.sync_api import expect

from chat import conversation
from chat.models import ChatMessage, ChatSession
from enrichment.models import Evidence
from salesintel.accounts.models import User
from tests import factories
from tests.browser.conftest import overflow
from tests.browser.test_conversation import HOSTILE, NO_SOCKET, ask, enter
from tests.chat.speaking import QUESTION, engine_at, know, models, speaks
from tests.enrichment.analysis.model_servers import ANTHROPIC

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.once]
LATER = 30_000


@pytest.fixture
def rep(product) -> User:
    return User.objects.get(username="rep")


@pytest.fixture
def talk(rep) -> ChatSession:
    session = conversation.open_session(rep)
    conversation.talk_of(session, "acmecorp.com")
    return session


@pytest.mark.parametrize("way", ["socket", "stream"])
def test_an_answer_grows_and_the_whole_one_takes_its_place(open_page, client, product, rep, talk, way):
    raised, post = know(talk.company)
    entry = Evidence.objects.get(pk=raised[1:]).entry
    hostile = factories.evidence(
        talk.company, entry=entry, title=HOSTILE, text=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)"
    )
    value = {"headline": HOSTILE, "date": "2026-10-21"}
    factories.fact(talk.company, "growth_signals", [value], claims=[factories.claim(value, evidence=[hostile.pk])])
    gate, hosts = threading.Event(), set()
    lines = (
        f"Acme Corp raised $50M to open an office in Berlin. [{raised}]\n",
        f"{HOSTILE} [e{hostile.pk}]\n",
        f"See ![this](https://evil.example/4) or https://evil.example/5 in Berlin. [{raised}]\n",
        f"They look for an IAM Architect in Berlin. [{post}]",
    )
    page = open_page("phone", scheme="dark") if way == "socket" else open_page()
    page.on("request", lambda sent: hosts.add(sent.url.split("/")[2]))
    if way == "stream":
        page.add_init_script(NO_SOCKET)
    enter(page, client, rep, product)
    page.goto(f"/chat/{talk.pk}/")
    said, grows = page.locator("#said"), page.locator(".said--grows")

    with models(speaks(ANTHROPIC, *lines, gate=gate)) as server:
        engine_at(server.url)
        ask(page, QUESTION)
        expect(grows).to_contain_text("Acme Corp raised $50M", timeout=LATER)
        expect(grows).to_have_attribute("aria-hidden", "true")
        expect(page.locator("#strip")).to_contain_text("1 answer is being written")
        gate.set()
        expect(said).to_contain_text("Written by anthropic", timeout=LATER)

    expect(grows).to_have_count(0)
    expect(said.locator(".said__text").get_by_text("Acme Corp raised $50M to open")).to_have_count(1)
    page.locator(".said--ours").last.locator("a.cite").first.click()
    page.keyboard.press("Escape")
    assert "evil" not in ChatMessage.objects.get(type="assistant").content
    assert hosts == {product.removeprefix("http://")}
    assert overflow(page) == 0
