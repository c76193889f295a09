"""A rep makes a webhook, tries it while looking on, and reads what happened under the bell."""

import re

import pytest
from playwright.sync_api import expect

from enrichment.announcing import announce
from enrichment.models import WebhookEndpoint
from salesintel.accounts.models import User
from tests.browser.conftest import log_in
from tests.enrichment.delivery.receiver import Answer, Receiver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def receiver(settings, monkeypatch):
    with Receiver(lambda _: Answer(status=202, body=b"<b>thank you</b>")) as server:
        settings.WEBHOOK_ORIGINS = frozenset({server.url})
        monkeypatch.setenv("SALESINTEL_WEBHOOK_ORIGINS", server.url)
        yield server


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_a_webhook_is_made_and_tried_while_one_looks_on(receiver, product, worker, open_page, tmp_path, size, scheme):
    page = open_page(size, scheme=scheme)
    log_in(page)

    page.goto("/webhooks/")
    page.get_by_label("Address").fill(receiver.url + "/hooks")
    page.get_by_label("What it is for").fill("CRM")
    page.get_by_role("button", name="Make it").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_role("button", name="Send a test").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#tested .badge")).to_have_text("delivered", timeout=15_000)
    expect(page.locator("#tested pre")).to_have_text("<b>thank you</b>")
    assert WebhookEndpoint.objects.get().secrets["current"] == secret
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
    page.screenshot(path=tmp_path / f"webhook-{size}.png", full_page=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_bell_leads_to_what_is_new_and_forgets_what_was_read(product, open_page, tmp_path, size):
    rep = User.objects.get(username="rep")
    for number in (1, 2):
        data = {"webhookId": str(number), "reason": "gone"}
        announce(rep, "webhook.disabled", data, once=str(number))
    page = open_page(size)
    page.set_viewport_size({"width": 320, "height": 640} if size == "phone" else {"width": 1280, "height": 900})
    log_in(page)

    bell = page.get_by_role("link", name=re.compile("^Notices"))
    expect(bell).to_contain_text("2 new")
    bell.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Mark as read")).first.click()

    expect(bell).to_contain_text("1 new")
    expect(page.get_by_role("button", name=re.compile("^Mark as read"))).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.screenshot(path=tmp_path / f"notices-{size}.png", full_page=True)
