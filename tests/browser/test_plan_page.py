"""The plan in a real browser: the picture and what would change, at the sizes and schemes that people use."""

import pytest
from playwright.sync_api import expect

from enrichment.models import Company
from tests import factories
from tests.browser.conftest import log_in, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_a_plan_is_explained_as_a_picture_and_in_words(size, scheme, open_page):
    acme = Company.objects.get(domain="acmecorp.com")
    news = factories.entry(acme)
    for dataset in ("recent_activities", "growth_signals"):
        factories.observation(acme, dataset, entry=news)
    page = open_page(size, scheme=scheme)
    log_in(page)

    page.goto("/plan/?company=acmecorp.com&vendor=Okta&role=AE&max_cost=0.14")

    picture = page.locator("table.grid")
    expect(picture.locator(".mark--reused").first).to_have_text("reused 82 %")
    expect(picture.locator(".mark--bought").first).to_be_visible()
    expect(picture.locator(".mark--left").first).to_be_visible()
    expect(page.locator("#without-title")).to_be_visible()
    expect(page.locator(".mark--missed").first).to_have_text("Below what is wanted")
    assert overflow(page) == 0
