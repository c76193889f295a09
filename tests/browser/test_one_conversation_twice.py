"""One conversation in two browsers, and in one that slept: both come to what was said, and lose nothing."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat import conversation
from chat.models import ChatSession
from chat.saying import Saying, say
from salesintel.accounts.models import User
from tests.browser.test_conversation import ask, enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.once]

SOON = 10_000  # milliseconds: well before it would look by itself


@pytest.fixture
def session(product) -> ChatSession:
    return conversation.open_session(User.objects.get(username="rep"))


def tell(session: ChatSession, words: str) -> None:
    say(session, [Saying(content=words)], turn=None, at=timezone.now())


def test_two_browsers_show_the_same_and_each_hears_what_the_other_says(open_page, client, product, session):
    desk, phone = open_page(), open_page("phone", scheme="dark")
    for page in (desk, phone):
        enter(page, client, session.user, product)
        page.goto(f"/chat/{session.pk}/")

    ask(desk, "What can you do?")
    expect(phone.locator("#said")).to_contain_text("What can you do?", timeout=SOON)
    expect(phone.locator(".said--ours")).to_have_count(1, timeout=SOON)
    ask(phone, "Thanks")
    expect(desk.locator(".said--mine")).to_have_count(2, timeout=SOON)
    expect(desk.locator(".said--ours")).to_have_count(2, timeout=SOON)
    expect(phone.locator(".said--ours")).to_have_count(2, timeout=SOON)

    shown = [page.locator("#said > li").evaluate_all("all => all.map(each => each.id)") for page in (desk, phone)]
    assert shown[0] == shown[1]
    assert len(shown[0]) == len(set(shown[0])) == 4


def test_a_page_that_slept_loses_nothing_of_what_was_said_and_written_meanwhile(open_page, client, product, session):
    page = open_page()
    enter(page, client, session.user, product)
    with page.expect_websocket() as line:
        page.goto(f"/chat/{session.pk}/")
    with line.value.expect_event("framereceived"):  # its line stands: Chromium lets one through that is opened offline
        tell(session, "Before it slept.")
    expect(page.locator("#said")).to_contain_text("Before it slept.", timeout=SOON)

    page.context.set_offline(True)
    for place in range(3):
        tell(session, f"While it slept, {place}.")
    ask(page, "What can you do?")
    expect(page.locator(".said--waits")).to_contain_text("Not sent yet")
    expect(page.locator("#line")).to_contain_text("The connection is lost.", timeout=SOON)
    page.context.set_offline(False)

    expect(page.locator("#said")).to_contain_text("While it slept, 2.", timeout=SOON)
    expect(page.locator(".said--mine", has_text="What can you do?")).to_have_count(1, timeout=SOON)
    expect(page.locator(".said--waits")).to_have_count(0, timeout=SOON)
    expect(page.locator("#line")).to_be_hidden(timeout=SOON)
    expect(page.locator("#wrong")).to_be_hidden()
    told = page.locator(".said--ours .said__text").all_inner_texts()
    assert told[:4] == ["Before it slept.", *(f"While it slept, {place}." for place in range(3))]


def test_a_choice_that_is_clicked_twice_is_made_once_and_what_led_to_it_is_answered(
    open_page, client, product, session
):
    page = open_page()
    enter(page, client, session.user, product)
    page.goto(f"/chat/{session.pk}/")
    ask(page, "What technology does Acme use?")

    page.locator(".choice", has_text="acmecorp.com").dblclick()

    expect(page.locator("#said")).to_contain_text("You asked: “What technology does Acme use?”", timeout=SOON)
    expect(page.locator(".said--waits")).to_have_count(0, timeout=SOON)
    assert session.turns.filter(slots__pressed__action="select_customer").count() == 1
    page.go_back()
    page.go_forward()
    expect(page.locator(".said--mine")).to_have_count(2, timeout=SOON)
