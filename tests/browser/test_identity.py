"""Merging two companies, taking them apart and correcting a fact in a real browser, by keyboard where people would."""

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from enrichment import companies
from enrichment.models import Company
from salesintel.accounts.models import User
from tests import factories
from tests.browser.conftest import log_in, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def look(page: Page, name: str) -> None:
    """Nothing is wider than the page; a picture of it where somebody wants one."""
    assert overflow(page) == 0
    if folder := os.environ.get("SALESINTEL_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_an_editor_merges_two_companies_takes_them_apart_and_corrects_a_fact(size, scheme, open_page):
    acme = Company.objects.get(domain="acmecorp.com")
    apex = companies.register("Apex Payments", "apexpayments.com")
    factories.observation(apex, "recent_activities")
    factories.fact(acme, "industry", "Payments")
    rights = Permission.objects.filter(codename__in=("merge_companies", "correct_facts"))
    User.objects.get(username="rep").user_permissions.add(*rights)
    page = open_page(size, scheme=scheme)
    if size == "phone":
        page.set_viewport_size({"width": 320, "height": 700})
    log_in(page)

    page.goto(f"/companies/{acme.pk}/")
    page.get_by_role("link", name="Merge with another company").click()
    page.get_by_label("Name, domain or number").fill("apex paymnts")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Apex Payments").click()
    expect(page.get_by_role("heading", name="Apex Payments becomes part of Acme Corp")).to_be_visible()
    look(page, f"merge-{size}")
    page.get_by_label("Why").fill("One bought the other.")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator("#parts")).to_contain_text("Apex Payments")
    look(page, f"company-{size}")
    page.get_by_role("link", name="Take apart").click()
    look(page, f"split-{size}")
    page.get_by_role("button", name="Take apart").click()
    expect(page.get_by_role("heading", name="Apex Payments", exact=True)).to_be_visible()

    page.goto(f"/companies/{acme.pk}/facts/industry/")
    page.get_by_role("textbox", name="Value").fill("Financial Technology")
    page.get_by_label("Why").fill("Their annual report says so.")
    look(page, f"correct-{size}")
    page.get_by_role("button", name="Pin").click()
    expect(page.locator("#fact-industry")).to_contain_text("corrected by a person")
