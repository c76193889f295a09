"""axe-core on the pages of conversations and contacts in every state: on a phone and a desk, light and dark."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chat import conversation, leaving
from chat.models import ChatPolicy, ChatSession
from chat.saying import Saying, say
from enrichment import door
from enrichment.models import Company
from personas.generating.making import make
from personas.models import Contact
from salesintel.accounts.models import User
from tests import factories
from tests.browser.conftest import overflow
from tests.browser.test_conversation import enter
from tests.personas.generating import planted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.once]

AXE = (Path(__file__).parent / "vendored" / "axe-core-4.10.3.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WIDTHS = {360: 780, 1440: 900}
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
RUN = """async ({tags, only}) => {
  const runOnly = only ? {type: "rule", values: only} : {type: "tag", values: tags};
  const found = await axe.run(document, {runOnly, resultTypes: ["violations"], preload: false});
  return found.violations.flatMap(each => each.nodes.map(node =>
    `${each.id}: ${node.target.join(" ")} ${(node.any[0] || node.all[0] || node.none[0] || {}).message || ""}`));
}"""
# What sticks to an edge covers now this, now that; who scrolls comes by it, so it is no matter of the page's look.
UNSTUCK = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".strip, .composer, .panel { position: static !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
OF_LOOKS = ["color-contrast", "target-size"]  # what a look alone can break
SELECT = ("select_customer", {"reference": "acmecorp.com"})


def complaints_of(page: Page) -> list[str]:
    """What axe finds on the page, in every look, each with where it stands."""
    page.evaluate(AXE)
    page.evaluate(UNSTUCK)
    found = []
    for place, (width, scheme) in enumerate(LOOKS):
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        page.emulate_media(color_scheme=scheme)
        only = OF_LOOKS if place in (0, 3) else None  # all rules once at each width, and once in each scheme
        told = page.evaluate(RUN, {"tags": TAGS, "only": only})
        found += [f"{page.url} {width} {scheme} {each}" for each in told]
        if overflow(page) > 0:
            found.append(f"{page.url} {width} {scheme} is wider than its window")
    return found


@pytest.fixture
def rep(product) -> User:
    return User.objects.get(username="rep")


@pytest.fixture
def seen(open_page, client, product, rep) -> Page:
    page = open_page()
    enter(page, client, rep, product)
    return page


# --- Conversations ----------------------------------------------------------------------------------------------------


def opened(rep: User) -> ChatSession:
    return conversation.open_session(rep)


def choosing(rep: User) -> ChatSession:
    session = opened(rep)
    conversation.ask(session, "What technology does Acme use?")
    return session


def running(rep: User) -> ChatSession:
    """Research under way, an overview, a question that waits, one that was put off, and a source that answered."""
    session = choosing(rep)
    conversation.act(session, *SELECT)
    return session


def answered(rep: User) -> ChatSession:
    """An answer with its evidence, judged as of no use; a failure; hostile and very long words, right to left, too."""
    session = opened(rep)
    acme = Company.objects.get(domain="acmecorp.com")
    found = factories.evidence(acme, title="Posts", text="Engineer. Architect.", kind="job")
    posts = [{"title": title, "location": "Berlin", "date": "2026-11-01"} for title in ("Engineer", "Architect")]
    claims = [factories.claim(post, evidence=[found.pk]) for post in posts]
    factories.fact(acme, "hiring_trends", posts, claims=claims)
    conversation.talk_of(session, "acmecorp.com")
    turn = conversation.ask(session, "Are they hiring?")
    if turn.request is not None:
        door.cancel(turn.request)
    say(session, [Saying(content="It failed.", step="answer", status="failed")], turn=None, at=timezone.now())
    conversation.ask(session, "W" * 300 + " <img src=x> مرحبا " + "ي" * 200)
    return session


def priced(rep: User) -> ChatSession:
    ChatPolicy.objects.update(question_cap=0, session_cap=0)
    session = opened(rep)
    conversation.act(session, *SELECT)
    return session


@pytest.mark.parametrize("state", [opened, choosing, running, answered, priced])
def test_a_conversation_keeps_nobody_out(seen, rep, state: Callable[[User], ChatSession]):
    seen.goto(f"/chat/{state(rep).pk}/")
    expect(seen.locator("#question")).to_be_visible()
    for fold in seen.locator("details").all():
        fold.evaluate("fold => fold.open = true")

    assert complaints_of(seen) == []


def test_an_evidence_drawer_and_a_lost_line_keep_nobody_out(seen, rep):
    seen.goto(f"/chat/{answered(rep).pk}/")
    seen.locator("a.cite").first.click()
    expect(seen.locator("#drawer")).to_be_visible()
    in_drawer = complaints_of(seen)
    seen.keyboard.press("Escape")
    seen.context.set_offline(True)
    seen.fill("#question", "Any news?")
    seen.keyboard.press("Enter")
    expect(seen.locator("#wrong")).to_be_visible()

    assert in_drawer + complaints_of(seen) == []


def test_the_list_of_conversations_keeps_nobody_out(seen, rep):
    seen.goto("/chat/")
    empty = complaints_of(seen)
    answered(rep)
    leaving.delete(choosing(rep))
    seen.goto("/chat/")

    assert empty + complaints_of(seen) == []


# --- Contacts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def contact(rep) -> Iterator[Any]:
    contact = Contact.objects.create(owner=rep, name="Dana Whitfield", email="dana@acmecorp.com", title="CISO")
    planted.conversation(contact, answers=12)
    make(contact, method="rag", now=planted.FIRST + timedelta(weeks=13))
    return contact


def test_the_pages_of_contacts_keep_nobody_out(seen, rep, contact):
    found = []
    for path in (
        "/contacts/",
        f"/contacts/{contact.pk}/",
        f"/contacts/{contact.pk}/?tab=outlook",
        "/contacts/report/?from=2026-03-01&to=2026-05-01",
        "/contacts/new/",
        "/contacts/import/",
        "/contacts/?q=nobody",
    ):
        seen.goto(path)
        found += complaints_of(seen)

    assert found == []
